"""Redis goes away: a page is slower, never an error, and tries to sign in are still counted."""

import time

import pytest
from django.test import Client

from portal import cache as module
from portal.cache import ForgivingRedisCache

pytestmark = pytest.mark.redis


@pytest.fixture
def cache(redis_server, monkeypatch):
    monkeypatch.setattr(module._Outage, "until", 0.0)
    monkeypatch.setattr(module, "RETRY_AFTER", 0.2)
    made = ForgivingRedisCache(redis_server.url, {})
    made._here.clear()
    return made


def test_it_is_redis_while_there_is_one(cache, redis_server):
    import redis

    cache.set("a", {"b": 1})
    assert cache.get("a") == {"b": 1}
    assert redis.Redis.from_url(redis_server.url).dbsize() == 1


def test_without_it_every_operation_still_answers(cache, redis_server):
    cache.set("before", 1)
    redis_server.stop()
    started = time.monotonic()
    assert cache.get("before") is None
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    assert cache.incr("a") == 2
    cache.set_many({"b": 1, "c": 2})
    assert cache.get_many(["b", "c"]) == {"b": 1, "c": 2}
    assert cache.has_key("b")
    assert cache.touch("b", 10)
    cache.delete("b")
    cache.delete_many(["c"])
    cache.clear()
    assert time.monotonic() - started < 2


def test_it_comes_back_by_itself(cache, redis_server):
    cache.set("before", 1)
    redis_server.stop()
    cache.get("before")
    redis_server.start()
    time.sleep(0.3)
    cache.set("after", 1)
    assert cache.get("after") == 1
    assert module._Outage.until == 0.0


@pytest.mark.django_db
def test_the_sixth_try_to_sign_in_is_refused_without_redis_too(redis_server, settings, monkeypatch):
    monkeypatch.setattr(module._Outage, "until", 0.0)
    redis_server.stop()
    settings.CACHES = {
        "default": {"BACKEND": "portal.cache.ForgivingRedisCache", "LOCATION": redis_server.url},
    }
    ForgivingRedisCache(redis_server.url, {})._here.clear()
    client = Client()
    for _ in range(5):
        page = client.post("/accounts/login/", {"login": "a@example.com", "password": "wrong"})
        assert "is not right" in page.text
    page = client.post("/accounts/login/", {"login": "a@example.com", "password": "wrong"})
    assert "too many tries" in page.text
