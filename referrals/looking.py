"""WHO LOOKED: whatever shows a child's record, or a list of children, is put into the audit trail as it is shown.

It is not left to each page to remember. The workspace's gate and the API's operations know what they found for whom,
and call `shown`, `matched` and `listed` once the answer is ready; a refusal is written by the front door
(portal/errors.py). What somebody typed to find something is never written.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.audit import trail

from . import policy
from .models import Case, Concern, Referral

# The pages, by the name of their route, that show several children at once, or several people and what they did.
LISTS = frozenset(
    {
        *("home", "cases", "referrals", "intake", "inbox", "break-glass", "break-glass-reviews", "audit-prompts"),
        *("people", "people-leavers", "people-confirm"),
    }
)
SEARCHED = {"people": ("words", "agency")}  # a list that was narrowed by any of these was searched
PRINTED = frozenset({"case-print"})


def shown(actor: Actor, things: Iterable[Any], *, action: str = "view", channel: str = "page") -> None:
    """One row for each thing that an answer shows, with the ties that let her in."""
    for thing in things:
        if not hasattr(thing, "through"):
            policy.allowed(actor, thing)  # says through what she came
        trail.write(
            action,
            by=actor,
            thing=thing,
            rule=" ".join(getattr(thing, "through", ())),
            about=child_of(thing),
            flag=flag(actor, thing),
            channel=channel,
        )


def matched(actor: Actor, cases: Iterable[Case]) -> None:
    """One row for each child whose name, birthday and school were shown beside what arrived."""
    for case in cases:
        trail.write("view", by=actor, thing=case, rule="matched", about=case.child_id, flag=flag(actor, case))


def named(actor: Actor, noun: str, reference: Any, *, about: Any = None) -> None:
    """A page about somebody who works here, or about what she did."""
    trail.write("view", by=actor, noun=noun, reference=str(reference), about=about)


def listed(actor: Actor, what: str, *, action: str = "list", channel: str = "page") -> None:
    trail.write(action, by=actor, reference=what, channel=channel)


def child_of(thing: Any) -> uuid.UUID | None:
    """The child it is about, also where whoever looks at what arrived does not see the case that came of it."""
    if not isinstance(thing, Concern | Referral):
        return getattr(thing, "child_id", None)
    if thing.case_id is None:
        return None
    with identity.as_worker():
        return Case.objects.values_list("child_id", flat=True).get(pk=thing.case_id)


def flag(actor: Actor, thing: Any) -> str:
    """What is noticed: that the child has the surname of whoever looks (never the name, and only as far as the page
    shows it)."""
    if isinstance(thing, Referral) and thing.submitted_at is None:
        return trail.KEPT  # what a school has not sent yet is the school's alone
    theirs = _surname(thing).strip().casefold()
    own = actor.user.name.split()[-1:] if actor.user is not None else []
    return trail.OWN_SURNAME if theirs and own and own[0].casefold() == theirs else ""


def _surname(thing: Any) -> str:
    if isinstance(thing, Concern | Referral):
        return thing.child_last_name
    child = thing._state.fields_cache.get("child") if isinstance(thing, Case) else None
    return child.last_name if child else ""  # who is only asked to join is not given the child
