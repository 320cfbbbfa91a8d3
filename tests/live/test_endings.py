"""When a right ends the open socket is closed within a second, without waiting for the next look; nobody else's is."""

import time
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from notifications import live
from portal.accounts import endings, membership
from portal.accounts.models import Membership, User
from referrals.actions.case.add_note import add_note
from tests.conftest import _Server
from tests.live import test_redis

pytestmark = pytest.mark.django_db(transaction=True)

A_SECOND = 1.0


def closed(page) -> int:
    """What it was closed with, within a second, having heard nothing; 0 where it was not."""
    until = time.monotonic() + A_SECOND
    try:
        page.next(until - time.monotonic())
    except ConnectionClosed as end:
        return end.rcvd.code
    except TimeoutError:
        pass
    return 0


def test_whoever_leaves_her_agency_is_hung_up_on_and_the_others_are_not(world, case, listen):
    leaves, stays = listen("colleague"), listen("lead")
    membership.leave(world.colleague.membership)
    assert closed(leaves) == live.ENDED
    add_note(case, by=world.officer, body="x")
    assert stays.next()["stream"] == case.reference


def test_whoever_leaves_one_of_two_agencies_begins_again(world, case, listen):
    membership.join(world.colleague.user, world.agencies["Early Help"], "eh_practitioner")
    page = listen("colleague")
    membership.leave(world.colleague.membership)
    assert closed(page) == live.RESYNC
    again = listen("colleague")
    add_note(case, by=world.officer, body="x")
    assert again.next()["stream"] == case.reference


def test_signing_out_hangs_up_on_that_session_alone(world, case, listen, asgi_server):
    client = Client()
    client.force_login(world.officer.user)
    key = client.cookies["sessionid"].value
    here = listen(Cookie=f"sessionid={key}")
    elsewhere = listen("officer")
    client.post("/accounts/logout/")
    assert closed(here) == live.SIGNED_OUT
    assert closed(elsewhere) == live.RESYNC


def test_a_changed_password_hangs_up_on_every_session(world, case, listen):
    pages = [listen("officer"), listen("officer")]
    officer = User.objects.get(pk=world.officer.user.pk)
    officer.set_password("another-long-password")
    officer.save()
    assert [closed(page) for page in pages] == [live.SIGNED_OUT, live.SIGNED_OUT]


def test_whoever_is_suspended_is_hung_up_on(world, case, listen):
    page = listen("officer")
    with transaction.atomic():
        User.objects.filter(pk=world.officer.user.pk).update(is_active=False)
        endings.tell([world.officer.user.pk])
    assert closed(page) == live.ENDED


def test_what_is_taken_back_ends_nothing(world, case, listen):
    page = listen("officer")
    with transaction.atomic():
        endings.tell([world.officer.user.pk])
        transaction.set_rollback(True)
    add_note(case, by=world.early_help, body="x")
    assert page.next()["stream"] == case.reference


def test_a_socket_that_opens_while_a_right_ends_is_closed_too(world, listen, monkeypatch):
    """The ending is told between the look at who she is and the moment the hub knows of her socket."""
    ready = live.Hub.ready

    async def meanwhile(hub):
        await ready(hub)
        await sync_to_async(membership.leave)(world.colleague.membership)

    monkeypatch.setattr(live.Hub, "ready", meanwhile)
    assert closed(listen("colleague")) == live.ENDED


def test_what_ends_in_another_process_hangs_up_here(world, listen, redis_server, settings):
    settings.CHANNEL_LAYERS = test_redis.layer(redis_server.url)
    with _Server() as mine:
        page = listen("officer", at=f"http://127.0.0.1:{mine.port}")
        elsewhere = "import django; django.setup(); from notifications import live; live.recheck([{}])"
        test_redis.elsewhere(redis_server.url, elsewhere.format(world.officer.user.pk))
        assert closed(page) == live.RESYNC


def test_after_a_gap_in_what_was_heard_the_hub_looks_at_everybody(world, case, listen):
    leaves, stays = listen("colleague"), listen("lead")
    Membership.objects.filter(pk=world.colleague.membership.pk).update(until=timezone.localdate() - timedelta(days=1))
    hub = next(hub for hub in live._hubs if hub.alive and hub.count)
    lost = {**live.SILENCE, "from": "another process"}
    for number in (1, 3):
        hub.loop.call_soon_threadsafe(hub.hear, {**lost, "seq": number})
    assert leaves.next()["stream"] == live.EVERYTHING
    assert closed(leaves) == live.ENDED
    assert stays.next()["stream"] == live.EVERYTHING
