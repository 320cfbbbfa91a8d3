"""The county many times over, for measuring: copies of its true histories, about other children.

A copy is made of whole histories, event by event, so whatever is true of the originals (replaying the events gives
the stage, a grant carries its case's last activity, guardian agrees with the policy) is true of it. What changes: every
name, UPN and reference; the schools of one phase trade places, with their staff; and the hour. Nobody is told.
"""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from django.contrib.auth.models import Group
from django.db import models

from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind
from portal.demo import names
from referrals import reference
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
    Marks,
    Note,
    Referral,
    Restriction,
    Told,
)

BATCH = 1_000
EARLIER = 100  # minutes by which a copy may have happened before its original
READERS = Note.readers.through
# In the order in which one points to another; events come last, of all copies together, in order of time.
COPIED = (
    *(Child, Carer, Care, Marks, Case, Concern, Referral, Told, Grant, Note, READERS),
    *(Restriction, ConflictOfInterest, BreakGlass),
)
LETTERS = {Concern: reference.CONCERN, Referral: reference.REFERRAL, Case: reference.CASE}
_WORD = re.compile(r"\b[A-Z](?:[^\W\d_]+|\d{12})\b")  # what may be a name, or a UPN


def multiply(scale: int, *, seed: int, number: Iterator[int], say: Callable[[str], None]) -> None:
    """Add `scale` - 1 copies of all casework there is. `number`: numbers of references that nothing has yet."""
    originals = _Originals()
    rng = Random(f"copies {seed}")
    told: list[tuple[datetime.datetime, int, Event, _Copy]] = []
    for place in range(1, scale):
        copy = _Copy(originals, place, rng, number)
        copy.save()
        told += [(event.at - copy.earlier, event.pk, event, copy) for event in originals.events]
        if place % 10 == 9 or place == scale - 1:
            say(f"  {place + 1} of {scale} counties")
    say(f"  {len(told):,} events")
    told.sort(key=lambda one: one[:2])
    for start in range(0, len(told), BATCH):
        Event.objects.bulk_create([copy.like(event) for _, _, event, copy in told[start : start + BATCH]])


class _Originals:
    """Everything there is to copy, read once."""

    def __init__(self) -> None:
        self.rows = {model: list(_all(model).order_by("pk")) for model in COPIED}
        self.rows[Child].sort(key=lambda child: child.upn[1:])
        self.events = list(Event.objects.order_by("pk"))
        self.schools = list(Agency.objects.filter(kind=AgencyKind.SCHOOL).order_by("urn"))
        self.staff: dict[int, dict[str, User]] = {school.pk: {} for school in self.schools}
        for held in Membership.objects.filter(agency__in=self.schools).select_related("user").order_by("pk"):
            self.staff[held.agency_id][held.role] = held.user


class _Copy:
    """One more county: `ids` says what each original row is in it."""

    def __init__(self, originals: _Originals, place: int, rng: Random, number: Iterator[int]) -> None:
        self.originals, self.rng, self.number = originals, rng, number
        self.earlier = datetime.timedelta(minutes=rng.randrange(1, EARLIER))
        self.ids: dict[type[models.Model], dict[Any, Any]] = {Agency: {}, Group: {}, User: {}}
        self.words: dict[str, str] = {}
        self._trade_places(place)
        self._rename(place)

    def save(self) -> None:
        for model in COPIED:
            old = self.originals.rows[model]
            new = [self.like(row) for row in old]
            with _stamped_by_hand(model):
                _all(model).bulk_create(new, batch_size=BATCH)
            self.ids[model] = {before.pk: after.pk for before, after in zip(old, new, strict=True)}

    def like(self, old: Any) -> Any:
        """An unsaved row like `old`, in this county."""
        model = type(old)
        new = {field.attname: self._value(model, field, getattr(old, field.attname)) for field in _copied_fields(model)}
        if model is Child:
            new["id"] = self._uuid()
        return model(**new)

    def _value(self, model: type[models.Model], field: Any, value: Any) -> Any:
        if field.name == "reference":
            return reference.from_number(LETTERS[model], next(self.number))
        if field.name == "submission_key":
            return self._uuid()
        if value is None:
            return None
        if field.is_relation:
            return self.ids.get(field.related_model, {}).get(value, value)
        if isinstance(field, models.DateTimeField):
            return value - self.earlier
        if isinstance(field, models.JSONField):
            return self._retold(value)
        if isinstance(value, str):
            return self._reworded(value)
        return value

    def _retold(self, said: Any) -> Any:
        if not said:
            return said
        said = json.loads(self._reworded(json.dumps(said, ensure_ascii=False)))
        if isinstance(said, dict) and str(said.get("school_id", "")).isdecimal():
            said["school_id"] = str(self.ids[Agency][int(said["school_id"])])
        return said

    def _reworded(self, text: str) -> str:
        return _WORD.sub(lambda found: self.words.get(found[0], found[0]), text)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def _trade_places(self, place: int) -> None:
        """Each school's part is played by another of its phase, each person's by whoever holds the post there."""
        by_phase: dict[str, list[Agency]] = {}
        for school in self.originals.schools:
            by_phase.setdefault(school.phase, []).append(school)
        for schools in by_phase.values():
            for number, school in enumerate(schools):
                other = schools[(number + place) % len(schools)]
                self.ids[Agency][school.pk] = other.pk
                self.ids[Group][school.group_id] = other.group_id
                for role, person in self.originals.staff[school.pk].items():
                    counterpart = self.originals.staff[other.pk].get(role)
                    if counterpart is None:  # one school alone has a safeguarding lead of her own
                        continue
                    self.ids[User][person.pk] = counterpart.pk
                    self.words |= dict(zip(person.name.split(), counterpart.name.split(), strict=True))

    def _rename(self, place: int) -> None:
        for all_names in (names.GIRLS, names.BOYS, names.LAST, names.WOMEN, names.MEN):
            self.words |= dict(zip(all_names, self.rng.sample(all_names, k=len(all_names)), strict=True))
        children = self.originals.rows[Child]
        for number, child in enumerate(children):
            self.words[child.upn] = names.upn(place * len(children) + number)


def _all(model: type[models.Model]) -> Any:
    return Grant.everything if model is Grant else model._default_manager


def _copied_fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@contextmanager
def _stamped_by_hand(model: type[models.Model]) -> Iterator[None]:
    """Let a bulk insert keep the moments it is given, also where the field would set its own."""
    own: Iterable[Any] = [
        f for f in model._meta.concrete_fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)
    ]
    flags = [(field, field.auto_now, field.auto_now_add) for field in own]
    for field in own:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, auto_now, auto_now_add in flags:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
