from referrals.actions.referral.declare_conflict import declare_conflict
from referrals.actions.referral.lift_conflict import lift_conflict
from referrals.workflow import Noun
from tests import worlds
from tests.actions.of_conflicts import Lifts


class TestLiftAConflictWithAReferral(Lifts):
    noun = Noun.REFERRAL
    declare = staticmethod(declare_conflict)
    action = staticmethod(lift_conflict)

    def make(self, world):
        return worlds.sent_referral(world)
