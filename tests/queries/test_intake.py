"""The queue: its order, its waiting times and its hints; a longer one asks no more of the database."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import county
from referrals.actions.concern.review import review
from referrals.models import Concern, Referral
from referrals.models.intake import Risk
from referrals.queries import intake, matches, triage
from tests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return worlds.staffed()


def at(thing, *, days_ago: int, risk: Risk = Risk.NORMAL):
    """The thing as if it had come so many days ago."""
    when = timezone.now() - datetime.timedelta(days=days_ago)
    field = "created_at" if isinstance(thing, Concern) else "submitted_at"
    type(thing).objects.filter(pk=thing.pk).update(risk=risk, **{field: when})
    return thing.reference


def test_the_riskiest_come_first_and_among_equals_the_oldest_whatever_they_are(world):
    young = at(worlds.received_concern(seed=1), days_ago=1)
    old = at(worlds.sent_referral(world, seed=2), days_ago=9)
    high = at(worlds.received_concern(seed=3), days_ago=0, risk=Risk.HIGH)
    urgent = at(worlds.sent_referral(world, seed=4), days_ago=0, risk=Risk.URGENT)
    assert [row.reference for row in intake.queue(world.duty).rows] == [urgent, high, old, young]


def test_the_filters_leave_one_kind_or_one_band(world):
    concern = at(worlds.received_concern(seed=1), days_ago=1)
    referral = at(worlds.sent_referral(world, seed=2), days_ago=1, risk=Risk.HIGH)
    assert [row.reference for row in intake.queue(world.duty, kind="concern").rows] == [concern]
    assert [row.reference for row in intake.queue(world.duty, risk="high").rows] == [referral]
    assert intake.queue(world.duty, risk="high").total == 1
    assert intake.queue(world.duty, risk="high").waiting == 2


def test_take_next_passes_over_what_somebody_is_looking_at(world):
    taken = worlds.received_concern(seed=1)
    at(taken, days_ago=5, risk=Risk.URGENT)
    review(taken, by=world.duty)
    waiting = at(worlds.received_concern(seed=2), days_ago=1)
    assert intake.queue(world.duty).first.reference == waiting


def test_waiting_is_counted_in_school_days_against_the_promise(world):
    concern = worlds.received_concern(seed=1)
    target = county.rules().concern_first_contact_target_school_days
    days = county.calendar()
    assert intake.wait_of(concern, concern.due_on).days == target
    assert not intake.wait_of(concern, concern.due_on).is_late
    late = intake.wait_of(concern, days.add_school_days(concern.due_on, 3))
    assert (late.days, late.is_late) == (target + 3, True)
    assert late.words == f"{target + 3} of {target} school days, 3 late"


def test_an_empty_queue_says_when_the_last_item_was_decided(world):
    assert intake.queue(world.duty).cleared_at is None
    worlds.opened_case(world, seed=1)
    assert intake.queue(world.duty).cleared_at is not None


def test_people_outside_the_attendance_team_see_no_concern_in_it(world):
    worlds.received_concern(world.Hillside, seed=1)
    for name in ("early help", "editor", "dpo", "provider"):
        assert intake.queue(world.people[name]).rows == []


def test_a_longer_queue_asks_no_more_of_the_database(world):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            rows = intake.queue(world.duty).rows
            [(row.school, row.child, row.wait.words, row.hints) for row in rows]
        return len(queries)

    for seed in range(2):
        worlds.received_concern(world.Hillside, seed=seed)
    worlds.sent_referral(world, seed=30)
    few = asked()
    for seed in range(2, 10):
        worlds.received_concern(world.Hillside, seed=seed)
    worlds.sent_referral(world, seed=31)
    assert asked() == few <= 8


def test_a_longer_story_asks_no_more_of_the_database(world):
    referral = worlds.sent_referral(world, seed=1)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            triage.sheet(world.duty, Referral.objects.select_related("school", "started_by").get(pk=referral.pk))
        return len(queries)

    before = asked()
    for seed in range(40, 44):
        worlds.received_concern(
            seed=seed, child_last_name=referral.child_last_name, child_dob=referral.date_of_birth.isoformat()
        )
    assert asked() == before


# --- is this a child we know? ----------------------------------------------------------------------------------------


def like(child, **other) -> dict:
    return {
        "child_first_name": child.first_name,
        "child_last_name": child.last_name,
        "child_dob": child.date_of_birth.isoformat(),
    } | other


def test_a_child_with_the_same_name_and_birthday_is_offered_with_its_open_case_and_the_reason(world):
    case = worlds.opened_case(world, seed=1)
    concern = worlds.received_concern(seed=9, **like(case.child, child_first_name=case.child.first_name.upper()))
    (known,) = matches.children(world.duty, concern)
    assert known.case == case
    assert known.is_open
    assert known.why == "Same name and date of birth"


def test_a_sibling_with_another_name_and_birthday_is_not_taken_for_the_child(world):
    case = worlds.opened_case(world, seed=1)
    concern = worlds.received_concern(seed=9, **like(case.child, child_first_name="Another", child_dob="2011-01-01"))
    assert matches.children(world.duty, concern) == []


def test_without_a_birthday_the_same_name_is_offered_as_less_certain(world):
    case = worlds.opened_case(world, seed=1)
    concern = worlds.received_concern(seed=9, **like(case.child, child_dob="", child_year_group="Year 9"))
    assert matches.children(world.duty, concern)[0].why == "Same name; one date of birth is not known"


def test_a_referral_finds_the_child_by_upn_whatever_the_name(world):
    case = worlds.opened_case(world, seed=1)
    referral = worlds.sent_referral(world, seed=2, upn=case.child.upn, first_name="Somebody", last_name="Else")
    assert matches.children(world.duty, referral)[0].why == "Same UPN, but another name and date of birth"
    known = matches.children(world.duty, referral)[0]
    assert known.child == case.child
    assert known.is_open


def test_the_queue_hints_at_an_open_case_and_at_others_about_the_same_child(world):
    case = worlds.opened_case(world, seed=1)
    first = worlds.received_concern(seed=8, **like(case.child))
    second = worlds.received_concern(seed=9, **like(case.child))
    hints = matches.hints(world.duty, [first, second])
    assert f"Open case {case.reference}" in hints[first.reference]
    assert "Also 2 others about this child" in hints[first.reference]


def test_nobody_without_a_case_in_sight_learns_of_a_child(world):
    case = worlds.opened_case(world, seed=1)
    concern = worlds.received_concern(seed=9, **like(case.child))
    assert matches.children(world.people["provider"], concern) == []
