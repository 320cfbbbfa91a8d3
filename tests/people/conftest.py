"""A small county, and people who sign in as they would in life: what changes access asks who it is."""

import pytest
from django.test import Client

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from tests import worlds

# One manager of the attendance team: what is said of the last one is said of her.
PEOPLE = {name: where for name, where in worlds.PEOPLE.items() if name == "manager" or where[1] != Role.LA_MANAGER}


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.staffed(PEOPLE)


class Browser(Client):
    """After each request the test goes on as it began: as the worker, from whom nothing is hidden."""

    def request(self, **request):
        answer = super().request(**request)
        identity.enter(Actor.machine("worker"))
        return answer


@pytest.fixture
def sign_in(world):
    """`sign_in("manager")`: a client in which she has just signed in, by password."""

    def by_form(name: str) -> Client:
        client = Browser()
        answer = client.post("/accounts/login/", {"login": world.people[name].user.email, "password": worlds.PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return by_form


@pytest.fixture
def manager(sign_in) -> Client:
    return sign_in("manager")


@pytest.fixture
def head(sign_in) -> Client:
    return sign_in("head")
