import pytest

from referrals.actions._input import BadInput
from referrals.actions.concern.accept import accept
from referrals.actions.concern.decline import decline
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestDeclineAConcern(Five):
    noun, verb = Noun.CONCERN, Verb.DECLINE
    wrong_people = ("lead", "officer", "early help")

    def given(self, world):
        return worlds.received_concern()

    def do(self, world, concern, by):
        return decline(concern, by=by, reason="advice_given", advice="Ask the school for one named person.")

    def then(self, world, concern, result):
        assert result.stage == "closed"

    def in_the_wrong_stage(self, world):
        return accept(worlds.received_concern(), by=world.duty, lead=world.officer.user)

    def test_a_bare_no_is_not_enough(self, world):
        with pytest.raises(BadInput) as refused:
            decline(worlds.received_concern(), by=world.duty, reason="", advice=" ")
        assert set(refused.value.errors) == {"reason", "advice"}
