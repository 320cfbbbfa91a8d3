"""A forgotten password: a link that works once, tells a stranger nothing and does not get past the second step."""

import datetime
import re

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.test import Client

from notifications.email import send_letters
from portal.accounts.models import Letter, User

from . import hands

pytestmark = pytest.mark.django_db
NEW = "hedge lantern quorum"


def ask(client: Client, email: str):
    return client.post("/accounts/password/forgotten/", {"email": email})


@pytest.fixture
def link(client, enrolled) -> str:
    ask(client, enrolled.email)
    send_letters()
    return re.search(r"http://[^/]+(/accounts/password/link/\S+)", mail.outbox[0].body)[1]


def follow(client: Client, link: str):
    assert client.get(link)["Location"] == "/accounts/password/choose/"
    return client.get("/accounts/password/choose/")


def test_she_chooses_a_new_one_and_still_shows_her_second_step(client, enrolled, link):
    assert follow(client, link).status_code == 200
    answer = client.post("/accounts/password/choose/", {"password": NEW})
    assert answer["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
    assert hands.password(client, enrolled.email, NEW)["Location"] == "/accounts/code/"
    assert hands.second_step(client, hands.code(enrolled)).status_code == 302


def test_the_mail_names_nobody_and_goes_to_her_alone(link, enrolled):
    [message] = mail.outbox
    assert message.to == [enrolled.email]
    assert enrolled.name not in message.body


def test_whoever_asks_learns_nothing(client, enrolled):
    known, unknown = ask(client, enrolled.email), ask(Client(), "nobody@example.com")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Letter.objects.count() == 2  # the same work for both
    send_letters()
    assert [message.to for message in mail.outbox] == [[enrolled.email]]


def test_asking_too_often_looks_the_same_and_sends_no_more(client, enrolled):
    answers = {(ask(client, enrolled.email).status_code) for _ in range(6)}
    assert answers == {302}
    assert Letter.objects.count() == 3


def test_it_works_once(client, enrolled, link):
    follow(client, link)
    client.post("/accounts/password/choose/", {"password": NEW})
    assert follow(Client(), link).status_code == 403


def test_to_look_at_it_uses_nothing_up(client, link):
    for _ in range(3):
        assert follow(Client(), link).status_code == 200


def test_after_an_hour_it_is_nothing(client, link, monkeypatch):
    now = default_token_generator._now()
    monkeypatch.setattr(type(default_token_generator), "_now", lambda self: now + datetime.timedelta(minutes=61))
    assert follow(client, link).status_code == 403


def test_a_new_password_ends_every_session(client, enrolled, link):
    inside = hands.signed_in(enrolled)
    link = re.sub(r"[^/]+/$", f"{default_token_generator.make_token(User.objects.get(pk=enrolled.pk))}/", link)
    follow(client, link)
    client.post("/accounts/password/choose/", {"password": NEW})
    assert inside.get("/workspace/").status_code == 302


def test_somebody_whose_account_is_closed_gets_no_mail(client, enrolled):
    User.objects.filter(pk=enrolled.pk).update(is_active=False)
    ask(client, enrolled.email)
    send_letters()
    assert mail.outbox == []


@pytest.mark.parametrize("path", ["x/y", "MQ/x-y", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/a-b", "____/a"])
def test_a_link_nobody_sent_opens_nothing(client, enrolled, path):
    assert follow(client, f"/accounts/password/link/{path}/").status_code == 403


@pytest.mark.parametrize("email", ["", "x", "a" * 300 + "@example.org", "a@\x00.org"])
def test_what_is_no_address_is_said(client, db, email):
    assert ask(client, email).status_code == 200
    assert not Letter.objects.exists()
