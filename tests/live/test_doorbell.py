"""What is new reaches the open pages of who may see it, within a second, and nobody else's. Only numbers travel."""

import asyncio
import contextlib
import datetime
import json
import time

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from notifications import consumer, live
from portal.accounts import membership, tokens
from portal.accounts.models import Membership
from portal.audit.models import Entry
from referrals.actions._grant import Invitation
from referrals.actions.case.add_note import add_note
from referrals.actions.case.invite import invite
from referrals.actions.case.remove import remove
from referrals.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_note_reaches_the_others_within_a_second_and_names_only_its_stream_and_number(world, case, listen):
    officer, school, author = listen("officer"), listen("lead"), listen("early help")
    started = time.monotonic()
    add_note(case, by=world.early_help, body="CANARY")
    expected = {"stream": case.reference, "n": Event.objects.latest("pk").pk}
    assert officer.next() == expected
    assert school.next() == expected
    assert time.monotonic() - started < 1
    inbox = {"stream": "inbox", "n": expected["n"]}
    assert officer.heard() == [inbox]
    assert author.heard(0.1) == [], "who wrote it knows"


def test_who_may_not_see_a_note_hears_nothing_at_all(world, case, listen):
    named, others = listen("officer"), [listen("manager"), listen("lead"), listen("other lead"), listen("health")]
    add_note(case, by=world.early_help, body="x", visibility="named", people=[world.officer.user])
    assert named.next()["stream"] == case.reference
    for other in others:
        assert other.heard(0.3) == []


def test_each_of_somebodys_pages_hears_it(world, case, listen):
    pages = [listen("officer") for _ in range(3)]
    add_note(case, by=world.early_help, body="x")
    assert {page.next()["stream"] for page in pages} == {case.reference}


def test_an_agency_that_is_removed_hears_of_that_and_then_nothing(world, case, listen):
    removed = listen("early help")
    remove(case, by=world.officer, agency=world.agencies["Early Help"])
    assert removed.next() == {"stream": case.reference, "n": Event.objects.latest("pk").pk}
    add_note(case, by=world.officer, body="x")
    assert closed(removed) == live.RESYNC, "with nothing heard on the way"
    again = listen("early help")
    add_note(case, by=world.officer, body="y")
    assert again.heard() == []


def test_an_agency_that_is_invited_hears_of_its_inbox_only(world, case, listen):
    asked = listen("sen")
    invite(case, by=world.officer, invitation=Invitation(world.agencies["SEN"], "Advice"))
    number = Event.objects.latest("pk").pk
    assert {frame["stream"] for frame in asked.heard()} <= {case.reference, "inbox"}
    assert number


def turned_away() -> list[tuple[str, str]]:
    return list(Entry.objects.filter(action="refused").order_by("at").values_list("rule", "channel"))


# --- who may listen ---------------------------------------------------------------------------------------------------


def test_nobody_listens_without_signing_in(listen, world):
    for headers in ({}, {"Cookie": "sessionid=nonsense"}, {"Authorization": "Token nonsense"}):
        with pytest.raises(InvalidStatus) as refused:
            listen(**headers)
        assert refused.value.response.status_code == 403
    assert turned_away() == [("not_signed_in", "socket")], "once a minute from one source"


def test_nobody_listens_who_has_not_shown_her_second_factor(listen, world, settings):
    settings.SECOND_FACTOR = True
    with pytest.raises(InvalidStatus) as refused:
        listen("officer")
    assert refused.value.response.status_code == 403
    assert turned_away() == [("not_signed_in", "socket")]


def test_nobody_listens_without_a_current_membership(listen, world):
    membership.leave(world.former.membership)
    with pytest.raises(InvalidStatus):
        listen("former")
    assert turned_away() == [("no_membership", "socket")]


def test_an_api_token_may_listen(listen, world, case):
    token = tokens.issue(world.officer.user)
    page = listen(Authorization=f"Token {token.key}", Origin=None)
    add_note(case, by=world.early_help, body="x")
    assert page.next()["stream"] == case.reference


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:9", "null", "http://localhost.evil.example"]
)
def test_a_page_of_another_site_may_not_listen(listen, world, origin):
    with pytest.raises(InvalidStatus):
        listen("officer", Origin=origin)


def closed(page) -> int:
    """What it was closed with; 0 where it is open, or where it heard something first."""
    try:
        page.next(2)
    except ConnectionClosed as end:
        return end.rcvd.code
    except TimeoutError:
        pass
    return 0


def look_again():
    """What the hub does every 30 seconds, whatever it was told."""
    hub = next(hub for hub in live._hubs if hub.alive and hub.count)
    asyncio.run_coroutine_threadsafe(hub.recheck(), hub.loop).result(5)


def test_somebody_who_leaves_or_signs_out_unheard_is_hung_up_on_at_the_next_look(listen, world, case):
    stays, leaves, signs_out = listen("manager"), listen("colleague"), listen("senco")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(user=world.colleague.user).update(until=yesterday)
    senco = next(s for s in Session.objects.all() if s.get_decoded()["_auth_user_id"] == str(world.senco.user.pk))
    senco.delete()
    look_again()
    assert closed(leaves) == live.ENDED
    assert closed(signs_out) == live.SIGNED_OUT
    add_note(case, by=world.early_help, body="x")
    assert stays.next()["stream"] == case.reference


def test_a_program_whose_token_has_ended_is_hung_up_on(listen, world, case):
    officer = world.officer.user
    stays = listen(Authorization=f"Token {tokens.issue(world.manager.user).key}", Origin=None)
    ends = listen(Authorization=f"Token {tokens.issue(officer).key}", Origin=None)
    officer.set_password("another-long-password")
    officer.save()
    assert closed(ends) == live.SIGNED_OUT
    add_note(case, by=world.early_help, body="x")
    assert stays.next()["stream"] == case.reference


# --- what a page may say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["hello", b"\x00\xff", "[]", json.dumps({"x": "y" * 300}), "{" * 200])
def test_what_is_not_understood_ends_the_call(listen, world, said):
    page = listen("officer")
    page.socket.send(said)
    assert closed(page) == consumer.NOT_UNDERSTOOD


def test_a_flood_ends_the_call_and_a_huge_message_too(listen, world, case):
    flood, huge, other = listen("officer"), listen("officer"), listen("manager")
    with contextlib.suppress(ConnectionClosed):
        for _ in range(consumer.PER_MINUTE + 1):
            flood.socket.send("{}")
    assert closed(flood) == consumer.NOT_UNDERSTOOD
    with contextlib.suppress(ConnectionClosed):
        huge.socket.send("{" + "x" * 100_000)
    assert closed(huge) in {1009, consumer.NOT_UNDERSTOOD}
    add_note(case, by=world.early_help, body="x")
    assert other.next()["stream"] == case.reference


def test_small_talk_is_ignored(listen, world, case):
    page = listen("officer")
    page.socket.send('{"ping": 1}')
    add_note(case, by=world.early_help, body="x")
    assert page.next()["stream"] == case.reference


def test_somebody_may_not_hold_any_number_of_sockets(listen, world, monkeypatch):
    monkeypatch.setattr(live, "SOCKETS_EACH", 2)
    listen("officer"), listen("officer")
    assert closed(listen("officer")) == live.TOO_MANY
