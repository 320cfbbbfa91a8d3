import pytest

from referrals import policy
from referrals.actions._input import BadInput
from referrals.actions.case.break_glass import break_glass
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.review_break_glass import review_break_glass
from referrals.models import BreakGlass, Case
from referrals.queries import glass as queue
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.case.test_break_glass import WHY
from tests.actions.five import Five


class TestReviewEmergencyAccess(Five):
    noun, verb = Noun.CASE, Verb.REVIEW_BREAK_GLASS
    doer = "dpo"
    wrong_people = ("officer", "health", "lead", "editor")

    def given(self, world):
        case = worlds.opened_case(world)
        break_glass(case, by=world.health, reason=WHY)
        return case

    def do(self, world, case, by):
        return review_break_glass(case, by=by, glass=BreakGlass.objects.get(case=case), review="It was right to look.")

    def then(self, world, case, glass):
        assert (glass.reviewed_by, glass.review) == (world.dpo.user, "It was right to look.")
        assert case not in policy.visible_to(world.dpo, Case)  # to review is not to see
        assert not queue.to_review(world.dpo)
        assert [access.glass for access in queue.reviewed(world.manager)] == [glass]

    def test_nobody_reviews_her_own(self, world):
        case = worlds.opened_case(world)
        break_glass(case, by=world.dpo, reason=WHY)
        with pytest.raises(policy.Refused, match="yourself"):
            self.do(world, case, world.dpo)
        assert not queue.to_review(world.dpo)
        assert len(queue.to_review(world.manager)) == 1

    def test_who_must_not_know_of_the_child_does_not_find_it_in_the_queue(self, world):
        case = self.given(world)
        declare_conflict(case, by=world.manager, reason="My nephew.")
        assert not queue.to_review(world.manager)
        with pytest.raises(policy.Invisible):
            self.do(world, case, world.manager)
        assert len(queue.to_review(world.dpo)) == 1

    def test_something_must_have_been_found(self, world):
        case = self.given(world)
        with pytest.raises(BadInput, match="what you found"):
            review_break_glass(case, by=world.dpo, glass=BreakGlass.objects.get(), review="  ")
