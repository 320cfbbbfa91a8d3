"""With a real Redis: other processes are heard, and when Redis goes, posting works and pages are told to ask."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings

from notifications import live
from referrals.actions.case.add_note import add_note
from tests.conftest import _Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis]

ANOTHER_PROCESS = """
import django; django.setup()
from notifications import live
live.ring([{person}], "{stream}", {n})
"""


def layer(url):
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [url], "prefix": "test-doorbell"},
        }
    }


@pytest.fixture
def server(asgi_server, redis_server, settings, monkeypatch):
    """A server of this test's own whose layer is Redis, in a hurry."""
    monkeypatch.setattr(live, "HEARTBEAT", 0.3)
    monkeypatch.setattr(live, "DEAF_AFTER", 0.7)
    monkeypatch.setattr(live, "CATCH_UP_EVERY", 0.5)
    monkeypatch.setattr(live, "REJOIN_AFTER", 2.0)
    monkeypatch.setattr(live, "BACKOFF", (0.1, 0.3))
    settings.CHANNEL_LAYERS = layer(redis_server.url)
    with _Server() as mine:
        yield f"http://127.0.0.1:{mine.port}"


def elsewhere(redis_url, program):
    """Run it in another process, whose layer is this Redis."""
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.live.elsewhere", "ELSEWHERE_REDIS": redis_url},
        check=True,
        timeout=60,
    )


def ring_elsewhere(redis_url, person, stream, n):
    elsewhere(redis_url, ANOTHER_PROCESS.format(person=person, stream=stream, n=n))


def test_what_another_process_rings_is_heard(server, redis_server, world, listen):
    page = listen("officer", at=server)
    ring_elsewhere(redis_server.url, world.officer.user.pk, "A-4K7-9M2T", 813)
    assert page.next(2) == {"stream": "A-4K7-9M2T", "n": 813}
    assert page.heard(1) == []


def test_without_redis_posting_works_pages_are_told_to_ask_and_with_it_they_hear_again(
    server, redis_server, world, case, listen
):
    page = listen("officer", at=server)
    redis_server.stop()
    started = time.monotonic()
    note = add_note(case, by=world.early_help, body="while Redis is away")
    assert time.monotonic() - started < 1
    assert note.pk
    frames = page.heard(3)
    assert frames[0]["stream"] == case.reference, "this process needs no layer to reach its own pages"
    assert {"stream": "*", "n": 0} in frames
    redis_server.start()
    deadline = time.monotonic() + 20
    while any(hub.deaf for hub in live._hubs if hub.alive and hub.count):
        assert time.monotonic() < deadline, "the hub did not come back"
        time.sleep(0.1)
    page.heard(0.7)
    ring_elsewhere(redis_server.url, world.officer.user.pk, case.reference, 999_999)
    assert {"stream": case.reference, "n": 999_999} in page.heard(1.5)


def test_a_page_opened_while_redis_is_away_is_answered(server, redis_server, world, case, listen):
    redis_server.stop()
    page = listen("officer", at=server)
    add_note(case, by=world.early_help, body="x")
    assert case.reference in {frame["stream"] for frame in page.heard(1.5)}


def test_a_ring_from_a_process_without_pages_does_not_wait_for_a_redis_that_is_gone(redis_server, settings, world):
    settings.CHANNEL_LAYERS = layer(redis_server.url)
    redis_server.stop()
    started = time.monotonic()
    for _ in range(50):
        live.ring([world.officer.user.pk], "A", 1)
    assert time.monotonic() - started < 2 * live.SEND_TIMEOUT + 1
