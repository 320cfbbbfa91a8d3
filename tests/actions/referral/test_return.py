import pytest

from referrals.actions._input import BadInput
from referrals.actions.referral.return_ import return_
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestReturnAReferral(Five):
    noun, verb = Noun.REFERRAL, Verb.RETURN
    wrong_people = ("lead", "officer")

    def given(self, world):
        return worlds.sent_referral(world)

    def do(self, world, referral, by):
        return return_(referral, by=by, items={"voices": "Please add what the child says."})

    def then(self, world, referral, result):
        assert result.stage == "returned" and result.due_on
        assert result.return_items == {"voices": "Please add what the child says."}

    def in_the_wrong_stage(self, world):
        return return_(worlds.sent_referral(world), by=world.duty, items={"voices": "What does she say?"})

    def test_it_says_what_is_missing(self, world):
        for items in ({}, {"voices": " "}, {"no such task": "x"}):
            with pytest.raises(BadInput):
                return_(self.given(world), by=world.duty, items=items)
