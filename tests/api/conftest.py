import pytest
from rest_framework.test import APIClient

from portal.accounts import tokens
from tests import worlds


@pytest.fixture
def world(db):
    return worlds.staffed()


@pytest.fixture
def api(world):
    """`api("lead")`: a client that acts for this person."""

    def client(name: str) -> APIClient:
        token = tokens.issue(world.people[name].user)
        made = APIClient()
        made.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return made

    return client
