"""The work list is an access path to what the policy says, and nothing but that. Runs on both databases."""

import datetime
import re
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import county as county_rules
from portal.accounts.models import Membership
from portal.accounts.roles import AgencyKind
from portal.register.packed import pack
from portal.register.picture import Picture
from portal.register.sample import believable_marks
from referrals import policy
from referrals.actions._grant import Invitation, Shares
from referrals.actions.case.add_note import add_note
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.actions.case.remove import remove
from referrals.models import Case, ConflictOfInterest, Grant
from referrals.queries import attendance, case_list
from referrals.workflow import Stage
from tests import worlds

pytestmark = pytest.mark.django_db


def as_the_policy_says(actor, stage) -> list[int]:
    return list(
        policy.visible_to(actor, Case)
        .filter(stage=stage)
        .order_by("-last_activity", "-pk")
        .values_list("pk", flat=True)
    )


def test_everybody_s_list_is_what_the_policy_says_in_the_same_order(county):
    for name, actor in county.people.items():
        for stage in (Stage.OPEN, Stage.CLOSED):
            listed = [case.pk for case in case_list.newest(actor, stage=stage, limit=100)]
            assert listed == as_the_policy_says(actor, stage), f"{name}, {stage}"


def test_the_list_has_something_in_it_for_each_way_of_coming_in(county):
    for name in ("officer", "lead", "early help", "trust lead"):
        assert case_list.newest(county.people[name]), name
    assert case_list.newest(county.sen, stage=Stage.CLOSED)


def test_going_on_from_a_cursor_shows_each_case_once(county):
    for name in ("officer", "lead"):
        actor = county.people[name]
        seen, after = [], None
        while rows := case_list.newest(actor, after=after, limit=2):
            seen += [case.pk for case in rows]
            after = case_list.Cursor.read(str(case_list.Cursor(rows[-1].last_activity, rows[-1].pk)))
        assert seen == as_the_policy_says(actor, Stage.OPEN)


def test_cases_of_the_same_moment_are_neither_lost_nor_shown_twice(county):
    moment = timezone.now()
    Case.objects.update(last_activity=moment)
    Grant.everything.update(last_activity=moment)
    first = case_list.newest(county.lead, limit=2)
    rest = case_list.newest(county.lead, after=case_list.Cursor(first[-1].last_activity, first[-1].pk), limit=100)
    assert [case.pk for case in first + rest] == as_the_policy_says(county.lead, Stage.OPEN)


@pytest.mark.parametrize("typed", ["", "x", "-", "1-x", "9" * 60, f"{10**30}-1", "1-" + "9" * 37])
def test_a_cursor_somebody_made_up_begins_at_the_beginning(typed):
    assert case_list.Cursor.read(typed) is None


def test_a_new_note_takes_the_case_to_the_top_of_every_agency_s_list(county):
    bottom = case_list.newest(county.lead, limit=100)[-1]
    add_note(bottom, by=county.officer, body="Rang home.")
    for actor in (county.lead, county.officer):
        assert case_list.newest(actor, limit=1)[0].pk == bottom.pk


def test_a_removed_agency_a_passed_end_date_and_an_invitation_list_nothing(county):
    case = county.fresh("open case")
    remove(case, by=county.officer, agency=county.agencies["Early Help"])
    assert case.pk not in [c.pk for c in case_list.newest(county.people["early help"])]
    Grant.everything.filter(content_object=case, group=county.agencies["SEN"].group).update(
        until=timezone.localdate() - datetime.timedelta(days=1)
    )
    assert case.pk not in [c.pk for c in case_list.newest(county.sen)]
    assert case_list.newest(county.provider) == []  # Orchard is invited, and has not joined
    assert case_list.count(county.provider) == 0


def test_a_membership_that_ended_while_the_page_was_open_lists_nothing(county):
    actor = county.lead
    Membership.objects.filter(pk=actor.membership.pk).update(until=timezone.localdate() - datetime.timedelta(days=1))
    assert case_list.newest(actor) == []


def test_the_count_is_right_and_stops(county, monkeypatch):
    for name in ("officer", "lead", "sen"):
        actor = county.people[name]
        assert case_list.count(actor) == len(as_the_policy_says(actor, Stage.OPEN)), name
    monkeypatch.setattr(case_list, "COUNT_LIMIT", 1)
    assert case_list.page(county.lead).counted == "1+"
    assert case_list.count(county.officer) == 2


@pytest.mark.parametrize("name", ["lead", "trust lead"])
def test_a_case_that_is_denied_to_her_is_not_counted(county, name):
    """By one group, and by several: a trust's lead comes in by each of its schools."""
    actor = county.people[name]
    before = case_list.count(actor)
    denied = case_list.newest(actor)[0]
    ConflictOfInterest.objects.create(user=actor.user, declared_by=actor.user, child=denied.child)
    assert case_list.count(actor) == len(as_the_policy_says(actor, Stage.OPEN)) < before


def test_the_count_asks_of_her_own_cases_and_not_of_every_case(county):
    """Which cases are denied to her is never worked out for the whole county: each would be asked the second wall."""
    with CaptureQueriesContext(connection) as captured:
        case_list.count(county.lead)
    (asked,) = [query["sql"] for query in captured.captured_queries if "COUNT" in query["sql"]]
    assert not re.search(r'"case_id" IN \(SELECT', asked), asked


def test_queries_are_few_and_do_not_grow_with_the_cases(county, django_assert_num_queries):
    case_list.page(county.lead)  # what Django remembers of content types is not what we measure
    with django_assert_num_queries(3):
        few = case_list.page(county.lead)
    for seed in range(300, 310):
        worlds.opened_case(county, seed=seed)
    with django_assert_num_queries(3):
        many = case_list.page(county.lead)
    assert len(many.rows) == len(few.rows) + 10


def test_the_list_s_attendance_is_the_figure_of_the_case_page(county):
    row = next(row for row in case_list.page(county.lead).rows if row.attended)
    marks = attendance.newest([row.case.child_id])[row.case.child_id]
    child = Case.objects.get(pk=row.case.pk).child
    assert row.attendance == attendance.picture_of(marks, child).judged.percentage


def test_first_contact_is_due_until_the_team_shares_a_note_and_a_hidden_note_does_not_show(county):
    case = county.fresh("plain case")

    def due():
        return next(row for row in case_list.page(county.lead).rows if row.case.pk == case.pk).first_contact_due

    assert due() == case.first_contact_by
    add_note(case, by=county.officer, body="Rang home, for us only.", visibility="agency")
    assert due() == case.first_contact_by
    add_note(case, by=county.officer, body="Rang home.")
    assert due() is None


def test_an_invitation_says_who_asks_and_why_and_names_no_child(county):
    grants = case_list.invitations(county.provider)
    assert [grant.content_object_id for grant in grants] == [county.open_case.pk]
    assert grants[0].purpose == "Work with Orchard"
    assert case_list.invitations(county.dpo) == []


def test_only_people_who_come_in_by_a_grant_take_the_seek(county):
    by_grant = {name for name, actor in county.people.items() if case_list.comes_in_by_grant(actor)}
    team = {name for name, a in county.people.items() if a.agency.kind == AgencyKind.LA_ATTENDANCE}
    assert by_grant & team == set()
    assert {"lead", "head", "sen", "trust lead"} <= by_grant


@pytest.mark.parametrize("first", [datetime.date(2025, 9, 3), datetime.date(2026, 7, 1), datetime.date(2026, 11, 2)])
@pytest.mark.parametrize("pattern", ["falling", "severe", "part_time"])
def test_the_quick_figure_is_the_picture_s_whether_marks_are_many_or_few(first, pattern):
    marks = believable_marks(Random(7), county_rules.calendar(), first, datetime.date(2026, 11, 20), pattern=pattern)
    drawn = Picture(marks, rules=county_rules.rules(), calendar=county_rules.calendar()).judged
    quick = attendance.judged(pack(marks))
    assert (quick.attended, quick.possible) == (drawn.attended, drawn.possible)


def test_who_is_not_shown_the_story_cannot_tell_from_the_list_that_the_team_wrote_a_note(county):
    """The promised day goes when the team has shared a note, so it is for whoever reads notes: and the last day."""
    case = county.fresh("plain case")
    invite(
        case,
        by=county.officer,
        invitation=Invitation(county.agencies["Voluntary"], "Mentoring", None, Shares(frozenset({"attendance"}))),
    )
    join(case, by=county.people["sections partner"])

    def row(name: str) -> case_list.Row:
        return next(row for row in case_list.page(county.people[name]).rows if row.case.pk == case.pk)

    assert row("lead").reads_story
    assert row("lead").first_contact_due
    before = row("sections partner")
    assert (before.reads_story, before.first_contact_due, before.is_late) == (False, None, False)
    add_note(case, by=county.officer, body="Rang the family.")
    assert row("lead").first_contact_due is None
    after = row("sections partner")
    assert (after.reads_story, after.first_contact_due, after.is_late) == (False, None, False)
    client = Client()
    client.force_login(county.people["sections partner"].user)
    page = client.get("/workspace/cases/").content.decode()
    shown = next(found for found in re.findall(r"<tr.*?</tr>", page, re.S) if case.reference in found)
    assert "First contact" not in shown
    assert shown.count("Not shared with you") == 2


def test_who_reads_from_a_day_on_is_not_told_what_was_before(county):
    rows = case_list.page(county.people["today partner"]).rows
    assert [row.case.reference for row in rows] == [county.things["shared case"].reference]
    assert not rows[0].reads_story
    assert rows[0].first_contact_due is None
