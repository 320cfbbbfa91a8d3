"""The activity log says what was done; it does not betray that somebody wrote for some people only."""

import pytest

from referrals.models import Event
from referrals.queries import activity
from tests import worlds


@pytest.mark.django_db
def test_a_note_for_some_people_only_is_not_in_the_log():
    world = worlds.county()
    hidden = Event.objects.filter(kind="note_added").exclude(note__visibility="case")
    assert hidden.count() == 5
    for name in ("dpo", "manager"):
        numbers = {line.number for line in activity.page(world.people[name], kind="note_added").lines}
        assert numbers
        assert not numbers & set(hidden.values_list("pk", flat=True))
