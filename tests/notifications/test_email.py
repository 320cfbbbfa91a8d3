"""A mail says that there is news. It names no child, no school, no reason, and goes to nobody who may not know."""

import datetime
import json

import pytest
from django.core import mail
from django.utils import timezone

from notifications import email
from notifications.models import Channel, Delivery, State
from portal.accounts.models import User
from referrals.actions.case.add_note import add_note
from referrals.actions.case.assign import assign
from referrals.actions.case.break_glass import break_glass
from referrals.actions.case.remove import remove
from referrals.events import KINDS, Kind
from referrals.models import Event
from tests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world, told):
    case = worlds.opened_case(world, joined=("early help",))
    told()
    Delivery.objects.all().delete()
    add_note(case, by=world.early_help, body="CANARY words of the note")
    told()
    return case


def due():
    return Delivery.objects.filter(channel=Channel.EMAIL)


def test_it_says_what_kind_of_news_about_which_reference_and_where_to_read_it(case, settings):
    settings.CASEWORK_URL = "https://help.example.org"
    assert email.send_due() == 1
    [sent] = mail.outbox
    assert sent.subject == f"Update on {case.reference}: a new note"
    assert sent.body.startswith("A note was added.\n")
    assert f"https://help.example.org/workspace/cases/{case.reference}/" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert due().get().state == State.DONE
    assert email.send_due() == 0


def test_the_right_is_asked_again_when_it_is_sent(world, case, told):
    Delivery.objects.create(
        event=Event.objects.filter(kind=Kind.NOTE_ADDED).get(), person=world.early_help_colleague.user, channel="email"
    )
    remove(case, by=world.officer, agency=world.agencies["Early Help"])
    email.send_due()
    assert [sent.to for sent in mail.outbox] == [[world.officer.user.email]]
    assert due().get(person=world.early_help_colleague.user).state == State.WITHHELD


def test_somebody_whose_account_has_ended_is_not_written_to(world, case):
    User.objects.filter(pk=world.officer.user.pk).update(is_active=False)
    assert email.send_due() == 0
    assert mail.outbox == []
    assert due().get().state == State.WITHHELD


class Broken:
    def __init__(self, *args, **kwargs): ...
    def open(self):
        raise ConnectionRefusedError("officer@example.org refused")

    def close(self): ...


def test_a_server_that_refuses_is_tried_again_later_and_at_last_given_up(case, monkeypatch, caplog):
    monkeypatch.setattr(email, "get_connection", Broken)
    assert email.send_due() == 0
    row = due().get()
    assert (row.state, row.attempts, row.error) == (State.WAITING, 1, "ConnectionRefusedError")
    assert row.next_try > timezone.now() + datetime.timedelta(seconds=30)
    assert email.send_due() == 0, "not before its time"
    for _ in range(email.ATTEMPTS - 1):
        due().update(next_try=timezone.now())
        email.send_due()
    assert due().get().state == State.DEAD
    assert "officer@example.org" not in caplog.text


def test_one_that_fails_does_not_hold_up_the_others(world, case, told, monkeypatch):
    add_note(case, by=world.lead, body="x")
    told()
    bad = due().order_by("pk").first()
    real = email.written

    def written(delivery, *args):
        if delivery.pk == bad.pk:
            raise ValueError("poison")
        return real(delivery, *args)

    monkeypatch.setattr(email, "written", written)
    assert email.send_due() == 1
    assert due().get(pk=bad.pk).state == State.WAITING


def test_a_row_taken_by_another_sender_is_left_to_it_until_its_lease_ends(case):
    taken = email._claim()
    assert taken.attempts == 1
    assert email.send_due() == 0
    due().update(next_try=timezone.now())
    assert email.send_due() == 1


def test_a_mail_whose_every_sender_died_is_given_up(case):
    due().update(attempts=email.ATTEMPTS)
    assert email.send_due() == 0
    assert due().get().state == State.DEAD


def test_no_kind_of_mail_names_a_child_a_colleague_an_agency_a_reason_or_a_note(db, told):
    """Every event of the whole county, written as a mail to everybody who could be told of it."""
    world = worlds.county()
    assign(world.open_case, by=world.duty, lead=world.manager.user)
    break_glass(world.plain_case, by=world.dpo, reason="The police have found the child and ask")
    events = list(Event.objects.select_related(*email.audience.RELATED))
    secrets = {agency.name for agency in world.agencies.values() if agency.name not in {"Council", "attendance team"}}
    secrets |= {form for actor in world.people.values() for form in (actor.user.name, actor.user.get_short_name())}
    for thing in world.things.values():
        child = getattr(thing, "child", None)
        if child:
            secrets |= {child.first_name, child.last_name}
    for event in events:
        secrets |= {word for word in texts(event.data) if " " in word}
        if event.note:
            secrets.add(event.note.body)
        for thing in (event.referral, event.concern):
            if thing:
                secrets |= {word for word in texts(thing.answers) if len(word) > 12}
    written = []
    for event in events:
        for name in ("officer", "lead", "early help"):
            delivery = Delivery(pk=event.pk, event=event, person=world.people[name].user, channel="email")
            message = email.written(delivery, event)
            written.append((event.kind, message.subject + message.body))
    mailed = {kind for kind, spec in KINDS.items() if spec.email}
    assert mailed <= {kind for kind, _ in written}, "the county has every kind of mail"
    assert mailed == set(email.HAPPENED), "each has a sentence of its own that names nobody"
    assert len(secrets) > 40
    found = {(kind, secret) for kind, text in written for secret in secrets if secret and secret in text}
    assert not found


def texts(value):
    """Every string anywhere in an answer."""
    return set(_walk(json.loads(json.dumps(value))))


def _walk(value):
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)
