"""What happens is recorded once: the kinds of event, and `record()`.

A kind knows its sentence, who is told and how, and how to forget. An action that records nothing is an error
(`actions/_change.py`); a kind that is not in KINDS cannot be recorded. docs/events.md is generated from this module.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.audit import trail

from .models import Event
from .models.note import Visibility
from .workflow import Noun, Verb


class Kind(StrEnum):
    RAISED = "raised"
    REVIEWED = "reviewed"
    CONTACTED = "contacted"
    CONCERN_ACCEPTED = "concern_accepted"
    CONCERN_DECLINED = "concern_declined"
    STARTED = "started"
    EDITED = "edited"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OPENED = "opened"
    INVITED = "invited"
    JOINED = "joined"
    REFUSED = "refused"
    REMOVED = "removed"
    EXPIRED = "expired"
    ASSIGNED = "assigned"
    NOTE_ADDED = "note_added"
    MARKS_ADDED = "marks_added"
    CLOSED = "closed"
    REOPENED = "reopened"
    SHARED = "shared"
    RESTRICTED = "restricted"
    LIFT_ASKED = "lift_asked"
    LIFTED = "lifted"
    REVEALED = "revealed"
    CONFLICT_DECLARED = "conflict_declared"
    CONFLICT_LIFTED = "conflict_lifted"
    REFERRAL_CONFLICT_DECLARED = "referral_conflict_declared"
    REFERRAL_CONFLICT_LIFTED = "referral_conflict_lifted"
    CONCERN_CONFLICT_DECLARED = "concern_conflict_declared"
    CONCERN_CONFLICT_LIFTED = "concern_conflict_lifted"
    GLASS_BROKEN = "glass_broken"
    GLASS_ENDED = "glass_ended"
    GLASS_REVIEWED = "glass_reviewed"


class Told(StrEnum):
    """Circles of people, each cut to those who may see the event at the moment they are told."""

    DUTY = "duty"  # the attendance team's duty officers and managers
    MANAGERS = "managers"  # the attendance team's managers
    LEAD = "lead"  # whoever leads the case
    SCHOOL = "school"  # the school that referred
    PARTNERS = "partners"  # the agencies that take part in the case
    ABOUT = "about"  # the agency the event is about: invited, removed


@dataclass(frozen=True)
class KindSpec:
    """`sentence` is filled with {by} and {agency}. `email` is the second half of the subject, or "" for no email.

    `inbox` and `email_to` name circles; the live doorbell goes to everybody who may see the event, minus who did it.
    `forgets`: keys of `data` that retention and erasure blank. `kept`: only the attendance team may know of it.
    """

    noun: Noun
    verb: Verb
    sentence: str
    inbox: tuple[Told, ...] = ()
    email: str = ""
    email_to: tuple[Told, ...] = ()
    forgets: tuple[str, ...] = ()
    kept: bool = False


def _conflict(noun: Noun, verb: Verb, sentence: str) -> KindSpec:
    """Whose conflict it is, and with whom, is told to nobody outside the attendance team."""
    return KindSpec(noun, verb, sentence, (Told.LEAD,), forgets=("reason",), kept=True)


DECLARED_IT = "{by} recorded a conflict of interest"
LIFTED_IT = "{by} ended a conflict of interest"

KINDS: dict[Kind, KindSpec] = {
    Kind.RAISED: KindSpec(
        Noun.CONCERN, Verb.RAISE, "A concern was raised", (Told.DUTY,), "a new concern", (Told.DUTY,)
    ),
    Kind.REVIEWED: KindSpec(Noun.CONCERN, Verb.REVIEW, "{by} started to look at it"),
    Kind.CONTACTED: KindSpec(Noun.CONCERN, Verb.CONTACT, "{by} made contact", forgets=("outcome_note",)),
    Kind.CONCERN_ACCEPTED: KindSpec(Noun.CONCERN, Verb.ACCEPT, "{by} accepted the concern", (Told.LEAD,)),
    Kind.CONCERN_DECLINED: KindSpec(
        Noun.CONCERN, Verb.DECLINE, "{by} closed the concern", forgets=("reason", "advice")
    ),
    Kind.STARTED: KindSpec(Noun.REFERRAL, Verb.START, "{by} started a referral"),
    Kind.EDITED: KindSpec(Noun.REFERRAL, Verb.EDIT, "{by} changed an answer"),
    Kind.SUBMITTED: KindSpec(
        Noun.REFERRAL,
        Verb.SUBMIT,
        "{by} sent the referral",
        (Told.DUTY, Told.SCHOOL),
        "a referral to look at",
        (Told.DUTY,),
    ),
    Kind.WITHDRAWN: KindSpec(
        Noun.REFERRAL, Verb.WITHDRAW, "{by} withdrew the referral", (Told.DUTY,), forgets=("reason",)
    ),
    Kind.RETURNED: KindSpec(
        Noun.REFERRAL,
        Verb.RETURN,
        "{by} asked for more information",
        (Told.SCHOOL,),
        "more information needed",
        (Told.SCHOOL,),
        ("items", "note"),
    ),
    Kind.ACCEPTED: KindSpec(
        Noun.REFERRAL, Verb.ACCEPT, "{by} accepted the referral", (Told.SCHOOL, Told.LEAD), "decision", (Told.SCHOOL,)
    ),
    Kind.DECLINED: KindSpec(
        Noun.REFERRAL,
        Verb.DECLINE,
        "{by} declined the referral",
        (Told.SCHOOL,),
        "decision",
        (Told.SCHOOL,),
        ("reason", "advice"),
    ),
    Kind.OPENED: KindSpec(
        Noun.CASE, Verb.OPEN, "{by} opened the case", (Told.LEAD,), "you lead this case", (Told.LEAD,)
    ),
    Kind.INVITED: KindSpec(
        Noun.CASE,
        Verb.INVITE,
        "{by} invited {agency}",
        (Told.ABOUT,),
        "you have been asked to join a case",
        (Told.ABOUT,),
        ("purpose",),
    ),
    Kind.JOINED: KindSpec(Noun.CASE, Verb.JOIN, "{by} joined", (Told.LEAD,)),
    Kind.REFUSED: KindSpec(Noun.CASE, Verb.REFUSE, "{agency} will not take part", (Told.LEAD,), forgets=("reason",)),
    Kind.REMOVED: KindSpec(Noun.CASE, Verb.REMOVE, "{by} ended the part of {agency}", forgets=("reason",)),
    Kind.EXPIRED: KindSpec(Noun.CASE, Verb.EXPIRE, "The part of {agency} ended on its last day", (Told.LEAD,)),
    Kind.ASSIGNED: KindSpec(
        Noun.CASE, Verb.ASSIGN, "{by} changed who leads the case", (Told.LEAD,), "you lead this case", (Told.LEAD,)
    ),
    Kind.NOTE_ADDED: KindSpec(
        Noun.CASE, Verb.ADD_NOTE, "{by} added a note", (Told.LEAD, Told.PARTNERS), "a new note", (Told.LEAD,)
    ),
    Kind.MARKS_ADDED: KindSpec(Noun.CASE, Verb.ADD_MARKS, "{by} added attendance marks", (Told.LEAD,)),
    Kind.CLOSED: KindSpec(
        Noun.CASE,
        Verb.CLOSE,
        "{by} closed the case",
        (Told.LEAD, Told.PARTNERS),
        "closed",
        (Told.PARTNERS,),
        ("what_helped",),
    ),
    Kind.REOPENED: KindSpec(
        Noun.CASE, Verb.REOPEN, "{by} reopened the case", (Told.LEAD, Told.PARTNERS), forgets=("reason",)
    ),
    Kind.SHARED: KindSpec(
        Noun.CASE, Verb.SHARE, "{by} changed what {agency} can read", (Told.ABOUT,), forgets=("purpose",)
    ),
    Kind.RESTRICTED: KindSpec(
        Noun.CASE, Verb.RESTRICT, "{by} set a restriction", (Told.LEAD,), forgets=("reason",), kept=True
    ),
    Kind.LIFT_ASKED: KindSpec(
        Noun.CASE,
        Verb.ASK_TO_LIFT,
        "{by} asked that a restriction ends",
        (Told.LEAD,),
        forgets=("reason",),
        kept=True,
    ),
    Kind.LIFTED: KindSpec(Noun.CASE, Verb.LIFT, "{by} ended a restriction", (Told.LEAD,), kept=True),
    Kind.REVEALED: KindSpec(
        Noun.CASE, Verb.REVEAL, "{by} read a protected detail", (Told.LEAD,), forgets=("reason",), kept=True
    ),
    Kind.CONFLICT_DECLARED: _conflict(Noun.CASE, Verb.DECLARE_CONFLICT, DECLARED_IT),
    Kind.CONFLICT_LIFTED: _conflict(Noun.CASE, Verb.LIFT_CONFLICT, LIFTED_IT),
    Kind.REFERRAL_CONFLICT_DECLARED: _conflict(Noun.REFERRAL, Verb.DECLARE_CONFLICT, DECLARED_IT),
    Kind.REFERRAL_CONFLICT_LIFTED: _conflict(Noun.REFERRAL, Verb.LIFT_CONFLICT, LIFTED_IT),
    Kind.CONCERN_CONFLICT_DECLARED: _conflict(Noun.CONCERN, Verb.DECLARE_CONFLICT, DECLARED_IT),
    Kind.CONCERN_CONFLICT_LIFTED: _conflict(Noun.CONCERN, Verb.LIFT_CONFLICT, LIFTED_IT),
    Kind.GLASS_BROKEN: KindSpec(
        Noun.CASE,
        Verb.BREAK_GLASS,
        "{by} opened the case in an emergency",
        (Told.MANAGERS, Told.LEAD),
        "emergency access to look at",
        (Told.MANAGERS, Told.LEAD),
    ),
    Kind.GLASS_ENDED: KindSpec(
        Noun.CASE, Verb.END_BREAK_GLASS, "The emergency access of {agency} ended", (Told.MANAGERS,)
    ),
    Kind.GLASS_REVIEWED: KindSpec(Noun.CASE, Verb.REVIEW_BREAK_GLASS, "{by} reviewed the emergency access of {agency}"),
}


def kind_of(noun: Noun, verb: Verb) -> Kind:
    """The kind that `verb` on `noun` records."""
    return next(kind for kind, spec in KINDS.items() if spec.noun is noun and spec.verb is verb)


def record(kind: Kind, *, by: Actor, **about: Any) -> Event:
    """One row, now, in the caller's transaction; the fan-out is nudged when it commits.

    `about`: concern=, referral=, case=, note=, agency= and data= (a dict of codes, dates and sentences; no note text).
    """
    case, thing = about.get("case"), about.get("case") or about.get("referral") or about.get("concern")
    trail.write(
        "change",
        by=by,
        thing=thing,
        rule=kind,
        about=case.child_id if case is not None else None,
        channel="action",
        flag=_kept(**about),
    )
    kept = KINDS[kind].kept
    # Behind the second wall nobody adds a row that she may not read: then the service writes it down for her. So it is
    # with what is kept, and with what a partner does to a case whose story may not be shared with her agency.
    partners = case is not None and about.get("note") is None and not by.is_la
    with identity.as_worker() if kept or partners else nullcontext():
        event = Event.objects.create(
            kind=kind,
            by=by.user,
            by_agency=by.agency,
            by_machine="" if by.user else by.name,
            kept=kept,
            **{"data": {}, **about},
        )
    transaction.on_commit(lambda: _announce(event.pk))
    return event


def _kept(note: Any = None, referral: Any = None, **rest: Any) -> str:
    """That a note is for some people only, or a referral not sent yet, is not for those who read the trail."""
    hidden = (note is not None and note.visibility != Visibility.CASE) or (
        referral is not None and referral.submitted_at is None
    )
    return trail.KEPT if hidden else ""


# Who wants to be nudged when an event has been committed. A nudge may be lost (the process may die): whoever is told
# must also sweep `fanned_out_at IS NULL`.
_listeners: list[Callable[[int], None]] = []


def announce_to(listener: Callable[[int], None]) -> None:
    if listener not in _listeners:
        _listeners.append(listener)


def _announce(number: int) -> None:
    for listener in _listeners:
        listener(number)


def sentence(event: Event) -> str:
    """What happened, in a sentence with who did it. Needs by, by_agency and agency loaded."""
    if event.by:
        by = f"{event.by.get_short_name()} ({event.by_agency})" if event.by_agency else event.by.get_short_name()
    else:
        by = "The service"
    return KINDS[Kind(event.kind)].sentence.format(by=by, agency=event.agency or "an agency")


def redact(event: Event) -> dict[str, Any]:
    """The event's data with what its kind must forget taken out (shape kept, so that replay still works)."""
    forgets = KINDS[Kind(event.kind)].forgets
    return {key: ("" if key in forgets else value) for key, value in event.data.items()}
