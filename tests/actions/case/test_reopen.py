import pytest

from referrals.actions._input import BadInput
from referrals.actions.case.close import close
from referrals.actions.case.open import open_
from referrals.actions.case.reopen import reopen
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestReopenACase(Five):
    noun, verb = Noun.CASE, Verb.REOPEN
    doer = "manager"
    wrong_people = ("lead", "duty", "other lead")

    def given(self, world):
        return close(worlds.opened_case(world), by=world.officer, outcome="better", what_helped="A quiet start")

    def do(self, world, case, by):
        return reopen(case, by=by, reason="Absent again since Monday")

    def then(self, world, case, result):
        assert (result.stage, result.closed_at, result.outcome) == ("open", None, "")

    def in_the_wrong_stage(self, world):
        return worlds.opened_case(world)

    def test_a_child_has_one_open_case(self, world):
        old = self.given(world)
        open_(old.child, by=world.duty, lead=world.officer.user)
        with pytest.raises(BadInput, match="already has an open case"):
            self.do(world, old, world.manager)
