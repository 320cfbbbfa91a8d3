"""The trail: a row in the same transaction, or nothing at all."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from portal.accounts import membership
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, User
from portal.accounts.roles import AgencyKind, Role
from portal.audit import chain, trail
from portal.audit.models import ZERO, Entry, Head, OnlyEverAppended

pytestmark = pytest.mark.django_db
WORKER = Actor.machine("worker")


def a_lead() -> Actor:
    school = membership.open_agency(kind=AgencyKind.SCHOOL, name="Hillside", slug="hillside")
    return Actor(membership.join(User.objects.create_user("ann@example.org", name="Ann"), school, Role.SCHOOL_STAFF))


def test_a_row_says_who_as_which_agency_what_by_which_rule_and_why():
    lead = a_lead()
    trail.write("reveal", by=lead, noun="case", reference="A-4K7-9M2T", about=7, rule="own_school", why="To ring her")
    row = Entry.objects.get()
    assert (row.user_id, row.membership_id, row.agency_id) == (lead.user.pk, lead.membership.pk, lead.agency.pk)
    assert (row.action, row.reference, row.about, row.rule) == ("reveal", "A-4K7-9M2T", "7", "own_school")
    assert (row.why, row.decision, row.channel, row.actor) == ("To ring her", "allowed", "page", "")


def test_a_machine_is_named():
    trail.write("change", by=WORKER, rule="expired", channel="command")
    row = Entry.objects.get()
    assert (row.actor, row.user_id, row.agency_id) == ("worker", None, None)


def test_each_row_is_tied_to_the_one_before_and_the_head_to_the_last():
    with transaction.atomic():
        for number in range(3):
            trail.write("list", by=WORKER, reference=str(number))
    first, second, third = Entry.objects.order_by("n")
    assert first.previous == ZERO and second.previous == first.hash and third.previous == second.hash
    head = Head.objects.get(n__gt=0)
    assert (head.shard, head.n, head.hash) == (third.shard, 3, third.hash)
    assert third.pk == 3 * chain.SHARDS + third.shard


def test_what_was_typed_cannot_break_the_line_that_is_hashed():
    trail.write("reveal", by=WORKER, why="one\ttwo\nthree\\four\r\x00\x07five")
    assert Entry.objects.get().why == "one two three four   five"


def test_one_statement_a_row(django_assert_num_queries):
    with django_assert_num_queries(1):
        trail.write("view", by=WORKER)


def test_an_action_nobody_has_heard_of_is_not_written():
    with pytest.raises(ValueError, match="not an action"):
        trail.write("peek", by=WORKER)


def test_the_application_cannot_change_the_trail_by_its_models():
    trail.write("view", by=WORKER)
    row = Entry.objects.get()
    for attempt in (
        row.save,
        row.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(why=""),
        lambda: Entry.objects.create(action="view"),
        lambda: Entry.objects.bulk_create([row]),
        Head.objects.all().delete,
    ):
        with pytest.raises(OnlyEverAppended):
            attempt()


def test_what_cannot_be_written_down_is_not_done(monkeypatch):
    lead = a_lead()
    monkeypatch.setattr(trail, "TO_POSTGRES", "SELECT no_such_function(%s)".replace("%s", ", ".join(["%s"] * 14)))
    monkeypatch.setattr(chain, "INTO_SQLITE", "INSERT INTO no_such_table SELECT " + ", ".join(["%s"] * 15))

    def change() -> None:
        with transaction.atomic():
            Agency.objects.filter(pk=lead.agency.pk).update(name="Changed")
            trail.write("change", by=WORKER)

    with pytest.raises(DatabaseError):
        change()
    assert not Agency.objects.filter(name="Changed").exists()


@pytest.mark.postgres
def test_the_database_writes_the_line_as_python_would():
    trail.write("view", by=WORKER, noun="case", reference="A-4K7-9M2T", why="Ünïcode")
    row = Entry.objects.get()
    moment = (row.at - trail.EPOCH) // trail.MICROSECOND
    line = "\t".join(
        "" if value is None else str(value)
        for value in (moment if column == "at" else getattr(row, column) for column in chain.COLUMNS)
    )
    assert chain.hash_of(line) == row.hash and connection.vendor == "postgresql"
