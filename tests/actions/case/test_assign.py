import pytest

from referrals.actions._input import BadInput
from referrals.actions.case.assign import assign
from referrals.actions.case.close import close
from referrals.models import Event
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestAssignACase(Five):
    noun, verb = Noun.CASE, Verb.ASSIGN
    wrong_people = ("officer", "lead", "early help")

    def given(self, world):
        return worlds.opened_case(world)

    def do(self, world, case, by):
        return assign(case, by=by, lead=world.manager.user)

    def then(self, world, case, result):
        assert result.lead == world.manager.user
        assert Event.objects.last().data == {"from": world.officer.user.pk, "to": world.manager.user.pk}

    def in_the_wrong_stage(self, world):
        return close(worlds.opened_case(world), by=world.officer, outcome="better", what_helped="A quiet start")

    def test_survives_being_done_twice(self, world):
        case = self.given(world)
        self.do(world, case, world.duty)
        with pytest.raises(BadInput, match="already leads"):
            self.do(world, case, world.duty)

    def test_only_the_attendance_team_leads(self, world):
        with pytest.raises(BadInput, match="Select who will lead"):
            assign(self.given(world), by=world.duty, lead=world.lead.user)
