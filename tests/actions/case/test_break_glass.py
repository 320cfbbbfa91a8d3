import datetime

import pytest
from django.utils import timezone

from notifications import audience
from portal.accounts.models import Membership, User
from referrals import events, policy
from referrals.actions._input import BadInput
from referrals.actions.case.add_note import add_note
from referrals.actions.case.break_glass import break_glass
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.restrict import restrict
from referrals.events import KINDS, Kind
from referrals.models import BreakGlass, Case, Event, Note
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five

WHY = "The child rang us and is alone at home."


class TestBreakTheGlass(Five):
    noun, verb = Noun.CASE, Verb.BREAK_GLASS
    doer = "health"
    wrong_people = ("officer", "editor", "trust lead")

    def given(self, world):
        return worlds.opened_case(world)

    def do(self, world, case, by):
        return break_glass(case, by=by, reason=WHY)

    def then(self, world, case, glass):
        health = world.people["health"]
        assert case in policy.visible_to(health, Case)
        verbs = policy.allowed(health, case)
        assert {Verb.VIEW_STORY, Verb.VIEW_ATTENDANCE, Verb.VIEW_PEOPLE, Verb.VIEW_TOLD} <= verbs
        assert not verbs & {Verb.ADD_NOTE, Verb.ADD_MARKS, Verb.INVITE, Verb.CLOSE, Verb.REVEAL, Verb.RESTRICT}
        assert glass.ends_at - glass.since == datetime.timedelta(minutes=60)
        assert glass.told == world.manager.user

    def test_after_an_hour_it_opens_nothing(self, world):
        case = self.given(world)
        glass = self.do(world, case, world.health)
        past = timezone.now() - datetime.timedelta(hours=2)
        BreakGlass.objects.filter(pk=glass.pk).update(since=past, ends_at=past + datetime.timedelta(minutes=60))
        assert not policy.allowed(world.health, case)
        assert case not in policy.visible_to(world.health, Case)

    def test_a_reason_under_20_characters_is_none(self, world):
        case = self.given(world)
        for reason in ("", "Emergency", "x" * 19, "  " + "x" * 18 + "   "):
            with pytest.raises(BadInput, match="20 characters"):
                break_glass(case, by=world.health, reason=reason)
        break_glass(case, by=world.health, reason="x" * 20)

    def test_never_against_a_conflict_or_a_restriction(self, world):
        case = self.given(world)
        declare_conflict(case, by=world.manager, person=world.health.user, reason="Her neighbour.")
        restrict(
            case, by=world.officer, protects=None, from_user=world.sen.user, covers={"school"}, reason="A court order."
        )
        for name in ("health", "sen"):
            with pytest.raises(policy.Invisible):
                break_glass(case, by=world.people[name], reason=WHY)
        assert not BreakGlass.objects.exists()

    def test_a_conflict_declared_while_it_is_open_ends_it_at_once(self, world):
        case = self.given(world)
        self.do(world, case, world.health)
        declare_conflict(case, by=world.manager, person=world.health.user, reason="Her neighbour.")
        assert case not in policy.visible_to(world.health, Case)

    def test_somebody_else_is_told_and_never_one_who_must_not_know_of_the_child(self, world):
        case = self.given(world)
        declare_conflict(case, by=world.duty, reason="My neighbour.")
        for name in ("manager", "conflicted manager"):
            declare_conflict(case, by=world.people[name], reason="My nephew.")
        glass = self.do(world, case, world.health)
        assert glass.told == world.officer.user  # who leads the case
        event = Event.objects.get(kind=Kind.GLASS_BROKEN)
        told = audience.in_circles(event, KINDS[Kind.GLASS_BROKEN].inbox) & audience.may_know(event)
        assert told == {world.officer.user.pk}

    def test_where_nobody_could_be_told_it_stays_shut(self, world):
        case = self.given(world)
        Membership.objects.filter(agency=world.agencies["attendance team"]).update(
            until=timezone.localdate() - datetime.timedelta(days=1)
        )
        with pytest.raises(BadInput, match="nobody who could be told"):
            self.do(world, case, world.health)

    def test_the_mail_names_nobody_and_the_event_holds_no_reason(self, world):
        case = self.given(world)
        self.do(world, case, world.health)
        event = Event.objects.get(kind=Kind.GLASS_BROKEN)
        assert WHY not in str(event.data)
        assert KINDS[Kind.GLASS_BROKEN].email
        assert "Health" in events.sentence(event)

    def test_notes_for_chosen_people_are_read_by_the_data_protection_officer_alone(self, world):
        case = self.given(world)
        named = add_note(case, by=world.lead, body="x", visibility="named", people=[world.officer.user])
        own = add_note(case, by=world.lead, body="x", visibility="agency")
        everyone = add_note(case, by=world.lead, body="x")
        for name in ("health", "dpo"):
            self.do(world, case, world.people[name])
        assert set(policy.visible_to(world.health, Note)) == {everyone}
        assert set(policy.visible_to(world.dpo, Note)) == {everyone, named}
        assert world.dpo.user in policy.holders(Verb.VIEW, named)
        assert world.dpo.user not in policy.holders(Verb.VIEW, own)

    def test_who_is_on_the_case_with_all_of_it_needs_no_glass(self, world):
        case = self.given(world)
        with pytest.raises(BadInput, match="already see"):
            break_glass(case, by=world.lead, reason=WHY)

    def test_another_membership_of_the_same_person_opens_nothing(self, world):
        case = self.given(world)
        self.do(world, case, world.health)
        other = Membership.objects.create(user=world.health.user, agency=world.agencies["SEN"], role="sen_caseworker")
        from portal.accounts.actor import Actor

        assert case not in policy.visible_to(Actor(other), Case)
        assert User.objects.filter(pk=world.health.user.pk, is_active=True).exists()
