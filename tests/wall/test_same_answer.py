"""The two walls give the same answer: for every person, the rows the policy lets her see are the rows there are."""

import pytest

from portal.accounts import identity
from referrals import policy
from referrals.models import Case
from referrals.workflow import Verb
from tests import worlds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_for_everybody_and_every_noun(county):
    compared = 0
    for name, actor in county.people.items():
        for model in worlds.NOUNS:
            verbs = {Verb.VIEW, Verb.JOIN} if model is Case else {Verb.VIEW}
            first = set(policy.visible_to(actor, model, *verbs).values_list("pk", flat=True))
            with identity.as_actor(actor):
                second = set(model._base_manager.values_list("pk", flat=True))
                both = set(policy.visible_to(actor, model, *verbs).values_list("pk", flat=True))
            if model.__name__ == "Event":  # an invitation's own event is told to whoever is invited, by the inbox
                second = {pk for pk in second if pk in first or not _is_invitation(pk)}
            assert first == second == both, (name, model.__name__, first ^ second)
            compared += 1
    assert compared >= 100


def _is_invitation(pk: int) -> bool:
    from referrals.models import Event

    return Event.objects.get(pk=pk).kind == "invited"
