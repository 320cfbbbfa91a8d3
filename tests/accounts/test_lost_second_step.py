"""A lost second step: neither a password nor a mailbox sets up the next one, but a code that somebody tells her."""

import datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications import email
from portal.accounts import second_step_reset
from portal.accounts.models import SecondStepReset
from portal.accounts.reset import link

from . import hands

pytestmark = pytest.mark.django_db
CODE = "/accounts/second-step/code/"
APP = "/accounts/second-step/app/"
PASSKEY = "/accounts/second-step/passkey/"


@pytest.fixture
def told(enrolled) -> str:
    """The code that she was told."""
    return second_step_reset.take_away(enrolled, by=None)


def set_up(client: Client) -> None:
    client.get(APP)
    secret = client.session["mfa.totp.secret"]
    now = int(timezone.now().timestamp()) // hands.PERIOD
    answer = client.post(APP, {"code": totp.format_hotp_value(totp.hotp_value(secret, now))})
    assert answer.status_code == 302, answer.text


def test_with_password_and_code_she_sets_up_another(enrolled, told):
    client = hands.past_password(enrolled)
    assert client.get("/workspace/")["Location"].startswith("/accounts/second-step/")
    assert client.get("/accounts/second-step/?next=/workspace/cases/")["Location"] == CODE
    assert "Enter the code you were told" in client.get(CODE).text
    spoken = second_step_reset.in_fours(told).lower()  # as she may type what was read out to her
    assert client.post(CODE, {"code": spoken})["Location"] == "/accounts/second-step/"
    set_up(client)
    assert not SecondStepReset.objects.exists()
    assert client.post("/accounts/second-step/codes/", {})["Location"] == "/workspace/cases/"
    assert client.get("/workspace/").status_code == 200


def test_a_password_alone_sets_up_nothing(enrolled, told):
    client = hands.past_password(enrolled)
    for address in (APP, PASSKEY, "/accounts/second-step/"):
        assert client.get(address)["Location"] == CODE
        assert client.post(address, {"code": "123456", "name": "x"}).get("Location", CODE) == CODE
    assert client.get("/accounts/second-step/codes/").status_code == 302
    assert not Authenticator.objects.exists()


def test_a_mailbox_alone_sets_up_nothing(enrolled, told):
    """Whoever has it chooses a new password, and stands where a password leads."""
    email.send_letters()
    assert told not in mail.outbox[0].body.replace(" ", "")
    client = Client()
    client.get(link(enrolled.email))
    client.post("/accounts/password/choose/", {"password": "hedge lantern quorum"})
    hands.password(client, enrolled.email, "hedge lantern quorum")
    assert client.get("/workspace/")["Location"].startswith("/accounts/second-step/")
    assert client.get(APP)["Location"] == CODE


def test_a_code_that_has_run_out_opens_nothing_and_neither_does_no_code(enrolled, told):
    SecondStepReset.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    client = hands.past_password(enrolled)
    assert "That code is not right, or has run out" in client.post(CODE, {"code": told}).text
    assert client.get(APP)["Location"] == CODE


def test_only_the_newest_code_counts(enrolled, told):
    newest = second_step_reset.take_away(enrolled, by=None)
    client = hands.past_password(enrolled)
    assert client.post(CODE, {"code": told}).status_code == 200
    assert client.post(CODE, {"code": newest}).status_code == 302


def test_guesses_are_counted(enrolled, told):
    client = hands.past_password(enrolled)
    for _ in range(5):
        client.post(CODE, {"code": "22222222"})
    assert "There have been too many tries" in client.post(CODE, {"code": told}).text


def test_the_code_of_a_reset_signs_nobody_in_by_itself(enrolled, told):
    """Neither as the second step of a page, nor for a program's token."""
    sent = {"email": enrolled.email, "password": hands.PASSWORD, "code": told}
    assert Client().post("/api/v1/token/", sent, content_type="application/json").status_code == 400
    client = hands.past_password(enrolled)
    client.post(CODE, {"code": told})
    assert client.get("/workspace/")["Location"].startswith("/accounts/second-step/")


def test_a_session_from_before_does_not_count(enrolled):
    inside = hands.signed_in(enrolled)
    second_step_reset.take_away(enrolled, by=None)
    assert "/accounts/login/" in inside.get("/workspace/")["Location"]


def test_nobody_else_is_asked_for_a_code(enrolled, officer):
    assert hands.signed_in(enrolled).get(CODE)["Location"] == "/accounts/second-step/"
    assert "/accounts/login/" in Client().get(CODE)["Location"]
