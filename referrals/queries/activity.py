"""What was last done to a case, for a screen that is asked for twice."""

from __future__ import annotations

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from referrals.events import Kind
from referrals.models import Case, Event
from referrals.workflow import Verb


@identity.as_worker()
def has_refused(actor: Actor, case_reference: str) -> bool:
    """Whether the last thing that happened between the case and the actor's agency is that this actor said no.

    Asked past the second wall: who has said no reads nothing of the case any more, and is only told what she did.
    """
    last = _between(case_reference, actor.agency)
    return last is not None and last.kind == Kind.REFUSED and last.by_id == actor.user.pk


def _between(case_reference: str, agency: Agency | None) -> Event | None:
    return Event.objects.filter(case__reference=case_reference, agency=agency).order_by("-pk").first()


def was_last_moved_by(actor: Actor, case: Case, verb: Verb) -> bool:
    """Whether the newest opening, closing or reopening of the case was `verb`, and by this actor."""
    moves = {Verb.OPEN: Kind.OPENED, Verb.CLOSE: Kind.CLOSED, Verb.REOPEN: Kind.REOPENED}
    last = Event.objects.filter(case=case, kind__in=moves.values()).order_by("-pk").first()
    return last is not None and last.kind == moves[verb] and last.by_id == actor.user.pk
