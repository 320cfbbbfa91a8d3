import pytest

from referrals.actions._input import BadInput
from referrals.actions.referral.decline import decline
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestDeclineAReferral(Five):
    noun, verb = Noun.REFERRAL, Verb.DECLINE
    wrong_people = ("lead", "officer")

    def given(self, world):
        return worlds.sent_referral(world)

    def do(self, world, referral, by):
        return decline(referral, by=by, reason="not_yet_tried", advice="Hold a meeting, then come back to us.")

    def then(self, world, referral, result):
        assert (result.stage, result.due_on) == ("declined", None)

    def in_the_wrong_stage(self, world):
        return decline(worlds.sent_referral(world), by=world.duty, reason="duplicate", advice="See the other one.")

    def test_advice_is_required(self, world):
        with pytest.raises(BadInput, match="Tell the school what to do next"):
            decline(self.given(world), by=world.duty, reason="other", advice="")
