"""A token lets a program in for a while, and not a moment longer than the password it was got with."""

import datetime

import pytest
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from portal.accounts import tokens
from portal.accounts.models import User
from tests import worlds

from .test_promises import is_problem


@pytest.fixture
def sign_in(client, world):
    def answer(password=worlds.PASSWORD):
        body = {"email": world.lead.user.email, "password": password}
        return client.post("/api/v1/token/", body, content_type="application/json")

    return answer


def asked(token: str):
    made = APIClient()
    made.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return made.get("/api/v1/referrals/")


def test_one_token_serves_all_of_a_persons_programs(sign_in):
    first, second = sign_in().json(), sign_in().json()
    assert first == second
    assert asked(first["token"]).status_code == 200


def test_a_changed_password_ends_it_however_it_was_changed(sign_in, world):
    token = sign_in().json()["token"]
    user = world.lead.user
    user.set_password("another-long-password")
    user.save()
    is_problem(asked(token), 401)
    fresh = sign_in("another-long-password").json()["token"]
    assert fresh != token
    assert asked(fresh).status_code == 200
    is_problem(asked(token), 401)
    user.set_password("a-third-long-password")
    User.objects.filter(pk=user.pk).update(password=user.password)
    is_problem(asked(fresh), 401)


def test_an_ended_account_ends_it(sign_in, world):
    token = sign_in().json()["token"]
    User.objects.filter(pk=world.lead.user.pk).update(is_active=False)
    is_problem(asked(token), 401)


def test_it_ends_by_itself_and_signing_in_gets_a_new_one(sign_in, settings):
    answer = sign_in().json()
    good_until = datetime.datetime.fromisoformat(answer["good_until"])
    assert good_until - timezone.now() > datetime.timedelta(days=settings.API_TOKEN_DAYS, minutes=-5)
    Token.objects.update(created=timezone.now() - datetime.timedelta(days=settings.API_TOKEN_DAYS))
    is_problem(asked(answer["token"]), 401)
    fresh = sign_in().json()["token"]
    assert fresh != answer["token"]
    assert asked(fresh).status_code == 200


@pytest.mark.parametrize("key", ["x", "a" * 40, "\x00" * 40, "\xe9" * 40, "a" * 5000])
def test_a_key_we_did_not_make_is_nobodys(db, key):
    is_problem(asked(key), 401)


def test_a_key_that_only_looks_like_ours_is_nobodys(world):
    Token.objects.create(user=world.lead.user, key="a" * 40)
    is_problem(asked("a" * 40), 401)
    assert tokens.issue(world.lead.user).key != "a" * 40
