import datetime

import pytest
from django.utils import timezone

from referrals import policy
from referrals.actions._grant import WHOLE, Shares
from referrals.actions._input import BadInput
from referrals.actions.case.add_note import add_note
from referrals.actions.case.close import close
from referrals.actions.case.share import share
from referrals.events import Kind
from referrals.models import Event, Grant, Note
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five

ATTENDANCE = Shares(frozenset({"attendance"}))


class TestChangeWhatAnAgencyReads(Five):
    noun, verb = Noun.CASE, Verb.SHARE
    doer = "officer"
    wrong_people = ("lead", "early help", "other lead")

    def given(self, world):
        return worlds.opened_case(world, joined=("early help",))

    def do(self, world, case, by):
        return share(case, by=by, agency=world.agencies["Early Help"], shares=ATTENDANCE)

    def then(self, world, case, result):
        allowed = policy.allowed(world.people["early help"], case)
        assert Verb.VIEW_ATTENDANCE in allowed
        assert not allowed & {Verb.VIEW_STORY, Verb.VIEW_PEOPLE, Verb.VIEW_TOLD, Verb.ADD_NOTE}

    def in_the_wrong_stage(self, world):
        return close(self.given(world), by=world.officer, outcome="better", what_helped="A quiet start")

    def test_it_is_effective_at_once_both_ways(self, world):
        case, reader = self.given(world), world.people["early help"]
        note = add_note(case, by=world.officer, body="Home visit.")
        assert note in policy.visible_to(reader, Note)
        self.do(world, case, world.officer)
        assert note not in policy.visible_to(reader, Note)
        share(case, by=world.officer, agency=world.agencies["Early Help"], shares=WHOLE)
        assert note in policy.visible_to(reader, Note)

    def test_from_today_shows_nothing_of_before(self, world):
        case, reader = self.given(world), world.people["early help"]
        before = add_note(case, by=world.officer, body="Before.")
        share(case, by=world.officer, agency=world.agencies["Early Help"], shares=Shares(from_today=True))
        after = add_note(case, by=world.officer, body="After.")
        seen = policy.visible_to(reader, Note)
        assert (before in seen, after in seen) == (False, True)

    def test_from_today_asked_twice_goes_on_from_the_first_moment(self, world):
        case, agency = self.given(world), world.agencies["Early Help"]
        share(case, by=world.officer, agency=agency, shares=Shares(from_today=True))
        with pytest.raises(BadInput, match="already"):
            share(case, by=world.officer, agency=agency, shares=Shares(from_today=True))

    def test_purpose_and_end_change_with_it_and_else_stay(self, world):
        case, agency = self.given(world), world.agencies["Early Help"]
        day = timezone.localdate() + datetime.timedelta(days=10)
        share(
            case,
            by=world.officer,
            agency=agency,
            shares=WHOLE,
            purpose="A parenting course",
            until=day,
            keeps_until=False,
        )
        self.do(world, case, world.officer)
        part = Grant.everything.get(content_object=case, group=agency.group)
        assert (part.purpose, part.until, part.sections) == ("A parenting course", day, ("attendance",))

    def test_history_says_what_it_was_and_what_it_is(self, world):
        case = self.given(world)
        self.do(world, case, world.officer)
        said = Event.objects.get(kind=Kind.SHARED, case=case).data
        assert said["before"] != said["after"]
        assert "ttendance" in said["after"]

    def test_something_must_be_shared_and_only_with_somebody_on_the_case(self, world):
        case = self.given(world)
        with pytest.raises(BadInput, match="at least one section"):
            share(case, by=world.officer, agency=world.agencies["Early Help"], shares=Shares(frozenset()))
        with pytest.raises(BadInput, match="not on this case"):
            share(case, by=world.officer, agency=world.agencies["Health"], shares=ATTENDANCE)
