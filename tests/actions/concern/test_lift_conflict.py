from referrals.actions.concern.declare_conflict import declare_conflict
from referrals.actions.concern.lift_conflict import lift_conflict
from referrals.workflow import Noun
from tests import worlds
from tests.actions.of_conflicts import Lifts


class TestLiftAConflictWithAConcern(Lifts):
    noun = Noun.CONCERN
    declare = staticmethod(declare_conflict)
    action = staticmethod(lift_conflict)

    def make(self, world):
        return worlds.received_concern()
