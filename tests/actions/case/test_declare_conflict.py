from referrals import policy
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.models import Case, Event, Referral
from referrals.workflow import Noun
from tests import worlds
from tests.actions.of_conflicts import NEIGHBOUR, Declares


class TestDeclareAConflictWithACase(Declares):
    noun = Noun.CASE
    wrong_people = ("other lead", "editor", "dpo")
    action = staticmethod(declare_conflict)

    def given(self, world):
        return worlds.opened_case(world, joined=("early help",))

    def test_it_reaches_the_referral_and_every_other_case_of_the_child(self, world):
        case = self.given(world)
        self.do(world, case, world.officer)
        referral = Referral.objects.get(case=case)
        assert referral not in policy.visible_to(world.officer, Referral)
        assert not policy.visible_to(world.officer, Event).filter(case=case).exists()

    def test_nobody_leads_what_she_cannot_see(self, world):
        case = self.given(world)
        assert case.lead == world.officer.user
        self.do(world, case, world.officer)
        assert Case.objects.get(pk=case.pk).lead is None

    def test_somebody_of_a_partner_declares_her_own_and_her_colleague_goes_on(self, world):
        case = self.given(world)
        declare_conflict(case, by=world.people["early help"], reason=NEIGHBOUR)
        assert case not in policy.visible_to(world.people["early help"], Case)
        assert case in policy.visible_to(world.early_help_colleague, Case)
