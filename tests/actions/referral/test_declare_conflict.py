from referrals import policy
from referrals.actions.referral.accept import accept
from referrals.actions.referral.declare_conflict import declare_conflict
from referrals.models import Case, Referral
from referrals.workflow import Noun
from tests import worlds
from tests.actions.of_conflicts import NEIGHBOUR, Declares


class TestDeclareAConflictWithAReferral(Declares):
    noun = Noun.REFERRAL
    wrong_people = ("other lead", "editor", "early help")
    action = staticmethod(declare_conflict)

    def given(self, world):
        return worlds.sent_referral(world)

    def test_a_school_declares_its_own_and_it_comes_along_to_the_case(self, world):
        referral = self.given(world)
        declare_conflict(referral, by=world.lead, reason=NEIGHBOUR)
        accept(Referral.objects.get(pk=referral.pk), by=world.duty, lead=world.officer.user, aim="Four days")
        case = Case.objects.get(referrals=referral)
        assert case not in policy.visible_to(world.lead, Case)
        assert case in policy.visible_to(world.colleague, Case)
