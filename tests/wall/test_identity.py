"""As whom the database is asked: set for one transaction, given back, and nobody where nothing was said."""

import contextlib
import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal.accounts import identity
from portal.accounts.actor import Actor
from referrals.models import Case, Child, Event, Grant, Note, Referral

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

PROTECTED = (Case, Child, Event, Grant, Note, Referral)


def rows(model) -> set:
    return set(model._base_manager.values_list("pk", flat=True))


def test_nobody_sees_nothing(county):
    with identity.as_actor(None):
        assert {model.__name__: rows(model) for model in PROTECTED} == {model.__name__: set() for model in PROTECTED}


def test_whoever_has_entered_is_asked_without_compiling(county):
    """The wall makes a query look dearer than it is: compiling it took longer than answering it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on")
        with identity.as_actor(county.people["sen"]):
            cursor.execute("SHOW jit")
            assert cursor.fetchone() == ("off",)


def test_a_person_who_is_suspended_or_has_left_sees_nothing(county):
    for name in ("suspended", "former"):
        with identity.as_actor(county.people[name]):
            assert {model.__name__: rows(model) for model in PROTECTED} == {m.__name__: set() for m in PROTECTED}, name


def test_the_one_before_is_given_back_and_an_error_gives_him_back_too(county):
    everything = rows(Case)
    with identity.as_actor(county.people["sen"]):
        hers = rows(Case)
        assert hers and hers < everything
        with identity.as_worker():
            assert rows(Case) == everything
        assert rows(Case) == hers
        with contextlib.suppress(ZeroDivisionError), identity.as_actor(county.people["officer"]):
            assert rows(Case) == everything
            raise ZeroDivisionError
        assert rows(Case) == hers
    assert rows(Case) == everything


def test_it_does_not_outlive_its_transaction(county):
    with transaction.atomic():
        identity.enter(county.people["sen"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('alongside.who', true)")
        # The test's own transaction is still open: the savepoint's end keeps it; as_actor would have given it back.
        assert '"membership"' in cursor.fetchone()[0]
    identity.become('{"machine":"worker"}')


def test_what_is_not_hers_she_can_neither_make_nor_change_nor_take(county):
    case = county.things["open case"]
    with identity.as_actor(county.people["other lead"]):
        assert Case.objects.filter(pk=case.pk).update(aim="Mine now") == 0
        assert Grant.everything.filter(content_object=case).delete()[0] == 0
        for thing in (
            lambda: Note.objects.create(
                case=case, author=county.people["other lead"].user, agency=county.agencies["Riverside"], body="Hello"
            ),
            lambda: Event.objects.create(kind="edited", case=case, by=county.people["other lead"].user),
            lambda: Referral.objects.create(school=county.agencies["Hillside"], started_by=county.people["lead"].user),
            lambda: Child.objects.create(first_name="A", last_name="B"),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                thing()
    case.refresh_from_db()
    assert case.aim != "Mine now"


def test_nobody_writes_in_anothers_name(county):
    case = county.things["open case"]
    with identity.as_actor(county.people["sen"]), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        Note.objects.create(
            case=case, author=county.people["officer"].user, agency=county.agencies["attendance team"], body="Not I"
        )


def test_a_grant_that_has_run_out_shows_nothing_the_next_time(county):
    case, sen = county.things["open case"], county.people["sen"]
    with identity.as_actor(sen):
        assert case.pk in rows(Case)
    Grant.everything.filter(content_object=case, group=sen.agency.group).update(
        until=timezone.localdate() - datetime.timedelta(days=1)
    )
    with identity.as_actor(sen):
        assert case.pk not in rows(Case) and case.child_id not in rows(Child)


def test_the_public_sees_the_one_concern_it_has_just_made(county):
    from referrals.models import Concern

    concern = county.things["received concern"]
    with identity.as_sender(concern.submission_key):
        assert rows(Concern) == {concern.pk}
        assert rows(Child) == rows(Case) == set()


def test_the_wall_knows_the_same_roles_as_the_table():
    """The lists written in SQL are the lists of portal/accounts/roles.py."""
    from importlib import import_module

    from portal.accounts.roles import LA_ROLES, PARTNER_ROLES, SCHOOL_ROLES

    wall = import_module("referrals.migrations.0008_second_wall")
    said = {name: {word.strip(" '") for word in getattr(wall, name).split(",")} for name in ("SCHOOL", "PARTNER", "LA")}
    assert said == {"SCHOOL": set(SCHOOL_ROLES), "PARTNER": set(PARTNER_ROLES), "LA": set(LA_ROLES)}


def test_machines_other_than_the_worker_are_nobody(county):
    with identity.as_actor(Actor.machine("somebody")):
        assert rows(Case) == set()
