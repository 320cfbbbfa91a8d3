import random

import pytest

from portal.demo.answers import attendance_answers
from referrals.actions._input import BadInput
from referrals.actions.case.add_marks import add_marks
from referrals.actions.case.close import close
from referrals.models import Event, Marks
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestAddMarks(Five):
    noun, verb = Noun.CASE, Verb.ADD_MARKS
    doer = "lead"
    wrong_people = ("senco", "early help", "other lead")

    def given(self, world):
        return worlds.opened_case(world, joined=("early help",))

    def do(self, world, case, by):
        return add_marks(case, by=by, attendance=attendance_answers(random.Random(1)))

    def then(self, world, case, marks):
        assert marks.child == case.child and marks.school == world.agencies["Hillside"]
        assert marks == Marks.objects.filter(child=case.child).latest("pk")

    def in_the_wrong_stage(self, world):
        return close(worlds.opened_case(world), by=world.officer, outcome="better", what_helped="A quiet start")

    def test_survives_being_done_twice(self, world):
        """The same marks again change nothing that anybody sees."""
        case = self.given(world)
        first = self.do(world, case, world.lead)
        assert self.do(world, case, world.lead) == first
        assert Event.objects.filter(case=case, kind="marks_added").count() == 1

    def test_no_marks_are_no_marks(self, world):
        with pytest.raises(BadInput):
            add_marks(self.given(world), by=world.lead, attendance={})
