"""Whoever is turned away leaves a row, and none of what she typed; whoever tries without end cannot fill the trail."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from rest_framework.test import APIClient

from portal.accounts import step_up
from portal.audit.models import Entry
from tests import worlds
from tests.accounts import hands

pytestmark = pytest.mark.django_db
TYPED = "Zebedee Quartermaine lives at 4 Safe Lane"


def rows(action: str = "refused", **of):
    return list(Entry.objects.filter(action=action, **of).order_by("at", "id"))


def client_of(world, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name].user)
    hands.confirmed(client)
    return client


def test_casework_people_who_try_the_sites_editing_are_written_down(world):
    client = client_of(world, "sen")
    for address in ("/cms/", "/cms/pages/1/"):
        before = len(rows())
        assert client.get(address).status_code == 302
        assert len(rows()) == before + 1
        assert rows()[-1].user_id == world.sen.user.pk


def test_a_token_that_is_not_good_is_a_row_once_a_minute(world):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {'a' * 40}")
    for _ in range(5):
        assert client.get("/api/v1/cases/").status_code == 401
    assert [(row.rule, row.channel, row.user_id) for row in rows(rule__startswith="401")] == [
        ("401 token", "api", None)
    ]


def test_nothing_of_what_was_typed_is_written(world):
    client = client_of(world, "manager")
    for address in ("/workspace/people/Zebedee-Quartermaine/", f"/workspace/{TYPED}/", f"/api/v1/{TYPED}/"):
        assert client.get(address).status_code == 404
    client.get("/workspace/audit/", {"reference": TYPED})
    client.get("/workspace/audit/export/", {"reference": TYPED})
    client.get("/workspace/people/", {"words": TYPED})
    client.get("/workspace/why/", {"reference": "Zebedee", "person": TYPED})
    assert len(rows()) >= 3
    assert not any("zebedee" in str(vars(row)).lower() for row in Entry.objects.all())


def test_another_source_is_another_row(world):
    for address in ("192.0.2.8", "192.0.2.9", "192.0.2.8"):
        Client().get("/api/v1/cases/", headers={"Authorization": "Token x"}, REMOTE_ADDR=address)
    assert len(rows(rule="401 token")) == 2


def test_a_session_without_its_second_factor_is_a_row(world, settings):
    settings.SECOND_FACTOR = True
    client = Client()
    client.force_login(world.sen.user)
    assert client.get("/api/v1/cases/").status_code == 403
    assert rows()[-1].rule == "403 second_factor"
    assert rows()[-1].user_id == world.sen.user.pk


def test_tries_beyond_the_fifth_are_a_row_and_a_right_password_then_is_too(world, monkeypatch):
    moment = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: moment[0])
    email = world.sen.user.email
    for _ in range(12):
        hands.password(Client(), email, "wrong")
    failed = [row.rule for row in rows("sign_in_failed", user_id=world.sen.user.pk)]
    assert failed == ["password"] * 5 + ["too many tries"]
    moment[0] += 61
    hands.password(Client(), email, worlds.PASSWORD)
    assert rows("sign_in_failed", user_id=world.sen.user.pk)[-1].rule == "too many tries"
    assert len(rows("sign_in_failed", user_id=world.sen.user.pk)) == 7
    assert not rows("sign_in", user_id=world.sen.user.pk)


def test_passkeys_that_are_refused_are_written_down_and_counted(world, settings, monkeypatch):
    settings.SECOND_FACTOR = True
    monkeypatch.setattr(step_up.Confirm, "passkey_options", lambda self: "")  # this key is no key
    user = world.officer.user
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "k", "credential": {}})
    client = Client()
    client.force_login(user)
    for _ in range(8):
        page = client.post("/accounts/confirm/", {"confirm-credential": json.dumps({"id": "x"})})
    assert [row.rule for row in rows("sign_in_failed")] == ["passkey"] * 5 + ["too many tries"]
    assert "too many tries" in page.text
