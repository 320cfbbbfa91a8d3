"""How long somebody stays signed in, and what is left afterwards. The clock is moved, not waited for."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from portal import sessions

from . import hands

pytestmark = pytest.mark.django_db
MINUTE = 60


@pytest.fixture
def clock(monkeypatch):
    """`clock(seconds)`: so much later."""
    real_time, real_now, moved = sessions.time.time, timezone.now, [0.0]
    monkeypatch.setattr("time.time", lambda: real_time() + moved[0])
    monkeypatch.setattr("django.utils.timezone.now", lambda: real_now() + datetime.timedelta(seconds=moved[0]))

    def later(seconds: float) -> None:
        moved[0] += seconds

    return later


def is_in(client: Client) -> bool:
    return client.get("/workspace/").status_code == 200


def writes(captured) -> list[str]:
    return [q["sql"] for q in captured if "django_session" in q["sql"] and not q["sql"].startswith("SELECT")]


def test_half_an_hour_without_use_ends_it(enrolled, clock):
    client = hands.signed_in(enrolled)
    clock(29 * MINUTE)
    assert is_in(client)
    clock(29 * MINUTE)  # each use begins it anew
    assert is_in(client)
    clock(31 * MINUTE)
    assert not is_in(client)


def test_a_quarter_on_a_shared_device(enrolled, clock):
    client = Client()
    hands.password(client, enrolled.email, shared="on")
    hands.second_step(client, hands.code(enrolled))
    clock(14 * MINUTE)
    assert is_in(client)
    clock(16 * MINUTE)
    assert not is_in(client)


def test_ten_hours_whatever_she_does(enrolled, clock):
    client = hands.signed_in(enrolled)
    for _ in range(23):
        clock(25 * MINUTE)
        assert is_in(client)  # the last at 9 h 35
    clock(20 * MINUTE)
    assert is_in(client)
    clock(6 * MINUTE)  # 10 h 1
    assert not is_in(client)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(enrolled, clock):
    client = hands.signed_in(enrolled)
    for _ in range(4):
        clock(9 * MINUTE)
        client.get("/workspace/notifications/count/", headers={"sec-fetch-dest": "empty"})
    assert not is_in(client)


def left(client: Client, method: str = "get", **headers) -> dict:
    return getattr(client, method)("/accounts/session/", headers=headers).json()


def test_a_page_may_ask_how_long_without_putting_it_off(enrolled, clock):
    client = hands.signed_in(enrolled)
    clock(28 * MINUTE)
    for _ in range(3):  # also where a browser does not say who asks
        assert 60 < left(client)["left"] <= 2 * MINUTE
    assert left(client)["goes_on"]
    clock(3 * MINUTE)
    assert left(client) == {"left": 0, "goes_on": False}
    assert not is_in(client)


def test_a_button_puts_it_off(enrolled, clock):
    client = hands.signed_in(enrolled)
    clock(29 * MINUTE)
    assert left(client, "post")["left"] > 29 * MINUTE
    clock(29 * MINUTE)
    assert is_in(client)


def test_the_end_of_ten_hours_cannot_be_put_off_and_says_so(enrolled, clock):
    client = hands.signed_in(enrolled)
    for _ in range(23):
        clock(25 * MINUTE)
        assert is_in(client)
    clock(24 * MINUTE)  # 9 h 59
    for method in ("get", "post"):
        said = left(client, method)
        assert not said["goes_on"] and said["left"] <= MINUTE


def test_nobody_is_told_anything_about_a_session(client, db):
    assert left(client) == left(client, "post") == {"left": 0, "goes_on": False}


def test_every_page_of_the_workspace_knows_how_long_it_has(enrolled):
    client = hands.signed_in(enrolled)
    shown = int(re.search(r'<session-end data-left="(\d+)"', client.get("/workspace/").text).group(1))
    assert 28 * MINUTE < shown <= 30 * MINUTE


def test_what_is_sent_after_the_end_is_shown_back(enrolled, clock):
    """Also without JavaScript: what was typed can be copied, and nothing of it is done."""
    client = hands.signed_in(enrolled)
    clock(31 * MINUTE)
    answer = client.post("/workspace/cases/A-234-5678/add_note/", {"body": "She was in on Monday and Tuesday."})
    assert answer.status_code == 403
    assert "You have been signed out" in answer.text and "She was in on Monday and Tuesday." in answer.text


def test_it_is_written_down_at_most_once_a_minute(enrolled, clock, django_assert_max_num_queries):
    client = hands.signed_in(enrolled)
    client.get("/workspace/")  # shows, and so forgets, that she has signed in
    clock(61)
    with django_assert_max_num_queries(200) as first:
        client.get("/workspace/")
    assert len(writes(first.captured_queries)) == 1
    with django_assert_max_num_queries(400) as rest:
        for _ in range(5):
            client.get("/workspace/")
    assert writes(rest.captured_queries) == []


def test_the_row_itself_says_when_it_ends(enrolled):
    client = hands.signed_in(enrolled)
    row = Session.objects.get(pk=client.session.session_key)
    left = (row.expire_date - timezone.now()).total_seconds()
    assert 29 * MINUTE < left <= 30 * MINUTE


def test_signing_out_leaves_nothing_in_the_browser_and_kills_every_copy(enrolled):
    client = hands.signed_in(enrolled)
    copied = client.cookies["sessionid"].value
    answer = client.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client()
    thief.cookies["sessionid"] = copied
    assert not is_in(thief)


def test_to_ask_whether_to_sign_out_clears_nothing(enrolled):
    client = hands.signed_in(enrolled)
    assert "Clear-Site-Data" not in client.get("/accounts/logout/")
    assert is_in(client)


def test_somebody_without_an_account_keeps_what_she_began(client, db):
    session = client.session
    session["begun"] = 1
    session.save()
    left = (Session.objects.get(pk=session.session_key).expire_date - timezone.now()).total_seconds()
    assert left > 9 * 60 * MINUTE
