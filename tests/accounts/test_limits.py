"""How often it may fail: exactly so often, from however many processes; and a school behind one address gets in."""

import collections
import json
import os
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.core import signing
from django.db import connection
from django.test import Client, RequestFactory

from portal.accounts import known, limits
from portal.accounts.models import Failures, User
from portal.settings import env

from . import hands
from .hammer import WAIT, WRONG

PROCESSES = 8


@pytest.fixture(autouse=True)
def _password_alone(settings):
    """The first step is what is limited here; the second has its own tests."""
    settings.SECOND_FACTOR = False


def hammered(tries: int, address: str, email: str, password: str) -> collections.Counter:
    """How PROCESSES processes at once were answered, on this test's PostgreSQL."""
    where = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": where, "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    command = [
        sys.executable,
        "-m",
        "tests.accounts.hammer",
        str(time.time() + 25),
        str(tries),
        address,
        email,
        password,
    ]
    running = [
        subprocess.Popen(command, cwd=env.ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    answered: collections.Counter = collections.Counter()
    for process in running:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        answered.update(json.loads(said.splitlines()[-1]))
    return answered


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_processes_are_told_five_times_that_it_was_wrong(officer):
    answered = hammered(12, "10.1.1.1", officer.email, "not the password")
    assert answered == {"wrong": 5, "wait": 12 * PROCESSES - 5}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_processes_of_one_address_are_told_thirty_times(officer):
    answered = hammered(12, "10.1.1.2", "person{n}@example.com", "not the password")
    assert answered == {"wrong": 30, "wait": 12 * PROCESSES - 30}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hundred_of_one_school_sign_in_from_one_address_at_once(officer):
    answered = hammered(25, "10.1.1.3", officer.email, hands.PASSWORD)
    assert answered == {"in": 25 * PROCESSES}


@pytest.mark.django_db
def test_a_whole_school_signs_in_although_some_mistype(officer):
    for n in range(29):
        assert WRONG in hands.password(Client(), f"person{n}@example.com", "mistyped").text
    for _ in range(20):
        assert hands.password(Client(), officer.email).status_code == 302


def lock_out(email: str) -> None:
    for _ in range(5):
        hands.password(Client(), email, "wrong")
    assert WAIT in hands.password(Client(), email).text


def in_again(client: Client, email: str) -> bool:
    client.cookies.pop(configured.SESSION_COOKIE_NAME, None)
    return hands.password(client, email).status_code == 302


@pytest.mark.django_db
def test_nobody_is_locked_out_of_the_browser_in_which_she_has_signed_in_before(officer):
    hers = Client()
    assert in_again(hers, officer.email)
    lock_out(officer.email)
    assert in_again(hers, officer.email)


@pytest.mark.django_db
def test_nor_by_everybody_else_behind_the_same_line(officer):
    hers = Client()
    assert in_again(hers, officer.email)
    for n in range(31):
        hands.password(Client(), f"person{n}@example.com", "wrong")
    assert WAIT in hands.password(Client(), officer.email).text
    assert in_again(hers, officer.email)


@pytest.mark.django_db
def test_such_a_browser_has_its_own_five_tries(officer):
    hers = Client()
    assert in_again(hers, officer.email)
    hers.cookies.pop(configured.SESSION_COOKIE_NAME)
    for _ in range(5):
        assert WRONG in hands.password(hers, officer.email, "wrong").text
    assert WAIT in hands.password(hers, officer.email).text
    assert hands.password(Client(), officer.email).status_code == 302, "the address itself is not locked by it"


@pytest.mark.django_db
def test_what_the_browser_keeps_counts_for_one_address_says_nothing_and_cannot_be_made(officer):
    hers, other = Client(), User.objects.create_user("other@example.org", hands.PASSWORD, name="Other")
    assert in_again(hers, officer.email)
    kept = hers.cookies["known"]
    assert (kept["httponly"], kept["samesite"]) == (True, "Lax")
    assert officer.email not in str(signing.loads(kept.value, salt=known.SALT))
    lock_out(other.email)
    assert not in_again(hers, other.email)
    lock_out(officer.email)
    thief = Client()
    thief.cookies["known"] = kept.value[:-3] + "AAA"
    assert not in_again(thief, officer.email)


@pytest.mark.django_db
def test_a_shared_device_keeps_nothing(officer):
    client = Client()
    client.post("/accounts/login/", {"login": officer.email, "password": hands.PASSWORD, "shared": "on"})
    assert "_auth_user_id" in client.session
    assert "known" not in client.cookies


@pytest.mark.django_db
def test_the_window_slides(officer, monkeypatch):
    now, moved = time.time, [0.0]
    monkeypatch.setattr("time.time", lambda: now() + moved[0])
    for wait in (0, 60, 60, 60, 60):
        moved[0] += wait
        assert WRONG in hands.password(Client(), officer.email, "wrong").text
    assert WAIT in hands.password(Client(), officer.email).text
    moved[0] += 61  # the first is older than five minutes now, the others are not
    assert WRONG in hands.password(Client(), officer.email, "wrong").text
    assert WAIT in hands.password(Client(), officer.email, "wrong").text


@pytest.mark.django_db
def test_nobody_can_tell_whose_a_counter_is(officer):
    hands.password(Client(), officer.email, "wrong")
    assert Failures.objects.count() == 2
    assert not any(
        officer.email in str(row.__dict__) or "127.0.0" in str(row.__dict__) for row in Failures.objects.all()
    )


def at(address: str, forwarded: str = "") -> str:
    request = RequestFactory().get(
        "/", REMOTE_ADDR=address, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    )
    return limits.source(request)


@pytest.mark.parametrize(
    "address, counted",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_line_is_counted_however_many_addresses_it_has(address, counted):
    assert at(address) == counted


@pytest.mark.parametrize(
    "proxies, forwarded, counted",
    [
        (0, "203.0.113.5", "192.0.2.7"),  # nobody's word counts
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # what she wrote herself does not
        (2, "198.51.100.1, 203.0.113.5, 192.0.2.1", "203.0.113.5"),
    ],
)
def test_a_proxys_word_counts_as_far_as_it_is_said_to(settings, proxies, forwarded, counted):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert at("192.0.2.7", forwarded) == counted


@pytest.mark.django_db
def test_an_unknown_address_costs_a_hash_as_a_known_one_does(officer, monkeypatch):
    made = []
    hasher = f"{configured.PASSWORD_HASHERS[0]}.encode"
    original = __import__("django.contrib.auth.hashers", fromlist=["x"]).MD5PasswordHasher.encode
    monkeypatch.setattr(hasher, lambda self, *given: made.append(1) or original(self, *given))
    hands.password(Client(), officer.email, "wrong")
    known = len(made)
    hands.password(Client(), "nobody@example.com", "wrong")
    assert (known, len(made) - known) == (1, 1)


@pytest.mark.django_db
def test_an_account_with_no_password_yet_costs_one_too(db, monkeypatch):
    User.objects.create_user("invited@council.example.org", None, name="Invited")
    page = hands.password(Client(), "invited@council.example.org", "wrong")
    assert WRONG in page.text
