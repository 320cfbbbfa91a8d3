"""What matters most asks again, after fifteen minutes, whether it is still her; and loses nothing she typed."""

import pytest
from django.test import Client
from django.urls import reverse

from . import hands

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.confirm_urls")]
PAGE = "/workspace/export-for-test/"
SENT = {"reason": "For the court", "case": ["A", "B"]}


@pytest.fixture
def stale(enrolled) -> Client:
    """Signed in with both steps, sixteen minutes ago."""
    client = Client()
    client.force_login(enrolled)
    return hands.confirmed(client, ago=16 * 60)


def test_whoever_signed_in_just_now_is_not_asked(enrolled):
    assert hands.signed_in(enrolled).get(PAGE).status_code == 200


def test_after_fifteen_minutes_she_is_asked_and_comes_back(stale, enrolled):
    answer = stale.get(f"{PAGE}?kind=all")
    assert answer.status_code == 302
    page = stale.get(answer["Location"])
    assert "Confirm that it is you" in page.text
    answer = stale.post(reverse("account_confirm"), {"confirm-code": hands.code(enrolled), "next": f"{PAGE}?kind=all"})
    assert answer["Location"] == f"{PAGE}?kind=all"
    assert stale.get(PAGE).status_code == 200


def test_what_was_sent_is_not_done_and_not_lost(stale, enrolled):
    page = stale.post(PAGE, SENT)
    assert page.status_code == 403
    assert "For the court" in page.text
    assert page.text.count('name="case"') == 2
    answer = stale.post(PAGE, {**SENT, "confirm-code": hands.code(enrolled)})
    assert answer.json() == {"method": "POST", "sent": {"reason": ["For the court"], "case": ["A", "B"]}}


def test_a_wrong_code_does_nothing_and_still_loses_nothing(stale):
    page = stale.post(PAGE, {**SENT, "confirm-code": "000000"})
    assert page.status_code == 403
    assert "That code is not right" in page.text and "For the court" in page.text


def test_nothing_that_was_sent_is_kept_in_the_session(stale):
    stale.post(PAGE, SENT)
    assert "For the court" not in str(dict(stale.session))


def test_a_password_alone_confirms_nobody_who_has_a_second_factor(stale):
    page = stale.post(PAGE, {**SENT, "confirm-password": hands.PASSWORD})
    assert page.status_code == 403


def test_a_recovery_code_confirms_once(stale, enrolled):
    one = hands.recovery_codes(enrolled)[0]
    assert stale.post(PAGE, {**SENT, "confirm-code": one}).status_code == 200
    hands.confirmed(stale, ago=16 * 60)
    assert stale.post(PAGE, {**SENT, "confirm-code": one}).status_code == 403


def test_nobody_is_sent_on_to_another_site(stale, enrolled):
    sent = {"confirm-code": hands.code(enrolled), "next": "https://evil.example.com/"}
    assert stale.post(reverse("account_confirm"), sent)["Location"] == "/workspace/"


def test_where_the_second_factor_is_off_a_password_confirms(officer, settings):
    settings.SECOND_FACTOR = False
    client = Client()
    client.force_login(officer)
    hands.confirmed(client, ago=16 * 60, method="password")
    assert "Your password" in client.post(PAGE, SENT).text
    assert client.post(PAGE, {**SENT, "confirm-password": "not hers at all"}).status_code == 403
    assert client.post(PAGE, {**SENT, "confirm-password": hands.PASSWORD}).status_code == 200
    assert client.get(PAGE).status_code == 200


def test_the_page_itself_asks_who_is_there(client, db):
    assert "/accounts/login/" in client.get(reverse("account_confirm"))["Location"]


@pytest.mark.parametrize("sent", ["", "{}", "[]", "0", "null", "false", '""', '{"id": "x"}'])
def test_nothing_sent_as_a_passkey_confirms_nothing(stale, sent):
    page = stale.post(PAGE, {**SENT, "confirm-code": "", "confirm-credential": sent})
    assert page.status_code == 403
    assert stale.get(PAGE).status_code == 302
