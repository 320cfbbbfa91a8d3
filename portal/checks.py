"""What must hold before the product starts. In production an unsafe or contradictory environment is refused.

The same checks run three times: in `manage.py check`, before every management command that asks for checks, and when
portal/wsgi.py is loaded, so that no server can be started around them. What the worker alone needs, it asks itself, and
`check --deploy` asks it too.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from portal.audit import heads
from portal.settings import env

BOOT, WORKER = "boot", "worker"
SHORTEST_KEY = 50
EXAMPLE = re.compile(r".*[@.]example\.(org|com|net)|[^@]*")  # at a domain that nobody owns, or no address at all
HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def refuse_unsafe(*tags: str) -> None:
    """Raise ImproperlyConfigured, naming each variable to set, unless the environment is safe to serve (or `tags`).

    Asked in a thread of its own: a server may load us from inside its event loop, where the database may not be asked.
    """
    with ThreadPoolExecutor(1) as thread:
        wrong = thread.submit(_what_is_wrong, tags or (BOOT,)).result()
    if wrong:
        if multiprocessing.parent_process():
            os.kill(os.getppid(), signal.SIGTERM)  # a supervisor of several processes would start us again for ever
        lines = "\n".join(f"  - {message.msg} {message.hint or ''}".rstrip() for message in wrong)
        raise ImproperlyConfigured(f"This environment is not safe to run in:\n{lines}")


def _what_is_wrong(tags: tuple[str, ...]) -> list[CheckMessage]:
    try:
        return registry.run_checks(tags=list(tags), include_deployment_checks=WORKER in tags)
    finally:
        connection.close()


@register(BOOT)
def environment(app_configs=None, **kwargs) -> list[CheckMessage]:
    """One error a variable that is missing, unsafe or contradicts another. Only production asks."""
    if not getattr(settings, "PRODUCTION", False):
        return list(_processes())
    return [*_secret_key(), *_addresses(), *_data(), *_demo(), *_sign_in(), *_processes(), *_mail(), *_audit_key()]


@register(WORKER, deploy=True)
def what_the_worker_needs(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Apart from the rest: no other process should be given the key that signs the audit trail (docs/adr/0019)."""
    if getattr(settings, "PRODUCTION", False) and not env.AUDIT_KEY:
        words = "AUDIT_KEY is not set: nobody could prove that the audit trail is as it was written."
        return [Error(words, hint="Set AUDIT_KEY to 32 or more random characters.", id="portal.E021")]
    return []


def _secret_key() -> Iterator[Error]:
    key = env.SECRET_KEY
    if not key:
        yield Error("SECRET_KEY is empty.", hint="Set SECRET_KEY to 50 or more random characters.", id="portal.E001")
    elif key == env.EMBEDDED_SECRET_KEY or key.startswith("django-insecure"):
        yield Error(
            "SECRET_KEY is the development default.", hint="Set SECRET_KEY to a secret of its own.", id="portal.E002"
        )
    elif len(key) < SHORTEST_KEY or len(set(key)) < 10:
        yield Error(
            "SECRET_KEY is too short to be a secret.",
            hint="Set SECRET_KEY to 50 or more random characters.",
            id="portal.E003",
        )


def _addresses() -> Iterator[Error]:
    if not settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS is empty.", hint="Set ALLOWED_HOSTS to the site's host names.", id="portal.E004")
    if any(host == "*" or host.startswith("*") for host in settings.ALLOWED_HOSTS):
        yield Error(
            "ALLOWED_HOSTS allows any host.", hint="Set ALLOWED_HOSTS to the site's own host names.", id="portal.E005"
        )
    home = urlsplit(env.BASE_URL)
    if not env.BASE_URL:
        yield Error("BASE_URL is not set.", hint="Set BASE_URL to the site's address, https://…", id="portal.E006")
    elif home.scheme != "https" or not home.netloc or home.path.strip("/"):
        yield Error(
            "BASE_URL is not an https address.", hint="Set BASE_URL like https://help.example.org.", id="portal.E007"
        )
    if env.CASEWORK_HOST and (home.hostname == env.CASEWORK_HOST or not HOST_NAME.fullmatch(env.CASEWORK_HOST)):
        yield Error(
            "CASEWORK_HOST is not another host name.",
            hint="Set CASEWORK_HOST to a name alone, like casework.example.org, and not BASE_URL's; or leave it out.",
            id="portal.E017",
        )


def _data() -> Iterator[Error]:
    if connection.vendor == "sqlite":
        yield Error("Production needs PostgreSQL.", hint="Set DATABASE_URL to postgres://…", id="portal.E008")
        return
    if _passes_the_wall():
        yield Error(
            "The database's role owns the tables, may pass row-level security or may make tables or functions: "
            "one forgotten filter would show all.",
            hint="Set DATABASE_URL to a role that owns nothing, and DATABASE_OWNER_URL to the owner of the database "
            "for migrations, and migrate. On PostgreSQL 14: REVOKE CREATE ON SCHEMA public FROM PUBLIC.",
            id="portal.E020",
        )


# What would be found before our tables by a function that runs as their owner.
SHADOWS = "has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'TEMPORARY')"
# Functions that run as their owner, and look for a table among the temporary ones first.
ASTRAY = (
    "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace AND NOT EXISTS "
    "(SELECT 1 FROM unnest(proconfig) AS said WHERE said ~ '^search_path=.*, pg_temp$') ORDER BY proname"
)
PASSES_THE_WALL = (
    "SELECT rolsuper OR rolbypassrls OR EXISTS "
    "(SELECT 1 FROM pg_class WHERE relrowsecurity AND pg_has_role(relowner, 'MEMBER')) "
    f"OR {SHADOWS} OR EXISTS ({ASTRAY}) "
    "FROM pg_roles WHERE rolname = current_user"
)


def _passes_the_wall() -> bool:
    """Whether row-level security would not hold the role we run as (docs/adr/0021)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(PASSES_THE_WALL)
            return cursor.fetchone()[0]
    except DatabaseError:
        return False  # no database yet: nothing to see


def _demo() -> Iterator[Error]:
    if env.ALLOW_DEMO:
        yield Error("ALLOW_DEMO is set in production.", hint="Unset ALLOW_DEMO.", id="portal.E009")
    if _demo_data_present():
        yield Error(
            "The database holds the demonstration county, whose passwords are published.",
            hint="Set DATABASE_URL to a database without it.",
            id="portal.E010",
        )


def _sign_in() -> Iterator[Error]:
    if not settings.SECOND_FACTOR:
        yield Error(
            "SECOND_FACTOR is off: a password alone would open children's records.",
            hint="Unset SECOND_FACTOR.",
            id="portal.E013",
        )
    if env.OIDC_ISSUER and not env.OIDC_ISSUER.startswith("https://"):
        yield Error("OIDC_ISSUER is not an https address.", hint="Set OIDC_ISSUER like https://…", id="portal.E014")
    if env.OIDC_ISSUER and not (env.OIDC_CLIENT_ID and env.OIDC_CLIENT_SECRET):
        yield Error(
            "OIDC_ISSUER is set, and what it knows us by is not.",
            hint="Set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or unset OIDC_ISSUER.",
            id="portal.E015",
        )


def _demo_data_present() -> bool:
    """Whether somebody can sign in at example.org: a domain nobody owns, so only demonstration people have it."""
    from portal.accounts.models import User

    try:
        return User.objects.filter(email__endswith=".example.org", is_active=True).exists()
    except DatabaseError:
        return False  # no database yet, or no tables yet: nothing to sign in to


def _processes() -> Iterator[Error]:
    if env.WEB_CONCURRENCY > 1 and not env.REDIS_URL:
        yield Error(
            f"{env.WEB_CONCURRENCY} web processes cannot hear each other without Redis.",
            hint="Set REDIS_URL, or WEB_CONCURRENCY=1.",
            id="portal.E011",
        )


def _mail() -> Iterator[Error]:
    if not env.EMAIL_URL:
        yield Error(
            "EMAIL_URL is not set: no notice would reach anybody.",
            hint="Set EMAIL_URL like smtp+tls://…",
            id="portal.E012",
        )
    if EXAMPLE.fullmatch(parseaddr(env.DEFAULT_FROM_EMAIL)[1]):
        yield Error(
            "DEFAULT_FROM_EMAIL is an example: mail from it would be thrown away, or come from nobody.",
            hint="Set DEFAULT_FROM_EMAIL like Alongside <no-reply@attendance.example.gov.uk>.",
            id="portal.E023",
        )


def _audit_key() -> Iterator[Error]:
    """Any secret is made into a key of Ed25519, so what can be wrong with it is that others know or guess it."""
    key = env.AUDIT_KEY
    if key and (len(key) < heads.SHORTEST_KEY or len(set(key)) < 10):
        wrong = "is too short to be a secret"
    elif key and key in {env.SECRET_KEY, env.EMBEDDED_SECRET_KEY}:
        wrong = "is SECRET_KEY, which every process has, or the development default"
    else:
        return
    hint = "Set AUDIT_KEY to 32 or more random characters of its own, for the worker alone."
    yield Error(f"AUDIT_KEY {wrong}.", hint=hint, id="portal.E022")
