"""One story: what happened in a case, newest first, as far as the person who asks may see it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.register.calendar import day_month_year
from portal.ui.words import upper_first
from referrals import events, policy, protection
from referrals.events import Kind
from referrals.models import Case, Event, Note
from referrals.models.case import OUTCOMES
from referrals.models.note import Visibility
from referrals.models.restriction import DETAILS

PAGE = 25
NEWS_LIMIT = 200  # the oldest; a page that has missed more is told to reload

# Which drawing stands beside an entry; whatever is not here is simply something that happened.
DRAWN = {
    Kind.NOTE_ADDED: "note",
    Kind.MARKS_ADDED: "attendance",
    Kind.INVITED: "membership",
    Kind.JOINED: "membership",
    Kind.REFUSED: "membership",
    Kind.REMOVED: "membership",
    Kind.EXPIRED: "membership",
    Kind.ASSIGNED: "membership",
    Kind.ACCEPTED: "decision",
    Kind.CONCERN_ACCEPTED: "decision",
    Kind.OPENED: "decision",
    Kind.CLOSED: "decision",
    Kind.REOPENED: "decision",
}


@dataclass(frozen=True)
class Entry:
    """One event as a person reads it. `details`: (what, words). `readers`: who a note is for, if not everyone."""

    event: Event
    note: Note | None = None
    details: tuple[tuple[str, str], ...] = ()
    readers: str = ""

    @property
    def number(self) -> int:
        return self.event.pk

    @property
    def drawn(self) -> str:
        return DRAWN.get(Kind(self.event.kind), "event")

    @property
    def title(self) -> str:
        if self.note:
            return f"Note from {self.note.author.get_short_name()}"
        return self.sentence

    @property
    def sentence(self) -> str:
        return events.sentence(self.event)

    @property
    def what(self) -> str:
        """The sentence without who did it: "Added a note", "Invited Early Help"."""
        words = events.KINDS[Kind(self.event.kind)].sentence.removeprefix("{by} ")
        return upper_first(words.format(by="", agency=self.event.agency or "an agency"))

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.event.at)

    @property
    def about_another_day(self) -> datetime.date | None:
        """The day the note is about, where that is not the day it was written."""
        return self.note.occurred_on if self.note and self.note.occurred_on != self.day else None


@dataclass(frozen=True)
class Page:
    """`last` is the largest number the person has been given; `older` is where the next page goes on, if any."""

    entries: list[Entry]
    last: int = 0
    older: int | None = None

    @property
    def days(self) -> list[tuple[datetime.date, list[Entry]]]:
        days: dict[datetime.date, list[Entry]] = {}
        for entry in self.entries:
            days.setdefault(entry.day, []).append(entry)
        return list(days.items())


def page(actor: Actor, case: Case, *, before: int | None = None, limit: int = PAGE, with_readers: bool = True) -> Page:
    """The newest `limit` entries, or those before an event's number; `with_readers`: saying whom a note is for."""
    visible = policy.visible_to(actor, Event).filter(case=case).select_related("by", "by_agency", "agency")
    found = list((visible.filter(pk__lt=before) if before else visible).order_by("-pk")[: limit + 1])
    last = found[0].pk if found and not before else latest(actor, case)
    shown = found[:limit]
    entries = _entries(actor, case, shown, with_readers=with_readers)
    return Page(entries, last, shown[-1].pk if len(found) > limit else None)


@dataclass(frozen=True)
class News:
    """What is new after a number. `entries` newest first."""

    entries: list[Entry] = field(default_factory=list)
    last: int = 0

    @property
    def label(self) -> str:
        """ "Show 1 new note from Early Help", "Show 3 new notes", "Show 2 new updates"."""
        number = len(self.entries)
        thing = "note" if all(entry.note for entry in self.entries) else "update"
        agencies = {str(entry.event.by_agency) for entry in self.entries if entry.event.by_agency}
        whose = f" from {agencies.pop()}" if len(agencies) == 1 else ""
        return f"Show {number} new {thing}{'s' * (number != 1)}{whose}"


def news(actor: Actor, case: Case, *, after: int) -> News:
    """What happened after event `after` that the actor may see, NEWS_LIMIT at most: the oldest are told first."""
    visible = policy.visible_to(actor, Event).filter(case=case, pk__gt=after)
    found = list(visible.select_related("by", "by_agency", "agency").order_by("pk")[:NEWS_LIMIT])
    return News(_entries(actor, case, reversed(found)), found[-1].pk if found else after)


def latest(actor: Actor, case: Case) -> int:
    """The number of the newest event of the case that the actor may see; 0 for none."""
    visible = policy.visible_to(actor, Event).filter(case=case)
    return visible.order_by("-pk").values_list("pk", flat=True).first() or 0


def _entries(actor: Actor, case: Case, found: Iterable[Event], *, with_readers: bool = True) -> list[Entry]:
    """The events as entries, notes read through the notes' own rule. A note that cannot be read leaves no trace."""
    found = list(found)
    standing = protection.of_case(case)
    standing.hide_schools(*(agency for event in found for agency in (event.by_agency, event.agency)))
    wanted = [event.note_id for event in found if event.note_id]
    readable = policy.visible_to(actor, Note).filter(pk__in=wanted).select_related("author", "agency")
    if with_readers:
        readable = readable.prefetch_related("readers")
    notes = {note.pk: note for note in readable} if wanted else {}
    standing.hide_schools(*(note.agency for note in notes.values()))
    names = _names_of_leads(found)
    return [
        Entry(
            event,
            notes.get(event.note_id),
            details(event, names),
            _readers(notes.get(event.note_id)) if with_readers else "",
        )
        for event in found
        if event.note_id is None or event.note_id in notes
    ]


def _readers(note: Note | None) -> str:
    """Whose eyes a note is for, where it is not for everyone's on the case."""
    if note is None or note.visibility == Visibility.CASE:
        return ""
    if note.visibility == Visibility.AGENCY:
        return str(note.agency)
    others = sorted(reader.get_short_name() for reader in note.readers.all() if reader.pk != note.author_id)
    return ", ".join([note.author.get_short_name(), *others])


# The keys of an event's data that are numbers of people.
MENTIONS = {
    Kind.ASSIGNED: ("from", "to"),
    Kind.CONFLICT_DECLARED: ("person",),
    Kind.CONFLICT_LIFTED: ("person",),
}


def _names_of_leads(found: Iterable[Event]) -> dict[int, str]:
    """The names of whoever is mentioned: who led, who leads, whose conflict it is. No query where nobody is."""
    mentioned = {event.data.get(side) for event in found for side in MENTIONS.get(Kind(event.kind), ())} - {None}
    if not mentioned:
        return {}
    return {user.pk: user.get_short_name() for user in User.objects.filter(pk__in=mentioned)}


def details(event: Event, names: dict[int, str]) -> tuple[tuple[str, str], ...]:
    """What changed and why, as the event's data say it. `names`: of the people it mentions, by number."""
    said: dict[str, Any] = event.data
    told = {
        Kind.INVITED: (
            ("Why", said.get("purpose")),
            ("Until", _day(said.get("until"))),
            ("Reads", said.get("shared")),
        ),
        Kind.REFUSED: (("Why", said.get("reason")),),
        Kind.REMOVED: (("Why", said.get("reason")),),
        Kind.EXPIRED: (("Last day", _day(said.get("until"))),),
        Kind.ASSIGNED: (("From", names.get(said.get("from"), "Nobody")), ("To", names.get(said.get("to"), ""))),
        Kind.MARKS_ADDED: (("From", _day(said.get("first_day"))), ("To", _day(said.get("last_day")))),
        Kind.CLOSED: (("Outcome", OUTCOMES.get(said.get("outcome"))), ("What helped", said.get("what_helped"))),
        Kind.REOPENED: (("Why", said.get("reason")),),
        Kind.SHARED: (
            ("From", said.get("before")),
            ("To", said.get("after")),
            ("Why", said.get("purpose")),
            ("Until", _day(said.get("until"))),
        ),
        Kind.RESTRICTED: (
            ("What", ", ".join(DETAILS[each] for each in DETAILS if each in said.get("covers", ()))),
            ("Why", said.get("reason")),
        ),
        Kind.LIFT_ASKED: (("Why", said.get("reason")),),
        Kind.REVEALED: (("What", protection.label(said.get("detail", ""))), ("Why", said.get("reason"))),
        Kind.CONFLICT_DECLARED: (("Whose", names.get(said.get("person"))), ("Why", said.get("reason"))),
        Kind.CONFLICT_LIFTED: (("Whose", names.get(said.get("person"))),),
    }.get(Kind(event.kind), ())
    return tuple((what, words) for what, words in told if words)


def _day(text: str | None) -> str:
    return day_month_year(datetime.date.fromisoformat(text)) if text else ""
