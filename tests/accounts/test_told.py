"""The audit trail is told of every sign-in, of every one that failed, and of what changed about an account."""

import pytest
from django.test import Client

from portal.audit.models import Entry

from . import hands

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, str]]:
    return list(Entry.objects.order_by("pk").values_list("action", "decision", "rule"))


def test_signing_in_and_out(enrolled):
    client = hands.signed_in(enrolled)
    client.post("/accounts/logout/")
    assert told() == [("sign_in", "allowed", "second factor"), ("sign_out", "allowed", "sign_out")]


def test_a_wrong_password_and_a_wrong_code(enrolled):
    client = Client()
    hands.password(client, enrolled.email, "wrong")
    hands.password(client, "nobody@example.com", "wrong")
    hands.password(client, enrolled.email)
    hands.second_step(client, "000000")
    assert told() == [
        ("sign_in_failed", "refused", "password"),
        ("sign_in_failed", "refused", "password"),
        ("sign_in_failed", "refused", "second factor"),
    ]


def test_what_changes_about_an_account(enrolled):
    client = hands.signed_in(enrolled)
    client.post("/accounts/second-step/codes/", {"do": "new"})
    client.post("/accounts/password/", {"password": "hedge lantern quorum"})
    client.post("/accounts/devices/sign-out-everywhere/")
    rules = [rule for action, _, rule in told() if action == "change"]
    assert rules == ["recovery codes made", "password changed", "sessions ended"]


def test_no_row_holds_what_was_typed(enrolled):
    client = Client()
    hands.password(client, "typo-in-the-address@example.com", "a secret word")
    hands.password(client, enrolled.email, "a secret word")
    everything = str(list(Entry.objects.values()))
    assert "a secret word" not in everything and "typo-in-the-address" not in everything
