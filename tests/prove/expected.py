"""table.py asked about the rows of a county: what somebody may do with a thing, and whether she may read a word."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import models

from referrals.models import (
    BreakGlass,
    Care,
    Carer,
    Case,
    Child,
    Concern,
    ConflictOfInterest,
    Event,
    Grant,
    IdempotencyKey,
    Note,
    Referral,
    Restriction,
    Told,
)

from . import table
from .county import County, Place, tokens
from .table import Person


class Expected:
    """Answers by hand. It reads of the database only which rows belong together (an event's case, a child's cases)."""

    def __init__(self, county: County) -> None:
        self.county = county
        self._reads: dict[tuple[str, Place], bool] = {}
        self._on: dict[tuple[str, type, Any], set[str]] = {}

    # --- may she do it? ---

    def on(self, person: Person, thing: Any) -> set[str]:
        key = (person.name, type(thing), thing.pk)
        if key not in self._on:
            self._on[key] = self._asked(person, thing)
        return self._on[key]

    def _asked(self, person: Person, thing: Any) -> set[str]:
        if isinstance(thing, Event):
            return {"view"} if self.knows(person, thing) else set()
        name = self.county.name_of(thing)
        if isinstance(thing, Note):
            note = self.county.notes[name]
            return table.on_note(person, note, self.county.cases[note.case])
        if isinstance(thing, Case):
            return table.on_case(person, self.county.cases[name])
        if isinstance(thing, Referral):
            return table.on_referral(person, self.county.referrals[name])
        return table.on_concern(person, self.county.concerns[name])

    def knows(self, person: Person, event: Event) -> bool:
        """May know of an event: may see what it is about. What a conflict keeps from her is kept in events too."""
        if person.kind in {"nobody", "the service"} or (event.kept and person.kind not in table.TEAM):
            return False
        about = [thing for thing in (event.case, event.referral, event.concern) if thing is not None]
        if event.note_id:
            return "view" in self.on(person, event.note)
        return any(
            self.reads_story(person, thing, event.at) if isinstance(thing, Case) else "view" in self.on(person, thing)
            for thing in about
        )

    def reads_story(self, person: Person, case: Case, at: Any) -> bool:
        facts = self.county.cases[self.county.name_of(case)]
        return table.reads_story(person, facts, old=at < self.county.let_in_from)

    def called(self, thing: Any) -> str:
        if isinstance(thing, Event):
            about = thing.case or thing.referral or thing.concern
            return f"{thing.kind} of {self.county.name_of(about)}"
        return self.county.name_of(thing)

    # --- may she read it? ---

    @cached_property
    def tokens(self) -> dict[str, set[Place]]:
        return tokens()

    def may_read(self, person: Person, token: str) -> bool:
        """True too of a word that is no token of ours."""
        return token not in self.tokens or any(self._may_read(person, place) for place in self.tokens[token])

    def where(self, token: str) -> str:
        """The fields a token stands in, for whoever looks for the leak."""
        return ", ".join(sorted(f"{place.model.__name__}.{place.field} {place.pk}" for place in self.tokens[token]))

    def _may_read(self, person: Person, place: Place) -> bool:
        key = (person.name, place)
        if key not in self._reads:
            self._reads[key] = self._reads_it(person, place, self._row(place))
        return self._reads[key]

    def _row(self, place: Place) -> models.Model:
        manager = getattr(place.model, "everything", None) or place.model._default_manager
        return manager.get(pk=place.pk)

    def _reads_it(self, person: Person, place: Place, row: Any) -> bool:
        if place.model in {Concern, Referral, Note}:
            return "view" in self.on(person, row)
        if place.model is Case:
            return "view" in self.on(person, row)
        if place.model is Event:
            return self._reads_event(person, row)
        if place.model is Grant:  # what for: whoever is on the case, and the agency that is asked
            may = self.on(person, row.content_object)
            return "view" in may or ("join" in may and row.group.agency.name == person.agency)
        if place.model is Told:
            return "view_told" in self.on(person, row.case)
        if place.model is Child:
            verb = "view_upn" if place.field == "upn" else "view"
            return self._on_a_case_of(person, row, verb)
        if place.model is Care:
            return self._on_a_case_of(person, row.child, "view_people")
        if place.model is Carer:
            return self._reads_carer(person, place, row)
        if place.model is Restriction:
            return self._on_a_case_of(person, row.child, "restrict")
        if place.model is BreakGlass:
            return person.works and person.kind in {"manager", "dpo"}
        if place.model is ConflictOfInterest:
            return person.kind == "manager" and person.works and self._sees_what(person, row)
        if place.model is IdempotencyKey:
            return self.county.users.get(person.name) == row.user
        raise LookupError(place)

    def _reads_event(self, person: Person, event: Event) -> bool:
        """What was said with a decision on a referral or a concern is for whoever reads that; with one on a case, for
        whoever reads its story. An invitation's purpose is for the agency too that is asked."""
        if event.referral_id or event.concern_id:
            return "view" in self.on(person, event.referral or event.concern)
        asked = event.kind == "invited" and "join" in self.on(person, event.case)
        return self.knows(person, event) or (asked and event.agency.name == person.agency)

    def _reads_carer(self, person: Person, place: Place, carer: Carer) -> bool:
        """The people around the child; how to reach them, unless it is protected: then nobody till it is revealed."""
        if place.field in {"name", "language"}:
            return any(self._on_a_case_of(person, child, "view_people") for child in carer.children.all())
        protected = Restriction.objects.filter(protects=carer, lifted_at__isnull=True).exists()
        return not protected and any(self._on_a_case_of(person, c, "view_contact") for c in carer.children.all())

    def _on_a_case_of(self, person: Person, child: Child, verb: str) -> bool:
        return any(verb in self.on(person, case) for case in child.cases.all())

    def _sees_what(self, person: Person, conflict: ConflictOfInterest) -> bool:
        about = [conflict.referral, conflict.concern, *(conflict.child.cases.all() if conflict.child else ())]
        return any(thing is not None and "view" in self.on(person, thing) for thing in about)
