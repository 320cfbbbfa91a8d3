"""The second wall's key: as whom the database believes it is asked.

On PostgreSQL row-level security hides every row of a child's record from everybody whom nothing entitles to it, also
where a query forgot to ask the policy. It asks one variable, `alongside.who`, which lives as long as the transaction.
`enter` sets it: the database itself looks up what the membership is, and whether it still is. Where nobody has entered,
there are no rows. On SQLite the first wall (referrals/policy.py) stands alone, and nothing here does anything.

A request enters when its actor is worked out (`middleware.actor_of`, the API's operations), inside the one transaction
that `middleware.OneTransaction` holds around the whole response. Everything else says as whom it acts:

    with identity.as_actor(Actor.machine("worker")):
        ...
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from .actor import Actor
from .wall import entering

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .models import User


def is_walled() -> bool:
    return connection.vendor == "postgresql"


def entered(user: User | AnonymousUser, membership: int | None) -> Actor | None:
    """`Actor.of`, whom the database is asked as from now until the transaction ends: one question, not two."""
    if not user.is_authenticated:
        return None
    if not is_walled():
        return Actor.of(user, membership)
    actor = Actor.of(user, membership, through=entering)
    if actor is None:
        become("")
    return actor


def enter(actor: Actor | None) -> str:
    """From now until the transaction ends the database is asked as `actor`; returns who it was before (for `become`).

    None, or a membership that has ended: as nobody. Outside a transaction it would last for no query at all.
    """
    if not is_walled():
        return ""
    if actor is None or actor.membership is None:
        return become(json.dumps({"machine": actor.name}) if actor is not None and actor.name in MACHINES else "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT alongside_enter(%s, %s)", [actor.membership.pk, timezone.localdate()])
        return cursor.fetchone()[0]


MACHINES = frozenset({"worker"})


def become(who: str) -> str:
    """As the one `who` describes (JSON, or "" for nobody); returns who it was before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT alongside_become(%s)", [who])
        return cursor.fetchone()[0]


@contextmanager
def as_actor(actor: Actor | None) -> Iterator[None]:
    """A transaction in which the database is asked as `actor`; inside another one it goes on as before afterwards."""
    if not is_walled():
        yield
        return
    with transaction.atomic():
        before = enter(actor)
        yield
        become(before)  # where something was raised instead, the savepoint's end takes it back


def as_worker() -> Any:
    """The service itself, from which nothing is hidden: jobs, the fan-out, commands. Also a decorator."""
    return as_actor(Actor.machine("worker"))


@contextmanager
def as_sender(submission_key: uuid.UUID) -> Iterator[None]:
    """Somebody without an account, who may make, and see that she has made, the one concern with this key."""
    if not is_walled():
        yield
        return
    with transaction.atomic():
        before = become(json.dumps({"key": str(submission_key)}))
        yield
        become(before)


@contextmanager
def beginning() -> Iterator[None]:
    """A request begins as nobody, as in life every transaction does.

    A test's connection begins as the worker, and a test may hold a transaction of its own around the request: it goes
    on as before afterwards. What that takes is no query of the product's.
    """
    if not getattr(settings, "IDENTITY_BEFORE", ""):
        yield
        return
    said = "SELECT alongside_become(%s)"
    before = connection.connection.execute(said, [""]).fetchone()[0]
    yield
    if not connection.needs_rollback:
        connection.connection.execute(said, [before])
