"""A session cookie that could not be one of ours is nobody's."""

import pytest
from django.conf import settings

from portal.sessions import SessionStore
from tests import worlds


@pytest.mark.parametrize("key", ["\x00aaaaaaaaaaaaaaaaa", "a" * 31, "A" * 32, "a" * 31 + "\ud800", "a" * 5000, ""])
def test_the_database_is_not_asked_for_it(key, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert SessionStore(key).session_key is None
        assert SessionStore(key).get("_auth_user_id") is None


def test_a_cookie_with_a_nul_character_is_asked_to_sign_in(client, db):
    answer = client.get("/workspace/", HTTP_COOKIE=f'{settings.SESSION_COOKIE_NAME}="\\000aaaaaaaaaaaaaaaaa"')
    assert answer.status_code == 302


def test_our_own_still_work(client, db):
    world = worlds.staffed()
    client.force_login(world.lead.user)
    assert client.get("/workspace/").status_code == 200
    assert client.get("/workspace/cases/").status_code == 200


def test_a_history_asked_from_an_endless_number_is_shown_from_its_beginning(client, db):
    world = worlds.staffed()
    case = worlds.opened_case(world)
    client.force_login(world.lead.user)
    for number in ("1" * 5000, "1" * 20, "x"):
        assert client.get(f"/workspace/cases/{case.reference}/history/?before={number}").status_code == 200
