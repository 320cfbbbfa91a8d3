from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.lift_conflict import lift_conflict
from referrals.workflow import Noun
from tests import worlds
from tests.actions.of_conflicts import Lifts


class TestLiftAConflictWithACase(Lifts):
    noun = Noun.CASE
    declare = staticmethod(declare_conflict)
    action = staticmethod(lift_conflict)

    def make(self, world):
        return worlds.opened_case(world, joined=("early help",))
