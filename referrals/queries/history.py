"""Who changed what in a case, when, from what to what, and why: the timeline without the words of its notes."""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.models import Case

from . import timeline

PAGE = 50


def page(actor: Actor, case: Case, *, before: int | None = None) -> timeline.Page:
    """Only what the actor may see; 50 a page, going on before an event's number."""
    return timeline.page(actor, case, before=before, limit=PAGE)
