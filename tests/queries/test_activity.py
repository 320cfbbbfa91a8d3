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


@pytest.mark.django_db
def test_a_referral_that_was_never_sent_is_not_in_the_log():
    world = worlds.county()
    for name in ("dpo", "manager"):
        for unsent in (world.draft, world.withdrawn_draft):
            assert unsent.reference not in {line.reference for line in activity.page(world.people[name]).lines}
            assert not activity.page(world.people[name], about=unsent.reference).lines
        assert activity.page(world.people[name], about=world.submitted.reference).lines
