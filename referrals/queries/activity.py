"""What was done in the whole county: who, as which agency, what, when, and its reference. Never content."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from referrals import policy, reference
from referrals.events import KINDS, Kind
from referrals.models import Case, Event
from referrals.models.note import Visibility
from referrals.workflow import Noun, Verb

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One event without anything that was written in it."""

    number: int
    at: datetime.datetime
    who: str
    agency: str
    kind: str
    reference: str
    about: str


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: int | None


def kinds() -> list[tuple[str, str]]:
    """(kind, its name in words) of everything that is recorded, for the filter."""
    return sorted(((kind.value, named(kind)) for kind in KINDS), key=lambda pair: pair[1])


def named(kind: str) -> str:
    """ "note_added" → "Note added"."""
    return kind.replace("_", " ").capitalize()


def page(actor: Actor, *, before: int | None = None, kind: str = "", about: str = "") -> Page:
    """Newest first, narrowed by `kind` and `about` (a reference as typed). May raise policy.Refused."""
    policy.require(actor, Verb.VIEW_ACTIVITY, Noun.COUNTY)
    found = Event.objects.select_related("by", "by_agency", "agency", "case", "referral", "concern")
    # The log says that something was done; what a note, a reason or an answer says is never read from the database.
    found = found.defer("data", "referral__answers", "concern__answers")
    # That a note for some people only exists is itself for those people only.
    found = found.filter(Q(note__isnull=True) | Q(note__visibility=Visibility.CASE))
    # What a school has not sent yet is the school's alone: not even that it exists is said here.
    found = found.exclude(referral__isnull=False, referral__submitted_at__isnull=True)
    if before:
        found = found.filter(pk__lt=before)
    if kind in KINDS:
        found = found.filter(kind=kind)
    if about:
        shown = reference.parse(about) or ""
        noun = {reference.CASE: "case", reference.REFERRAL: "referral", reference.CONCERN: "concern"}.get(shown[:1])
        found = found.filter(**{f"{noun}__reference": shown}) if noun else found.none()
    rows = list(found.order_by("-pk")[: PAGE + 1])
    return Page([_line(event) for event in rows[:PAGE]], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def _line(event: Event) -> Line:
    thing = event.case or event.referral or event.concern
    return Line(
        number=event.pk,
        at=event.at,
        who=event.by.get_short_name() if event.by else f"The service ({event.by_machine})",
        agency=str(event.by_agency or ""),
        kind=named(event.kind),
        reference=thing.reference if thing else "",
        about=str(event.agency or ""),
    )


def has_refused(actor: Actor, case_reference: str) -> bool:
    """Whether the last thing that happened between the case and the actor's agency is that this actor said no."""
    last = _between(case_reference, actor.agency)
    return last is not None and last.kind == Kind.REFUSED and last.by_id == actor.user.pk


def _between(case_reference: str, agency: Agency | None) -> Event | None:
    return Event.objects.filter(case__reference=case_reference, agency=agency).order_by("-pk").first()


def was_last_moved_by(actor: Actor, case: Case, verb: Verb) -> bool:
    """Whether the newest opening, closing or reopening of the case was `verb`, and by this actor."""
    moves = {Verb.OPEN: Kind.OPENED, Verb.CLOSE: Kind.CLOSED, Verb.REOPEN: Kind.REOPENED}
    last = Event.objects.filter(case=case, kind__in=moves.values()).order_by("-pk").first()
    return last is not None and last.kind == moves[verb] and last.by_id == actor.user.pk
