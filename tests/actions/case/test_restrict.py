import pytest

from referrals import policy, protection
from referrals.actions._input import BadInput
from referrals.actions.case.restrict import restrict
from referrals.models import Case, Event, Note, Referral, Restriction
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five

WHY = "There is a court order."


class TestRestrict(Five):
    noun, verb = Noun.CASE, Verb.RESTRICT
    doer = "dsl"
    wrong_people = ("lead", "head", "early help", "other lead", "trust lead", "editor", "dpo")

    def given(self, world):
        return worlds.opened_case(world, joined=("early help",))

    def carer(self, case):
        return case.child.carers.order_by("pk").first()

    def do(self, world, case, by):
        return restrict(
            case,
            by=by,
            protects=self.carer(case),
            from_user=world.people["early help colleague"].user,
            covers={"address", "contact"},
            reason=WHY,
        )

    def then(self, world, case, result):
        standing = Restriction.objects.get(child=case.child)
        assert (standing.set_by, standing.set_by_agency) == (world.dsl.user, world.dsl.agency)
        assert (standing.covers_address, standing.covers_school, standing.covers_contact) == (True, False, True)
        assert protection.named(self.carer(case), "phone") in protection.of(case.child_id).details

    def test_a_restricted_member_of_staff_sees_nothing_at_once(self, world):
        case, who = self.given(world), world.early_help_colleague
        assert case in policy.visible_to(who, Case)
        self.do(world, case, world.dsl)
        for model in (Case, Referral, Note, Event):
            assert not policy.visible_to(who, model).exists(), model
        assert not policy.allowed(who, case)
        assert case in policy.visible_to(world.people["early help"], Case)

    def test_two_of_the_attendance_team_must_go_on_seeing_the_child(self, world):
        """Else nobody could ever end what one safeguarding lead has set."""
        case = self.given(world)
        team = [actor.user for actor in world.people.values() if actor.is_la]
        for user in team[:-2]:
            restrict(case, by=world.dsl, from_user=user, reason=WHY)
        with pytest.raises(BadInput, match="Too few of the attendance team"):
            restrict(case, by=world.dsl, from_user=team[-1], reason=WHY)
        assert len([a for a in world.people.values() if a.is_la and policy.allowed(a, case)]) == 2

    def test_nobody_leads_what_she_cannot_see(self, world):
        case = self.given(world)
        assert case.lead == world.officer.user
        restrict(case, by=world.manager, from_user=world.officer.user, reason=WHY)
        case.refresh_from_db()
        assert case.lead is None
        assert not policy.allowed(world.officer, case)

    def test_the_childs_details_are_those_of_the_home_but_not_of_who_must_not_learn_them(self, world):
        case = self.given(world)
        carer = self.carer(case)
        restrict(case, by=world.dsl, from_carer=carer, reason=WHY)
        standing = protection.of(case.child_id)
        assert standing.hides_school
        assert not standing.hides(carer, "phone")

    def test_it_needs_somebody_something_and_a_reason(self, world):
        case = self.given(world)
        carer = self.carer(case)
        stranger = worlds.opened_case(world, seed=3).child.carers.first()
        for wrong, field in (
            ({}, "from_carer"),
            ({"from_carer": stranger}, "from_carer"),
            ({"from_carer": carer, "protects": carer}, "from_carer"),
            ({"from_carer": carer, "protects": stranger}, "protects"),
            ({"from_carer": carer, "covers": ()}, "covers"),
            ({"from_carer": carer, "covers": {"story"}}, "covers"),
            ({"from_carer": carer, "reason": " too short "}, "reason"),
            ({"from_carer": carer, "reason": "x" * 401}, "reason"),
            ({"from_user": world.dsl.user}, "from_user"),
        ):
            with pytest.raises(BadInput) as said:
                restrict(case, by=world.dsl, **{"reason": WHY, **wrong})
            assert set(said.value.errors) == {field}, wrong
        assert not Restriction.objects.exists()

    def test_only_the_team_and_who_set_it_read_that_it_was_set(self, world):
        case = self.given(world)
        self.do(world, case, world.dsl)
        event = Event.objects.get(kind="restricted")
        for name in ("duty", "officer", "manager"):
            assert event in policy.visible_to(world.people[name], Event), name
        for name in ("lead", "early help", "trust lead"):
            assert event not in policy.visible_to(world.people[name], Event), name
