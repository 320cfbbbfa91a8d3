"""Two web processes and one Redis, which stops in the middle of the day: nobody loses a word, and it is live again."""

import signal
import socket
import sys
import time

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import expect

from notifications import live
from referrals.models import Event
from tests import worlds
from tests.conftest import _Server
from tests.journeys.ears import Ear, write
from tests.live.test_redis import layer
from tests.services import free_port

pytestmark = [pytest.mark.browser, pytest.mark.redis, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def one(asgi_server, redis_server, settings, monkeypatch):
    """A web process: this one, with a quicker heart than in life."""
    monkeypatch.setattr(live, "HEARTBEAT", 0.3)
    monkeypatch.setattr(live, "DEAF_AFTER", 0.7)
    monkeypatch.setattr(live, "CATCH_UP_EVERY", 0.5)
    monkeypatch.setattr(live, "REJOIN_AFTER", 2.0)
    monkeypatch.setattr(live, "BACKOFF", (0.1, 0.3))
    settings.CHANNEL_LAYERS = layer(redis_server.url)
    with _Server() as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def another(asgi_server, redis_server, services, monkeypatch):
    """Another web process, on the same database and Redis, that we cannot reach into."""
    port = free_port()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.live.elsewhere")
    monkeypatch.setenv("ELSEWHERE_REDIS", redis_server.url)
    monkeypatch.setenv("DATABASE_URL", this_database())
    server = services.start_server(
        [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--app-dir", str(settings.BASE_DIR)]
        + ["--host", "127.0.0.1", "--port", str(port), "--lifespan", "off"],
        home=services.folder("alongside-web-", None),
        user=None,
        last_words=signal.SIGTERM,
        ready=lambda: answers(port),
    )
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(10)


def this_database() -> str:
    """The address of the database that this test is working on."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    return f"postgres://{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def how_far_the_other_has_counted() -> int:
    """The last number this process has heard the other one say."""
    numbers = [n for hub in live._hubs if hub.alive for sender, n in hub._heard.items() if sender != live.source()]
    return max(numbers, default=0)


def until_the_other_is_heard_beyond(number: int, page) -> None:
    deadline = time.monotonic() + 30
    while how_far_the_other_has_counted() <= number:
        assert time.monotonic() < deadline, "the other process is not heard"
        page.evaluate("() => new Promise(requestAnimationFrame)")


def told_of_a_note(reader: Ear) -> None:
    expect(reader.news).to_be_visible(timeout=20_000)
    expect(reader.news).to_have_text("Show 1 new note from Early Help")


def test_posting_works_and_pages_ask_while_redis_is_away_and_they_are_live_with_it(
    one, another, redis_server, world, person
):
    # given an officer and Early Help on one case, each served by another process
    case = worlds.opened_case(world, joined=("early help",))
    officer = Ear(person("officer")).reads(case, at=one)
    early_help = Ear(person("early help")).reads(case, at=another)

    # when Early Help writes, then the officer's socket is told through Redis
    until_the_other_is_heard_beyond(0, officer.page)
    write(early_help.page, "While all is well.")
    told_of_a_note(officer)
    assert Event.objects.latest("pk").pk in officer.about(case.reference)
    officer.news.click()
    expect(officer.news).to_be_hidden()

    # when Redis stops, then a note is saved just as well, and the officer's page asks for it
    redis_server.stop()
    write(early_help.page, "While Redis is away.")
    away = Event.objects.latest("pk").pk
    told_of_a_note(officer)
    assert away not in officer.about(case.reference)
    assert {"stream": "*", "n": 0} in officer.frames
    officer.news.click()
    expect(officer.news).to_be_hidden()

    # when it is there again, then so is the doorbell, and nothing is missing or there twice
    counted = how_far_the_other_has_counted()
    redis_server.start()
    until_the_other_is_heard_beyond(counted, officer.page)
    write(early_help.page, "With Redis again.")
    told_of_a_note(officer)
    assert Event.objects.latest("pk").pk in officer.about(case.reference)
    officer.news.click()
    expect(officer.news).to_be_hidden()
    for words in ("While all is well.", "While Redis is away.", "With Redis again."):
        expect(officer.entries(words)).to_have_count(1)
