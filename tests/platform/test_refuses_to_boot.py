"""Production starts in a safe environment, and in no other: it says which variable to set."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from portal.settings import env
from tests.check import SAFE, WORKER


def boot(module: str = "portal.wsgi", **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Load the server's module in a process of its own, in the safe environment with `changes`; None unsets."""
    environment = {name: value for name, value in {**SAFE, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=env.ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "ALONGSIDE_VAR": str(env.VAR), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("module", ["portal.wsgi", "portal.asgi"])
def test_a_safe_environment_starts(module):
    answer = boot(module)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", env.EMBEDDED_SECRET_KEY),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "attendance.example.net,*"),
        ("BASE_URL", None),
        ("BASE_URL", "http://attendance.example.net"),
        ("CASEWORK_HOST", "attendance.example.net"),
        ("CASEWORK_HOST", "https://casework.example.net"),
        ("DATABASE_URL", None),
        ("REDIS_URL", None),
        ("EMAIL_URL", None),
        ("ALLOW_DEMO", "1"),
        ("SECOND_FACTOR", "0"),
        ("DEFAULT_FROM_EMAIL", None),
        ("DEFAULT_FROM_EMAIL", "no-reply@council.example.com"),
        ("DEFAULT_FROM_EMAIL", "Alongside"),
        ("AUDIT_KEY", "short"),
        ("AUDIT_KEY", "a" * 40),
        ("AUDIT_KEY", SAFE["SECRET_KEY"]),
        ("AUDIT_KEY", env.EMBEDDED_SECRET_KEY),
    ],
)
def test_an_unsafe_one_is_refused_by_name(variable, value):
    answer = boot(**{variable: value})
    assert answer.returncode != 0
    assert "This environment is not safe to run in" in answer.stderr
    assert f"{variable}" in answer.stderr.partition("not safe to run in")[2]
    if value and len(value) > 10 and variable in {"SECRET_KEY", "AUDIT_KEY"}:
        assert value not in answer.stderr


def manage(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=env.ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "ALONGSIDE_VAR": str(env.VAR), **SAFE, **changes},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_worker_does_not_start_without_what_signs_the_audit_trail():
    refused = manage("worker")
    assert refused.returncode != 0
    assert "Set AUDIT_KEY" in refused.stderr and "Worker" not in refused.stdout


def test_check_deploy_asks_for_it_and_the_web_process_does_not():
    deploy = manage("check", "--deploy", "--fail-level", "WARNING")
    assert deploy.returncode != 0 and "portal.E021" in deploy.stderr and "AUDIT_KEY" in deploy.stderr
    assert manage("check", "--deploy", "--fail-level", "WARNING", **WORKER).returncode == 0
    assert manage("check", "--deploy", "--tag", "boot").returncode == 0  # as the Procfile starts it


def test_everything_wrong_is_said_at_once():
    answer = boot(SECRET_KEY=None, ALLOWED_HOSTS="*", EMAIL_URL=None)
    for variable in ("SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL"):
        assert f"Set {variable}" in answer.stderr


@pytest.mark.django_db
def test_the_demonstration_county_is_not_served_in_production(settings):
    from portal import checks
    from portal.accounts.models import User

    assert list(checks._demo()) == []
    User.objects.create_user("duty@council.example.org", "attendance-demo", name="Duty")
    assert [error.id for error in checks._demo()] == ["portal.E010"]


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_database_role_that_passes_the_second_wall_is_refused(settings):
    from portal import checks

    assert list(checks._data()) == []  # the role of run time
    with psycopg.connect(settings.DATABASE_OWNER_URL, dbname=connection.settings_dict["NAME"]) as owner:
        [(refused,)] = owner.execute(checks.PASSES_THE_WALL).fetchall()
    assert refused


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_database_role_that_may_put_something_before_our_tables_is_refused(settings):
    from portal import checks

    name, role = connection.settings_dict["NAME"], connection.settings_dict["USER"]
    with psycopg.connect(settings.DATABASE_OWNER_URL, dbname=name, autocommit=True) as owner:
        owner.execute(f'GRANT TEMPORARY ON DATABASE "{name}" TO "{role}"')
        assert [error.id for error in checks._data()] == ["portal.E020"]
        owner.execute(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM "{role}"')
        assert list(checks._data()) == []
        owner.execute("ALTER FUNCTION wall_has_care(bigint) SET search_path = pg_catalog, public")
        assert [error.id for error in checks._data()] == ["portal.E020"]
        owner.execute("ALTER FUNCTION wall_has_care(bigint) SET search_path = pg_catalog, public, pg_temp")
    assert list(checks._data()) == []


def test_one_process_needs_no_redis():
    assert boot(REDIS_URL=None, WEB_CONCURRENCY="1").returncode == 0
