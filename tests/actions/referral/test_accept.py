import datetime

import pytest

from referrals import policy
from referrals.actions._change import Conflict
from referrals.actions._grant import Invitation
from referrals.actions._input import BadInput
from referrals.actions.referral.accept import accept
from referrals.actions.referral.decline import decline
from referrals.models import Case, Child, Grant, Referral
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestAcceptAReferral(Five):
    noun, verb = Noun.REFERRAL, Verb.ACCEPT
    wrong_people = ("officer", "early help", "other lead")

    def given(self, world):
        return worlds.sent_referral(world)

    def do(self, world, referral, by):
        return accept(
            referral,
            by=by,
            lead=world.officer.user,
            aim="Four full days",
            invitations=[Invitation(world.agencies["Early Help"], "Family work")],
        )

    def then(self, world, referral, result):
        case = Case.objects.get(pk=result.case_id)
        assert (result.stage, case.stage) == ("accepted", "open")
        assert case.child.upn == result.upn and case.child.carers.count() == 1 and case.child.marks.count() == 1
        parts = {g.agency.name: bool(g.joined_at) for g in Grant.everything.filter(content_object=case)}
        assert parts == {"Hillside": True, "Early Help": False}

    def in_the_wrong_stage(self, world):
        return decline(worlds.sent_referral(world), by=world.duty, reason="duplicate", advice="See the other one.")

    def test_a_school_cannot_accept_its_own_referral(self, world):
        with pytest.raises(policy.Refused, match="you cannot accept"):
            self.do(world, self.given(world), world.lead)

    def test_it_needs_somebody_of_the_attendance_team_to_lead(self, world):
        for nobody in (None, world.lead.user):
            with pytest.raises(BadInput, match="Select who will lead"):
                accept(self.given(world), by=world.duty, lead=nobody)
        assert not Case.objects.exists()

    def test_a_bad_invitation_stops_the_whole_decision(self, world):
        yesterday = datetime.date.today() - datetime.timedelta(days=1)
        sent = self.given(world)
        with pytest.raises(BadInput):
            accept(
                sent,
                by=world.duty,
                lead=world.officer.user,
                invitations=[Invitation(world.agencies["SEN"], "Advice", yesterday)],
            )
        assert not Case.objects.exists()
        assert Referral.objects.get(pk=sent.pk).stage == "submitted"

    def test_a_child_who_has_an_open_case_keeps_one_case(self, world):
        case = worlds.opened_case(world, seed=5)
        again = worlds.sent_referral(world, seed=6)
        accept(again, by=world.duty, lead=world.manager.user, child=case.child)
        assert again.case == case
        assert Case.objects.count() == 1

    def test_the_same_child_by_upn_name_and_birth_date_is_recognised(self, world):
        case = worlds.opened_case(world, seed=5)
        again = worlds.sent_referral(world, seed=5)
        accept(again, by=world.duty, lead=world.officer.user)
        assert again.case == case

    def test_a_upn_alone_opens_no_childs_record(self, world):
        case = worlds.opened_case(world, seed=5)
        before = Child.objects.values().get(pk=case.child_id)
        typed = worlds.sent_referral(world, by="other lead", seed=6, upn=case.child.upn)
        with pytest.raises(BadInput) as refused:
            accept(typed, by=world.duty, lead=world.officer.user)
        assert set(refused.value.errors) == {"child"}
        assert Child.objects.values().get(pk=case.child_id) == before
        assert not policy.allowed(world.other_lead, case)

    def test_a_known_childs_own_details_are_not_overwritten(self, world):
        case = worlds.opened_case(world, seed=5)
        before = Child.objects.values().get(pk=case.child_id)
        accept(
            worlds.sent_referral(world, by="other lead", seed=6),
            by=world.duty,
            lead=world.officer.user,
            child=case.child,
        )
        assert Child.objects.values().get(pk=case.child_id) == before

    def test_another_school_is_invited_to_an_open_case_and_does_not_read_it_at_once(self, world):
        case = worlds.opened_case(world, seed=5)
        other = worlds.sent_referral(world, by="other lead", seed=6)
        accept(other, by=world.duty, lead=world.officer.user, child=case.child)
        assert policy.allowed(world.other_lead, case) == {Verb.JOIN, Verb.REFUSE}

    def test_who_is_slower_is_told_and_nothing_happens_twice(self, world):
        page = self.given(world)
        other_page = Referral.objects.get(pk=page.pk)
        self.do(world, page, world.duty)
        with pytest.raises(Conflict):
            self.do(world, other_page, world.manager)
        assert Case.objects.count() == 1
