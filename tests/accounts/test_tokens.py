"""A program's token asks for what signing in asks for, and tells a stranger nothing."""

import pytest
from django.test import Client

from . import hands

pytestmark = pytest.mark.django_db


def ask(client: Client, email: str, password: str = hands.PASSWORD, **more: str):
    body = {"email": email, "password": password, **more}
    return client.post("/api/v1/token/", body, content_type="application/json")


def test_with_the_code_there_is_a_token(client, enrolled):
    answer = ask(client, enrolled.email, code=hands.code(enrolled))
    assert answer.status_code == 200
    headers = {"authorization": f"Token {answer.json()['token']}"}
    assert client.get("/api/v1/cases/", headers=headers).status_code == 200


def test_a_recovery_code_does_once(client, enrolled):
    one = hands.recovery_codes(enrolled)[0]
    assert ask(client, enrolled.email, code=one).status_code == 200
    assert ask(client, enrolled.email, code=one).status_code == 400


def test_a_code_that_signed_her_in_gets_no_token(client, enrolled):
    number = hands.code(enrolled)
    other = Client()
    hands.password(other, enrolled.email)
    assert hands.second_step(other, number).status_code == 302
    assert ask(client, enrolled.email, code=number).status_code == 400


def test_whoever_has_set_up_nothing_gets_none(client, officer):
    assert ask(client, officer.email).status_code == 400
    assert ask(client, officer.email, code="123456").status_code == 400


def test_whatever_is_wrong_the_answer_is_the_same(client, enrolled):
    answers = [
        ask(client, enrolled.email),
        ask(client, enrolled.email, code="000000"),
        ask(client, enrolled.email, "not the password", code=hands.code(enrolled)),
        ask(client, "nobody@example.com", code="000000"),
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1


def test_five_wrong_codes_are_enough_here_and_on_the_page(client, enrolled):
    for _ in range(5):
        assert ask(client, enrolled.email, code="000000").status_code == 400
    assert ask(client, enrolled.email, code=hands.code(enrolled)).status_code == 429
    page = Client()
    hands.password(page, enrolled.email)
    assert "too many tries" in hands.second_step(page, hands.code(enrolled)).text
