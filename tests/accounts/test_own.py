"""Your account: she sees and ends her own sign-ins, and nobody else's."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.authtoken.models import Token

from portal.accounts import devices, tokens
from portal.accounts.models import Device, User

from . import hands

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36 Edg/140.0.0.0"
)


@pytest.fixture
def desk(enrolled) -> Client:
    return hands.signed_in(enrolled, Client(headers={"user-agent": FIREFOX}))


@pytest.fixture
def phone(enrolled, desk) -> Client:
    """Signed in after the desk, with the next code."""
    client = Client(headers={"user-agent": IPHONE})
    hands.password(client, enrolled.email)
    assert hands.second_step(client, hands.code(enrolled, 1)).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/workspace/").status_code == 200


@pytest.mark.parametrize(
    "sent, said",
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8.0", "A device we do not know"),
        ("", "A device we do not know"),
        ("<script>" * 500, "A device we do not know"),
    ],
)
def test_a_device_is_named_in_plain_words(sent, said):
    assert devices.describe(sent) == said


def test_she_sees_where_she_is_signed_in_and_which_one_this_is(desk, phone):
    page = desk.get("/accounts/").text
    assert "Firefox on Windows" in page and "Safari on an iPhone" in page
    assert page.count("This device") == 1
    assert page.index("Safari") < page.index("Firefox") < page.index("This device")


def test_no_address_of_hers_is_kept(desk):
    assert not {field.name for field in Device._meta.fields} & {"ip", "address", "user_agent"}


def test_she_signs_out_one(desk, phone):
    other = Device.objects.get(description="Safari on an iPhone")
    assert desk.post("/accounts/devices/sign-out/", {"device": other.pk}).status_code == 302
    assert is_in(desk) and not is_in(phone)


def test_to_sign_out_this_one_is_to_sign_out(desk):
    this = Device.objects.get()
    answer = desk.post("/accounts/devices/sign-out/", {"device": this.pk})
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(desk) and not Device.objects.exists()


@pytest.mark.parametrize("sent", ["", "x", "0", "9" * 40, "-1"])
def test_another_number_is_not_there(desk, sent):
    assert desk.post("/accounts/devices/sign-out/", {"device": sent}).status_code == 404


def test_nobody_signs_out_another_person(desk, django_user_model):
    other = django_user_model.objects.create_user("other@council.example.org", hands.PASSWORD, name="Other")
    hands.with_app(other)
    theirs = hands.signed_in(other)
    number = Device.objects.get(user=other).pk
    assert desk.post("/accounts/devices/sign-out/", {"device": number}).status_code == 404
    assert theirs.get("/accounts/").status_code == 200


def test_everywhere_is_everywhere_programs_too(desk, phone, enrolled):
    elsewhere = Client()
    elsewhere.force_login(enrolled)  # a session that is on no list
    tokens.issue(enrolled)
    answer = desk.post("/accounts/devices/sign-out-everywhere/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not any(map(is_in, (desk, phone, elsewhere)))
    assert not Token.objects.filter(user=enrolled).exists()
    assert not [row for row in Session.objects.all() if "_auth_user_id" in row.get_decoded()]


def test_a_link_signs_nobody_out(desk):
    assert desk.get("/accounts/devices/sign-out-everywhere/").status_code == 405
    assert is_in(desk)


def test_a_new_password_ends_every_other_sign_in(desk, phone, enrolled):
    page = desk.get("/accounts/password/")
    assert 'autocomplete="new-password"' in page.text
    assert desk.post("/accounts/password/", {"password": "hedge lantern quorum"}).status_code == 302
    assert is_in(desk) and not is_in(phone)
    assert User.objects.get(pk=enrolled.pk).check_password("hedge lantern quorum")
    assert desk.get("/accounts/").text.count("This device") == 1


@pytest.mark.parametrize("weak, why", [("short", "at least 12"), ("password1234", "Many people"), ("", "Enter a new")])
def test_a_weak_password_is_refused_in_words(desk, weak, why):
    page = desk.post("/accounts/password/", {"password": weak})
    assert why in page.text
    assert not re.search(rf'value="{weak}"', page.text) or not weak


def test_to_change_the_password_it_is_asked_again_who_it_is(enrolled):
    client = Client()
    client.force_login(enrolled)
    hands.confirmed(client, ago=16 * 60)
    answer = client.post("/accounts/password/", {"password": "hedge lantern quorum"})
    assert answer.status_code == 403
    assert "hedge lantern quorum" not in answer.text


@pytest.mark.parametrize("page", ["", "password/"])
def test_the_pages_are_for_nobody_who_is_not_signed_in(page, client):
    assert "/accounts/login/" in client.get(f"/accounts/{page}")["Location"]
