"""Is it up, can it work: what a load balancer and the person on call are told."""

import datetime

import pytest
from django.utils import timezone

from portal.models import WorkerHeartbeat


def beat(seconds_ago: int = 0) -> None:
    WorkerHeartbeat.objects.create(worker="test", beat_at=timezone.now() - datetime.timedelta(seconds=seconds_ago))


def test_up_is_said_without_asking_the_database(client):
    """No `db` fixture: a query here would fail the test."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_probes_may_ask_by_address(client):
    assert client.get("/healthz", headers={"host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.django_db
def test_ready_when_every_part_answers(client):
    beat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "parts": {"database": "ok", "channel_layer": "ok", "migrations": "ok", "worker": "ok"},
    }


@pytest.mark.django_db
def test_a_silent_worker_is_named(client):
    beat(seconds_ago=90)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["parts"]["worker"].startswith("last heard of 9")


@pytest.mark.django_db
def test_no_worker_at_all_is_named(client):
    assert client.get("/readyz").json()["parts"]["worker"] == "no worker has started"


@pytest.mark.django_db
def test_an_unreachable_redis_is_named_without_its_address(client, monkeypatch):
    from portal import health
    from portal.settings import env

    beat()
    health._redis.cache_clear()
    monkeypatch.setattr(env, "REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    answer = client.get("/readyz")
    health._redis.cache_clear()
    assert answer.status_code == 503
    assert answer.json()["parts"]["channel_layer"] == "cannot be reached (ConnectionError)"
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_a_missing_migration_is_named(client, monkeypatch):
    from django.db.migrations.recorder import MigrationRecorder

    from portal import health

    beat()
    monkeypatch.setattr(health, "_migrated", False)
    applied = MigrationRecorder.applied_migrations
    monkeypatch.setattr(
        MigrationRecorder,
        "applied_migrations",
        lambda recorder: {key: row for key, row in applied(recorder).items() if key != ("portal", "0001_initial")},
    )
    assert client.get("/readyz").json()["parts"]["migrations"] == "1 not applied"
