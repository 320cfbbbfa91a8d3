"""Setting up a second step, and taking one away."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from . import hands

pytestmark = pytest.mark.django_db
PAGES = ("", "app/", "passkey/", "codes/")


@pytest.fixture
def newcomer(officer) -> Client:
    client = Client()
    hands.password(client, officer.email, next="/workspace/cases/")
    client.get(client.get("/workspace/cases/")["Location"])
    return client


def key_on(page) -> str:
    return re.search(r'class="reference secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")


def set_up_app(client: Client):
    key = key_on(client.get("/accounts/second-step/app/"))
    number = totp.format_hotp_value(totp.hotp_value(key, next(totp.yield_hotp_counters_from_time())))
    return client.post("/accounts/second-step/app/", {"code": number}), number


def test_she_scans_or_types_and_gets_her_recovery_codes_and_goes_on(newcomer, officer):
    page = newcomer.get("/accounts/second-step/app/")
    assert 'src="data:image/svg+xml;base64,' in page.text
    answer, _ = set_up_app(newcomer)
    assert answer["Location"] == "/accounts/second-step/codes/"
    page = newcomer.get("/accounts/second-step/codes/")
    assert len(re.findall(r"<code>\d{5} \d{5}</code>", page.text)) == 10
    assert page["Cache-Control"] == "no-store"
    assert newcomer.post("/accounts/second-step/codes/")["Location"] == "/workspace/cases/"
    assert newcomer.get("/workspace/cases/").status_code == 200


def test_recovery_codes_are_shown_only_when_they_are_made(newcomer):
    set_up_app(newcomer)
    newcomer.post("/accounts/second-step/codes/")
    page = newcomer.get("/accounts/second-step/codes/")
    assert not re.search(r"<code>\d", page.text)
    assert "10 unused recovery codes" in page.text


def test_new_codes_end_the_old_ones(enrolled):
    old = hands.recovery_codes(enrolled)[0]
    client = hands.signed_in(enrolled)
    assert client.post("/accounts/second-step/codes/", {"do": "new"}).status_code == 302
    assert old not in client.get("/accounts/second-step/codes/").text.replace(" ", "")
    other = Client()
    hands.password(other, enrolled.email)
    assert hands.second_step(other, old).status_code == 200


def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(newcomer, officer):
    key = key_on(newcomer.get("/accounts/second-step/app/"))
    page = newcomer.post("/accounts/second-step/app/", {"code": "000000"})
    assert "That code is not right" in page.text
    assert key_on(page) == key
    assert not Authenticator.objects.filter(user=officer).exists()


def test_the_code_that_set_it_up_signs_nobody_in(newcomer, officer):
    _, number = set_up_app(newcomer)
    other = Client()
    hands.password(other, officer.email)
    assert hands.second_step(other, number).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_nobody_who_is_not_signed_in(page, client, db):
    assert "/accounts/login/" in client.get(f"/accounts/second-step/{page}")["Location"]


@pytest.mark.parametrize("page", PAGES[1:])
def test_whoever_has_one_shows_it_before_she_adds_or_sees_another(page, enrolled):
    client = Client()
    client.force_login(enrolled)
    answer = client.get(f"/accounts/second-step/{page}")
    assert answer["Location"].startswith("/accounts/confirm/")
    hands.confirmed(client, ago=16 * 60)
    assert client.get(f"/accounts/second-step/{page}")["Location"].startswith("/accounts/confirm/")


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", '{"id": 1}', "not json", '{"response": {}, "id": "x"}'])
def test_what_is_no_passkey_is_not_added(newcomer, officer, sent):
    newcomer.get("/accounts/second-step/passkey/")
    page = newcomer.post("/accounts/second-step/passkey/", {"name": "Laptop", "credential": sent})
    assert page.status_code == 200
    assert not Authenticator.objects.filter(user=officer).exists()


def test_the_only_one_is_not_removed(enrolled):
    client = hands.signed_in(enrolled)
    one = Authenticator.objects.get(user=enrolled, type="totp")
    assert client.post("/accounts/second-step/remove/", {"factor": one.pk}).status_code == 302
    assert Authenticator.objects.filter(pk=one.pk).exists()


def test_one_of_two_is_removed_and_nobody_elses(enrolled, django_user_model):
    client = hands.signed_in(enrolled)
    data = {"name": "Laptop", "credential": {}}
    hers = Authenticator.objects.create(user=enrolled, type="webauthn", data=data)
    other = django_user_model.objects.create_user("other@council.example.org", hands.PASSWORD, name="Other")
    theirs = hands.with_app(other)
    assert client.post("/accounts/second-step/remove/", {"factor": theirs.pk}).status_code == 404
    assert client.post("/accounts/second-step/remove/", {"factor": hers.pk}).status_code == 302
    assert set(Authenticator.objects.values_list("pk", flat=True)) == {
        theirs.pk,
        Authenticator.objects.get(user=enrolled).pk,
    }


def test_to_remove_one_it_is_asked_again_who_it_is(enrolled):
    client = Client()
    client.force_login(enrolled)
    hands.confirmed(client, ago=16 * 60)
    one = Authenticator.objects.get(user=enrolled)
    assert client.post("/accounts/second-step/remove/", {"factor": one.pk}).status_code == 403
