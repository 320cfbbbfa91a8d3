"""Is this a child we know? By UPN, or by name and date of birth; always with the reason, never decided for anybody."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch, Q

from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from referrals import policy, protection
from referrals.likeness import Arrived, folded, like, why_same
from referrals.models import Case, Child, Concern, Grant, Referral
from referrals.workflow import Stage

SHOWN = 10


@dataclass(frozen=True)
class Known:
    """A child on a case the actor may see. `case` is the open one, else the newest; `why` says what is the same.

    `is_protected`: the case came from a concern, and the person did not say that the school may know.
    `has_school`: the school that referred takes part in the case already, or is invited to it.
    `is_restricted`: somebody must not learn something about this child. `school`: the child's, masked where that is it.
    """

    child: Child
    case: Case
    why: str
    is_protected: bool = False
    has_school: bool = False
    is_restricted: bool = False
    school: str = ""

    @property
    def is_open(self) -> bool:
        return self.case.stage == Stage.OPEN


@dataclass(frozen=True)
class Told:
    """Another concern or referral about what may be the same child."""

    arrived: Arrived
    why: str


def children(actor: Actor, arrived: Arrived) -> list[Known]:
    """Children we may know already, most certain first. Two queries; three more about the cases of those found."""
    cases = policy.visible_to(actor, Case)
    rows = (
        Child.objects.filter(like(arrived, first="first_name", last="last_name", upn=True), cases__in=cases)
        .select_related("school")
        .prefetch_related(Prefetch("cases", cases.select_related("lead", "school").order_by("-pk"), "seen_cases"))
        .distinct()[:SHOWN]
    )
    found = []
    for child in rows:
        why = why_same(arrived, child, first=child.first_name, last=child.last_name)
        case = next((c for c in child.seen_cases if c.stage == Stage.OPEN), next(iter(child.seen_cases), None))
        if why and case:
            found.append(Known(child, case, why))
    if found:
        protected, attended = _protected(found), _attended(found, arrived.school)
        standing = protection.of_each({known.child.pk for known in found})
        found = [
            replace(
                known,
                is_protected=known.case.pk in protected,
                has_school=known.case.pk in attended,
                is_restricted=known.child.pk in standing,
                school=_school_of(known.child, standing.get(known.child.pk, protection.NOTHING)),
            )
            for known in found
        ]
    return sorted(found, key=lambda known: (not known.why.startswith(("Same UPN", "Same name and")), not known.is_open))


def _school_of(child: Child, standing: protection.Protection) -> str:
    return protection.MASK if standing.hides_school else str(child.school or "")


def _protected(found: list[Known]) -> set[int]:
    """Ids of the cases that came from a concern whose person did not say that the school may know."""
    rows = Concern.objects.filter(case__in=[known.case for known in found]).only("case", "source_protected", "answers")
    return {row.case_id for row in rows if row.source_protected or row.answers.get("share_with_school") != "yes"}


def _attended(found: list[Known], school: Agency | None) -> set[int]:
    """Ids of the cases the school takes part in already, or is invited to."""
    if school is None:
        return set()
    rows = Grant.everything.filter(content_object__in=[known.case for known in found], group=school.group_id)
    return set(rows.values_list("content_object", flat=True))


def arrivals(actor: Actor, arrived: Arrived) -> list[Told]:
    """Other concerns and referrals that may be about the same child, newest first. Two queries."""
    found = []
    for model in (Concern, Referral):
        alike = like(arrived, first="child_first_name", last="child_last_name", upn=model is Referral)
        rows = policy.visible_to(actor, model).filter(alike).select_related("school").order_by("-pk")
        for other in rows.exclude(pk=arrived.pk)[:SHOWN] if isinstance(arrived, model) else rows[:SHOWN]:
            if why := why_same(arrived, other, first=other.child_first_name, last=other.child_last_name):
                found.append(Told(other, why))
    return sorted(found, key=lambda told: told.arrived.created_at, reverse=True)


def hints(actor: Actor, things: Iterable[Arrived]) -> dict[str, list[str]]:
    """`{reference: words}` for the queue: an open case of the same child, how often somebody was worried before.

    Three queries however long the queue. A queue is read in a second, so only certain matches are said: same UPN, or
    same name and date of birth.
    """
    waiting = list(things)
    births = {thing.date_of_birth for thing in waiting if thing.date_of_birth}
    upns = {thing.upn for thing in waiting if getattr(thing, "upn", "")}
    if not births and not upns:
        return {}
    cases = policy.visible_to(actor, Case).filter(stage=Stage.OPEN)
    of_known = cases.filter(Q(child__date_of_birth__in=births) | Q(child__upn__in=upns)).select_related("child")
    known = [(_keys(c.child, c.child.first_name, c.child.last_name), c.reference) for c in of_known]
    told: dict[Any, list[str]] = {}
    for model in (Concern, Referral):
        rows = policy.visible_to(actor, model).filter(date_of_birth__in=births).order_by("pk").defer("answers")
        for other in rows:
            for key in _keys(other, other.child_first_name, other.child_last_name):
                told.setdefault(key, []).append(other.reference)
    return {thing.reference: _hint(thing, known, told) for thing in waiting}


def _keys(thing: Any, first: str, last: str) -> set[tuple]:
    keys: set[tuple] = set()
    if getattr(thing, "upn", ""):
        keys.add(("upn", thing.upn))
    if isinstance(thing.date_of_birth, datetime.date) and last:
        keys.add((folded(first), folded(last), thing.date_of_birth))
    return keys


def _hint(thing: Arrived, known: list[tuple[set[tuple], str]], told: dict[Any, list[str]]) -> list[str]:
    keys = _keys(thing, thing.child_first_name, thing.child_last_name)
    words = [f"Open case {reference}" for theirs, reference in known if theirs & keys][:1]
    others = {reference for key in keys for reference in told.get(key, ())} - {thing.reference}
    if len(others) == 1:
        words.append(f"Also {next(iter(others))}")
    elif others:
        words.append(f"Also {len(others)} others about this child")
    return words
