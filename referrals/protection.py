"""What a restriction masks: which details of which child, the same for everybody, in every output.

A detail has a name: "school" (the child's), or "carer-12-address", "carer-12-phone", "carer-12-email",
"carer-12-safe_contact_detail". It is read one at a time by the action `reveal`, with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef

from .models import Care, Carer, Case, Restriction

MASK = "Protected. Ask to see it"
SCHOOL = "school"
# Columns of a carer that `covers_address` and `covers_contact` mask.
COVERED = {"address": ("address",), "contact": ("phone", "email", "safe_contact_detail")}
CARER_DETAILS = ("address", "phone", "email", "safe_contact_detail")  # a referral's answers call them the same


@dataclass(frozen=True)
class Protection:
    """What stands about one child. `details`: the names of all protected details."""

    details: frozenset[str] = frozenset()
    restrictions: tuple[Restriction, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.restrictions)

    @property
    def hides_school(self) -> bool:
        return SCHOOL in self.details

    def hides(self, carer: Carer, column: str) -> bool:
        return named(carer, column) in self.details

    def covers(self, *kinds: str) -> bool:
        """Whether any restriction covers one of `kinds` ("address", "contact", "school")."""
        return any(getattr(each, f"covers_{kind}") for each in self.restrictions for kind in kinds)

    def revealed(self, case: Case, detail: str) -> str | None:
        """The words of a protected detail of the case's child; None for what is not one."""
        if detail not in self.details:
            return None
        if detail == SCHOOL:
            return str(case.school or case.child.school or "No school place")
        _, number, column = detail.split("-", 2)
        carer = Carer.objects.get(pk=int(number))
        return getattr(carer, column) or "Nothing is recorded"

    def hide_in(self, answers: dict[str, Any]) -> dict[str, Any]:
        """A referral's answers with what the adults' details say masked, wherever any of that is covered.

        Whose details they are is a name that somebody typed: so all adults' are masked.
        """
        people = (answers.get("carers") or {}).get("people")
        if not people or not self.covers("address", "contact"):
            return answers
        hidden = deepcopy(answers)
        for person in hidden["carers"]["people"]:
            for name in CARER_DETAILS:
                if person.get(name):
                    person[name] = MASK
        return hidden


NOTHING = Protection()
# Beside a case, when it is read: whether any restriction stands about its child. Mostly none does, and that is all.
RESTRICTED = "is_restricted"
HIDES_SCHOOL = Exists(Restriction.objects.in_force().filter(child=OuterRef("child"), covers_school=True))
BESIDE = {RESTRICTED: Exists(Restriction.objects.in_force().filter(child=OuterRef("child")))}


def named(carer: Carer, column: str) -> str:
    return f"carer-{carer.pk}-{column}"


def of(child_id: Any) -> Protection:
    """What is protected about one child: one query, and one more where a restriction stands."""
    return of_each([child_id]).get(child_id, NOTHING)


LABELS = {"address": "Address", "phone": "Phone", "email": "Email", "safe_contact_detail": "How to reach them safely"}


def label(detail: str) -> str:
    """What a detail is, without whose: "Phone", "The child’s school"."""
    return "The child’s school" if detail == SCHOOL else LABELS.get(detail.rpartition("-")[2], "")


def of_case(case: Case) -> Protection:
    """What is protected about the case's child, asked once of one object; nothing where its own row says so."""
    if not hasattr(case, "_protection"):
        case._protection = of(case.child_id) if getattr(case, RESTRICTED, True) else NOTHING  # type: ignore[attr-defined]
    return case._protection  # type: ignore[attr-defined,no-any-return]


def school_of(case: Case) -> str:
    """The school the child goes to, in words, masked where that is protected. Needs school and child loaded."""
    if of_case(case).hides_school:
        return MASK
    return str(case.school or case.child.school or "No school place")


def of_each(child_ids: Collection[Any]) -> dict[Any, Protection]:
    """`{child id: what is protected}`, for those of them about whom a restriction stands."""
    standing: dict[Any, list[Restriction]] = {}
    found = Restriction.objects.in_force().filter(child__in=child_ids)
    for restriction in found.select_related("protects", "from_carer", "from_user", "set_by", "lift_asked_by"):
        standing.setdefault(restriction.child_id, []).append(restriction)
    if not standing:
        return {}
    care: dict[Any, list[Care]] = {}
    for each in Care.objects.filter(child__in=standing).select_related("carer"):
        care.setdefault(each.child_id, []).append(each)
    return {
        child: Protection(frozenset(_details(restrictions, care.get(child, []))), tuple(restrictions))
        for child, restrictions in standing.items()
    }


def _details(restrictions: Iterable[Restriction], care: list[Care]) -> Iterable[str]:
    for restriction in restrictions:
        if restriction.covers_school:
            yield SCHOOL
        for kind, columns in COVERED.items():
            if getattr(restriction, f"covers_{kind}"):
                for carer in _protected(restriction, care):
                    yield from (named(carer, column) for column in columns)


def _protected(restriction: Restriction, care: list[Care]) -> list[Carer]:
    """The carer it names; or, for the child, the adults of the home the child lives in."""
    if restriction.protects is not None:
        return [restriction.protects]
    return [each.carer for each in care if each.lives_with_child and each.carer_id != restriction.from_carer_id]
