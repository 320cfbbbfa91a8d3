"""THE TRAIL: `write` puts down that something was done, in the transaction it is done in.

If the row cannot be written, what was done is not done either. One statement a call: on PostgreSQL the function
`audit_append`, which runs as the role that owns the tables, so that the product's own role can add a row and nothing
else; on SQLite one INSERT, and a trigger that moves the head on (migrations/0001).
"""

from __future__ import annotations

import datetime
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone

from . import chain


class Who(Protocol):
    """What the trail needs to know of whoever did it; `portal.accounts.actor.Actor` is one."""

    @property
    def membership(self) -> Any: ...
    @property
    def user(self) -> Any: ...
    @property
    def agency(self) -> Any: ...
    @property
    def name(self) -> str: ...


# view · list · search · export · print · reveal · refused · sign_in · sign_in_failed · sign_out · permission ·
# break_glass · change (its rule is the event's kind) · review (of a prompt)
ACTIONS = frozenset(
    {
        "view",
        "list",
        "search",
        "export",
        "print",
        "reveal",
        "refused",
        "sign_in",
        "sign_in_failed",
        "sign_out",
        "permission",
        "break_glass",
        "change",
        "review",
    }
)
TAKEN_OUT = ("export", "print")
OWN_SURNAME = "own_surname"
LEAVING = "leaving"  # her membership has a last day
KEPT = "kept"  # in the chain like all others, and on no screen: that it is there is for some people only
ALLOWED, REFUSED = "allowed", "refused"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)

TO_POSTGRES = f"SELECT audit_append({', '.join(['%s'] * 14)})"


def write(
    action: str,
    *,
    by: Who | None,
    noun: str = "",
    reference: str = "",
    thing: Any = None,
    decision: str = ALLOWED,
    rule: str = "",
    why: str = "",
    channel: str = "page",
    about: Any = None,
    flag: str = "",
    user: Any = None,
) -> None:
    """One row, now, in the caller's transaction.

    `thing`: what it was done to; its noun and reference are then taken from it. `about`: the child, or its identifier.
    `why`: the reason the person gave, never what she wrote for others to read; cut at 500 characters. `user`: the
    person, where she is known and acts as no membership (while she signs in). Raises ValueError for an action that is
    not one of ACTIONS.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is not an action of the trail: {', '.join(sorted(ACTIONS))}")
    if thing is not None:
        noun = noun or str(getattr(thing, "NOUN", thing._meta.model_name))
        reference = reference or str(getattr(thing, "reference", None) or thing.pk)
    person = (by.user if by else None) or user
    if not flag and action in TAKEN_OUT and by and by.membership and by.membership.until:
        flag = LEAVING
    columns = (
        (timezone.now() - EPOCH) // MICROSECOND,
        action,
        person.pk if person is not None else None,
        by.membership.pk if by and by.membership else None,
        by.agency.pk if by and by.agency else None,
        "" if person is not None or by is None else by.name,
        str(noun),
        reference[:80],
        str(getattr(about, "pk", about) or "")[:80],
        decision,
        rule[:80],
        why.strip()[:500],
        channel,
        flag,
    )
    row = tuple(map(chain.clean, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(TO_POSTGRES, row)
        else:
            chain.append_on_sqlite(cursor, row)
