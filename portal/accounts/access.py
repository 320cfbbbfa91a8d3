"""Every view, API operation, consumer and command says by which rule it lets anybody in.

The declaration is read by tests/laws, which fails on a route that says nothing, and by docs/permissions.md. It is not
the check itself: that is the policy, asked by every query and action. `says` is one of

    "everyone"              without an account
    "signed in"             anybody with an account
    "editors"               people who may open Wagtail
    "<noun>.<verb>" ...     a row, or several, of referrals.policy.RULES
    "operator"              somebody with a shell on the server (commands)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Declared = TypeVar("Declared", bound=Callable)


def declares(*says: str) -> Callable[[Declared], Declared]:
    """Attach the rule(s) to a view, a view class, a consumer or a command class, as `.rule` (a tuple)."""

    def mark(thing: Declared) -> Declared:
        thing.rule = says  # type: ignore[attr-defined]
        return thing

    return mark
