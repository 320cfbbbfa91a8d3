"""Nobody gets in by a password alone; a code lets somebody in once."""

import threading

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from portal.accounts import second_factor

from . import hands

pytestmark = pytest.mark.django_db
BEHIND = ("/workspace/", "/workspace/cases/", "/cms/")


def test_the_password_alone_opens_nothing(enrolled):
    client = Client()
    answer = hands.password(client, enrolled.email)
    assert answer["Location"] == "/accounts/code/"
    assert "_auth_user_id" not in client.session
    for page in BEHIND:
        assert "/accounts/login/" in client.get(page)["Location"]
    assert client.get("/api/v1/cases/").status_code in {401, 403}


def test_with_the_code_she_is_in(enrolled):
    client = hands.signed_in(enrolled)
    assert client.get("/workspace/").status_code == 200
    assert client.get("/api/v1/cases/").status_code == 200


def test_the_page_of_the_code_is_for_nobody_else(client, db):
    assert "/accounts/login/" in client.get("/accounts/code/")["Location"]


def test_whoever_has_none_sets_one_up_before_anything_opens(officer):
    client = Client()
    hands.password(client, officer.email)
    for page in BEHIND:
        assert client.get(page)["Location"].startswith("/accounts/second-step/?next=")
    assert client.get("/api/v1/cases/").status_code == 403
    assert client.post("/workspace/act-as/", {"membership": "1"})["Location"].startswith("/accounts/second-step/")


def test_a_session_that_has_not_shown_it_is_asked_to(enrolled):
    client = Client()
    client.force_login(enrolled)
    assert client.get("/workspace/cases/")["Location"] == "/accounts/confirm/?next=%2Fworkspace%2Fcases%2F"


def test_a_session_that_an_app_was_shown_in_is_not_anothers(enrolled, django_user_model):
    client = hands.signed_in(enrolled)
    other = django_user_model.objects.create_user("other@council.example.org", hands.PASSWORD, name="Other")
    client.force_login(other)
    assert client.get("/workspace/").status_code == 302


def test_a_wrong_code_says_so_and_five_are_enough(enrolled):
    client = Client()
    hands.password(client, enrolled.email)
    for _ in range(5):
        assert "That code is not right" in hands.second_step(client, "000000").text
    assert "too many tries" in hands.second_step(client, hands.code(enrolled)).text
    assert "_auth_user_id" not in client.session


def test_a_code_is_good_once(enrolled):
    number = hands.code(enrolled)
    assert second_factor.use_code(enrolled, number) == "totp"
    assert second_factor.use_code(enrolled, number) == ""
    client = Client()
    hands.password(client, enrolled.email)
    assert hands.second_step(client, number).status_code == 200


def test_a_code_older_than_one_that_counted_does_not_count(enrolled):
    assert second_factor.use_code(enrolled, hands.code(enrolled, 1)) == "totp"
    assert second_factor.use_code(enrolled, hands.code(enrolled)) == ""


def test_clocks_may_differ_by_one_code_and_no_more(enrolled):
    assert second_factor.use_code(enrolled, hands.code(enrolled, -3)) == ""
    assert second_factor.use_code(enrolled, hands.code(enrolled, 3)) == ""
    assert second_factor.use_code(enrolled, hands.code(enrolled, -1)) == "totp"


def test_a_recovery_code_is_good_once(enrolled):
    one, two = hands.recovery_codes(enrolled)[:2]
    assert second_factor.use_code(enrolled, f"{one[:5]} {one[5:]}") == "recovery_codes"
    assert second_factor.use_code(enrolled, one) == ""
    assert second_factor.use_code(enrolled, two) == "recovery_codes"


@pytest.mark.parametrize("sent", ["", " ", "\x00", "é" * 6, "9" * 5000, "١٢٣٤٥٦"])
def test_what_is_no_code_is_refused(enrolled, sent):
    assert second_factor.use_code(enrolled, sent) == ""


def test_secrets_are_not_in_the_database_in_the_clear(enrolled):
    hands.recovery_codes(enrolled)
    for kept in Authenticator.objects.filter(user=enrolled):
        secret = kept.data.get("secret") or kept.data.get("seed")
        assert secret.startswith("gAAAA")


def _at_once(user, numbers: list[str]) -> list[str]:
    start, used = threading.Barrier(len(numbers)), []

    def use(number: str) -> None:
        start.wait()
        try:
            used.append(second_factor.use_code(user, number))
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [kind for kind in used if kind]


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_send_the_same_code_at_once_one_gets_in(enrolled):
    assert _at_once(enrolled, [hands.code(enrolled)] * 8) == ["totp"]


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_send_the_same_recovery_code_at_once_one_gets_in(enrolled):
    assert _at_once(enrolled, [hands.recovery_codes(enrolled)[3]] * 8) == ["recovery_codes"]


@pytest.mark.parametrize(
    "sent", ["{}", "[]", "1", '{"id": 1}', "not json", '{"response": {}, "id": "x", "rawId": "x"}']
)
def test_what_is_no_passkey_lets_nobody_in(enrolled, sent):
    client = Client()
    hands.password(client, enrolled.email)
    page = client.post("/accounts/code/", {"confirm-code": "", "confirm-credential": sent})
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session
