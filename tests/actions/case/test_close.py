import datetime

import pytest

from referrals import policy
from referrals.actions._input import BadInput
from referrals.actions.case.close import close
from referrals.models import Grant
from referrals.workflow import LOOKING, Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestCloseACase(Five):
    noun, verb = Noun.CASE, Verb.CLOSE
    doer = "officer"
    wrong_people = ("lead", "duty", "other lead")

    def given(self, world):
        return worlds.opened_case(world, joined=("sen",))

    def do(self, world, case, by):
        return close(case, by=by, outcome="better", what_helped="One named person each morning")

    def then(self, world, case, result):
        assert (result.stage, result.outcome) == ("closed", "better")
        month_on = datetime.date.today() + datetime.timedelta(days=30)
        assert set(Grant.everything.filter(content_object=case).values_list("until", flat=True)) == {month_on}
        left = policy.allowed(world.sen, result)
        assert left - LOOKING == {Verb.REVEAL, Verb.DECLARE_CONFLICT}, "for 30 days they read, and change nothing in it"
        assert Verb.VIEW in left

    def in_the_wrong_stage(self, world):
        return self.do(world, self.given(world), world.officer)

    def test_it_asks_what_helped(self, world):
        with pytest.raises(BadInput, match="Tell us what helped, even a little"):
            close(self.given(world), by=world.officer, outcome="better", what_helped=" ")
