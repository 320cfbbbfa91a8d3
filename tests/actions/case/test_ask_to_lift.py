import pytest

from referrals import protection
from referrals.actions._input import BadInput
from referrals.actions.case.ask_to_lift import ask_to_lift
from referrals.actions.case.restrict import restrict
from referrals.models import Restriction
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five

WHY = "The order has ended."


class TestAskToLift(Five):
    noun, verb = Noun.CASE, Verb.ASK_TO_LIFT
    doer = "dsl"
    wrong_people = ("lead", "head", "early help", "other lead", "trust lead", "editor", "dpo")

    def given(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        carer = case.child.carers.order_by("pk").first()
        return restrict(case, by=world.officer, from_carer=carer, reason="There is a court order.")

    def do(self, world, case, by):
        return ask_to_lift(case, by=by, restriction=Restriction.objects.get(child=case.child), reason=WHY)

    def then(self, world, case, result):
        standing = Restriction.objects.get(child=case.child)
        assert (standing.lift_asked_by, standing.lift_reason) == (world.dsl.user, WHY)
        assert standing.lifted_at is None
        assert protection.of(case.child_id).hides_school

    def test_asked_by_somebody_else_the_newest_request_counts(self, world):
        case = self.given(world)
        self.do(world, case, world.dsl)
        self.do(world, case, world.officer)
        assert Restriction.objects.get(child=case.child).lift_asked_by == world.officer.user

    def test_it_is_about_a_restriction_of_this_child_with_a_reason(self, world):
        case, other = self.given(world), worlds.opened_case(world, seed=4)
        standing = Restriction.objects.get(child=case.child)
        for wrong, given in (
            (other, {"restriction": standing, "reason": WHY}),
            (case, {"restriction": None, "reason": WHY}),
            (case, {"restriction": standing, "reason": "Too short"}),
        ):
            with pytest.raises(BadInput):
                ask_to_lift(wrong, by=world.dsl, **given)
        standing.refresh_from_db()
        assert standing.lift_asked_by is None
