"""`manage.py demo`: when it builds, when it refuses, and that it always builds the same."""

import datetime
import hashlib
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from content.pages import EDITORS
from portal.accounts.models import User
from portal.checks import _demo_data_present
from portal.demo import build
from portal.demo.clock import Clock, story_time, working_day
from referrals.models import Carer, Case, Child, Concern, Event, Note, Referral

pytestmark = pytest.mark.django_db


def fingerprint() -> str:
    """Everything that anybody could see, without the numbers a database gives."""
    digest = hashlib.sha256()
    for model, columns in (
        (User, ("email", "name")),
        (Child, ("first_name", "last_name", "date_of_birth", "upn", "school__slug")),
        (Carer, ("name", "phone", "safe_to_call")),
        (Concern, ("reference", "stage", "risk", "due_on", "created_at")),
        (Referral, ("reference", "stage", "risk", "due_on", "answers", "submitted_at")),
        (Case, ("reference", "stage", "aim", "opened_at", "last_activity")),
        (Note, ("body", "visibility", "created_at", "author__email")),
        (Event, ("kind", "at", "by__email", "case__reference", "referral__reference")),
    ):
        rows = sorted(json.dumps(row, default=str) for row in model._default_manager.values_list(*columns))
        digest.update("\n".join(rows).encode())
    return digest.hexdigest()


def built(**options) -> str:
    with transaction.atomic():
        build.build(**options)
        found = fingerprint()
        transaction.set_rollback(True)
    return found


def test_the_county_is_the_same_each_time_and_another_for_another_seed():
    first = built()
    assert built() == first
    assert built(seed=7) != first


def test_a_county_of_three_is_three_times_one():
    build.build(scale=3)
    assert Child.objects.count() == 180
    assert Event.objects.count() % 3 == 0
    assert Referral.objects.count() == 3 * 41


def test_it_refuses_where_demonstration_data_is_not_allowed(settings):
    settings.ALLOW_DEMO = False
    with pytest.raises(CommandError, match="ALLOW_DEMO"):
        call_command("demo")
    assert not User.objects.exists()


def test_it_builds_into_an_empty_database_only(settings):
    settings.ALLOW_DEMO = True
    User.objects.create_user("somebody@example.org", "x")
    with pytest.raises(CommandError, match="people in this database"):
        call_command("demo")
    call_command("demo", "--if-empty")
    assert User.objects.count() == 1


def test_it_says_what_it_does_and_leaves_a_county_that_can_be_recognised(settings):
    settings.ALLOW_DEMO = True
    said = StringIO()
    call_command("demo", "--if-empty", stdout=said)
    assert "ready" in said.getvalue()
    assert _demo_data_present()
    assert User.objects.get(email="editor@council.example.org").groups.filter(name=EDITORS).exists()
    people = User.objects.count()
    call_command("demo", "--if-empty")
    assert User.objects.count() == people


def test_it_lists_who_can_sign_in_and_with_what(settings):
    said = StringIO()
    call_command("demo", "--sign-ins", stdout=said)
    assert settings.DEMO_PASSWORD in said.getvalue()
    assert "duty@council.example.org" in said.getvalue()


@pytest.mark.parametrize("today", ["2027-01-04", "2027-08-19", "2026-09-07"])
def test_the_county_can_be_built_on_any_day_of_the_year(today):
    day = datetime.date.fromisoformat(today)
    with story_time(Clock(datetime.datetime.combine(day, datetime.time(7), tzinfo=datetime.UTC))):
        build.build()
    assert Case.objects.count() == 27


def test_under_the_storys_clock_every_stamp_is_the_storys():
    then = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
    with story_time(Clock(then)):
        first, second = timezone.now(), timezone.now()
        user = User.objects.create_user("somebody@example.org", "x")
    assert then < first < second < user.date_joined < then + datetime.timedelta(seconds=1)
    assert timezone.now() > then + datetime.timedelta(days=1)


def test_working_days_are_weekdays():
    monday = datetime.date(2026, 11, 23)
    assert working_day(monday, 1) == datetime.date(2026, 11, 20)
    assert working_day(monday, 6) == datetime.date(2026, 11, 13)
