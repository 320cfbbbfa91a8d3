import pytest

from referrals import policy, protection
from referrals.actions._input import BadInput
from referrals.actions.case.ask_to_lift import ask_to_lift
from referrals.actions.case.lift import lift
from referrals.actions.case.restrict import restrict
from referrals.models import Case, Restriction
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestLift(Five):
    noun, verb = Noun.CASE, Verb.LIFT
    doer = "manager"
    wrong_people = ("lead", "head", "early help", "other lead", "trust lead", "editor", "dpo")

    def restricted(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        who = world.early_help_colleague.user
        return restrict(case, by=world.dsl, from_user=who, reason="There is a court order.")

    def given(self, world):
        case = self.restricted(world)
        restriction = Restriction.objects.get(child=case.child)
        return ask_to_lift(case, by=world.dsl, restriction=restriction, reason="The order has ended.")

    def do(self, world, case, by):
        return lift(case, by=by, restriction=Restriction.objects.get(child=case.child))

    def then(self, world, case, result):
        ended = Restriction.objects.get(child=case.child)
        assert (ended.lift_asked_by, ended.lifted_by) == (world.dsl.user, world.manager.user)
        assert not protection.of(case.child_id)
        assert case in policy.visible_to(world.early_help_colleague, Case)

    def test_it_takes_two_people(self, world):
        case = self.given(world)
        with pytest.raises(policy.Refused, match="Somebody else must agree"):
            self.do(world, case, world.dsl)
        assert Restriction.objects.in_force().exists()
        assert case not in policy.visible_to(world.early_help_colleague, Case)

    def test_somebody_must_ask_first(self, world):
        case = self.restricted(world)
        with pytest.raises(BadInput, match="ask first"):
            self.do(world, case, world.manager)
        assert Restriction.objects.in_force().exists()

    def test_another_childs_restriction_is_none_of_this_case(self, world):
        case, other = self.given(world), worlds.opened_case(world, seed=4)
        with pytest.raises(BadInput, match="in force"):
            lift(other, by=world.manager, restriction=Restriction.objects.get(child=case.child))
        assert Restriction.objects.in_force().exists()
