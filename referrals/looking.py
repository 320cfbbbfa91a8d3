"""WHO LOOKED: whatever shows a child's record, or a list of children, is put into the audit trail as it is shown.

It is not left to each page to remember. The workspace's gate and the API's operations know what they found for whom,
and call `shown` and `listed` once the answer is ready; a refusal is written by the front door (portal/errors.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from portal.accounts.actor import Actor
from portal.audit import trail

from . import policy
from .models import Case, Referral

# The pages, by the name of their route, that show several children at once.
LISTS = frozenset({"home", "cases", "referrals", "intake"})


def shown(actor: Actor, things: Iterable[Any], *, channel: str = "page") -> None:
    """One row for each thing that an answer shows, with the ties that let her in."""
    for thing in things:
        if not hasattr(thing, "through"):
            policy.allowed(actor, thing)  # says through what she came
        trail.write(
            "view",
            by=actor,
            thing=thing,
            rule=" ".join(getattr(thing, "through", ())),
            about=child_of(thing),
            flag=flag(actor, thing),
            channel=channel,
        )


def listed(actor: Actor, what: str, *, channel: str = "page") -> None:
    trail.write("list", by=actor, reference=what, channel=channel)


def child_of(thing: Any) -> uuid.UUID | None:
    return getattr(thing, "child_id", None)


def flag(actor: Actor, thing: Any) -> str:
    """What is noticed: that the child has the surname of whoever looks (never the name, and only where the child is at
    hand anyway)."""
    if isinstance(thing, Referral) and thing.submitted_at is None:
        return trail.KEPT  # what a school has not sent yet is the school's alone
    child = thing._state.fields_cache.get("child") if isinstance(thing, Case) else None
    if actor.user is None or child is None:  # who is only asked to join is not given the child
        return ""
    own = actor.user.name.split()[-1:]
    return trail.OWN_SURNAME if own and own[0].casefold() == child.last_name.strip().casefold() else ""
