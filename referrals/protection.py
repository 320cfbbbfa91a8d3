"""What a restriction masks: which details of which child, the same for everybody, in every output.

A detail has a name: "school" (the child's), or "carer-12-address", "carer-12-phone", "carer-12-email",
"carer-12-safe_contact_detail"; and "concern-7-phone" and the like, of who told the council. It is read one at a time by
the action `reveal`, with a reason.

What somebody wrote in her own words is shown as it was written: no program knows an address in a sentence. Where such
words are written and read, the page says so (docs/threat-model.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.accounts.models import Agency
from portal.accounts.roles import AgencyKind

from .models import Care, Carer, Case, Concern, Event, Grant, Referral, Restriction
from .models.grant import in_force

MASK = "Protected. Ask to see it"
SCHOOL = "school"
# Where a child is during the day, or what says so: agencies that have no name in what is said of a child whose school
# is protected, whether they sent the referral, wrote a note or were invited.
WHERE_A_CHILD_IS = frozenset({AgencyKind.SCHOOL, AgencyKind.AP_PROVIDER, AgencyKind.TRUST})
SOME_SCHOOL = "Protected school"
# Columns of a carer that `covers_address` and `covers_contact` mask.
COVERED = {"address": ("address",), "contact": ("phone", "email", "safe_contact_detail")}
CARER_DETAILS = ("address", "phone", "email", "safe_contact_detail")  # a referral's answers call them the same
# What a family's answers call the same, by what covers it; the school's own people are in a referral's, too.
TOLD = {
    "address": ("address",),
    "contact": ("phone", "mobile", "email", "who_may_answer", "code_word"),
    "school": ("school_id", "school_search", "school_other", "school_contact_name"),
}
WAYS_TOLD = ("address", "phone", "mobile", "email")  # read one by one from a concern, by whoever may read that


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

    def revealed(self, case: Case, detail: str, told: QuerySet[Concern]) -> str | None:
        """The words of a protected detail of the case's child; None for what is not one.

        `told`: the concerns that whoever asks may read.
        """
        if detail not in self.details:
            return None
        if detail == SCHOOL:
            return _schools(case)
        whose, number, name = detail.split("-", 2)
        if whose == "concern":
            concern = told.filter(pk=int(number)).first()
            return None if concern is None else concern.answers.get(name) or "Nothing is recorded"
        carer = Carer.objects.get(pk=int(number))
        return getattr(carer, name) or "Nothing is recorded"

    def hide_schools(self, *agencies: Agency | None) -> None:
        """Take the name, in memory, from those of `agencies` that say where the child goes to school.

        So no sentence, template or file that is made of them comes to know it, the school's own staff's included: what
        they have on the screen can be read over a shoulder, or printed. Of what was loaded to be shown, never to save.
        """
        if not self.hides_school:
            return
        for agency in agencies:
            if agency is not None and agency.kind in WHERE_A_CHILD_IS:
                agency.name, agency.slug = SOME_SCHOOL, "protected"

    def hide_in(self, answers: dict[str, Any]) -> dict[str, Any]:
        """The answers of a referral or a concern with what is covered masked.

        Whose details they are is a name that somebody typed: so all adults' are masked.
        """
        if not self:
            return answers
        hidden = deepcopy(answers)
        if self.covers("address", "contact"):
            for person in (hidden.get("carers") or {}).get("people", ()):
                _mask(person, CARER_DETAILS)
        for kind, names in TOLD.items():
            if self.covers(kind):
                _mask(hidden, names)
        if self.hides_school:
            _mask(hidden.get("asking") or {}, ("lead_contact",))
        return hidden


NOTHING = Protection()
HIDING = Protection(frozenset({SCHOOL}))  # as far as the school goes
# Beside a case, when it is read: whether any restriction stands about its child. Mostly none does, and that is all.
RESTRICTED = "is_restricted"
HIDES_SCHOOL = Exists(Restriction.objects.in_force().filter(child=OuterRef("child"), covers_school=True))
BESIDE = {RESTRICTED: Exists(Restriction.objects.in_force().filter(child=OuterRef("child")))}


def named(carer: Carer, column: str) -> str:
    return f"carer-{carer.pk}-{column}"


def told_in(concern: Concern, name: str) -> str:
    return f"concern-{concern.pk}-{name}"


def _mask(answers: dict[str, Any], names: Iterable[str]) -> None:
    answers.update({name: MASK for name in names if answers.get(name)})


def _schools(case: Case) -> str:
    """The school the child goes to, then whatever else on the case would say so."""
    parts = Grant.everything.filter(in_force(timezone.localdate()), content_object=case)
    on_it = parts.filter(group__agency__kind__in=WHERE_A_CHILD_IS).order_by("group__agency__name")
    own = str(case.school or case.child.school or "No school place")
    others = [name for name in on_it.values_list("group__agency__name", flat=True) if name != own]
    return f"{own}. Also on the case: {', '.join(others)}" if others else own


def of(child_id: Any) -> Protection:
    """What is protected about one child: one query, and one more where a restriction stands."""
    return of_each([child_id]).get(child_id, NOTHING)


LABELS = {"address": "Address", "phone": "Phone", "email": "Email", "safe_contact_detail": "How to reach them safely"}
LABELS_TOLD = {**LABELS, "mobile": "Mobile"}


def label(detail: str) -> str:
    """What a detail is, without whose: "Phone", "The child’s school"."""
    return "The child’s school" if detail == SCHOOL else LABELS_TOLD.get(detail.rpartition("-")[2], "")


def of_case(case: Case) -> Protection:
    """What is protected about the case's child, asked once of one object; nothing where its own row says so."""
    if not hasattr(case, "_protection"):
        case._protection = of(case.child_id) if getattr(case, RESTRICTED, True) else NOTHING  # type: ignore[attr-defined]
    return case._protection  # type: ignore[attr-defined,no-any-return]


def know(things: Iterable[Case | Concern | Referral]) -> None:
    """Ask for many at once what `of_case` asks for one: cases, or what has become one and has it loaded."""
    cases = [case for case in (each if isinstance(each, Case) else each.case for each in things) if case is not None]
    standing = of_each({case.child_id for case in cases}) if cases else {}
    for case in cases:
        case._protection = standing.get(case.child_id, NOTHING)  # type: ignore[attr-defined]


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
    told: dict[Any, list[Concern]] = {}
    for concern in Concern.objects.filter(case__child__in=standing).select_related("case"):
        told.setdefault(concern.case.child_id, []).append(concern)
    return {
        child: Protection(
            frozenset([*_details(restrictions, care.get(child, [])), *_told(restrictions, told.get(child, []))]),
            tuple(restrictions),
        )
        for child, restrictions in standing.items()
    }


def hide_schools_in(found: Iterable[Event]) -> None:
    """The same for events of many things, of which each has its case loaded, or a referral or concern that became one.

    One query, however many.
    """
    events = {event: _case_of(event) for event in found}
    numbers = {number for number in events.values() if number}
    if not numbers:
        return
    hidden = set(Case.objects.filter(HIDES_SCHOOL, pk__in=numbers).values_list("pk", flat=True))
    for event, number in events.items():
        if number in hidden:
            HIDING.hide_schools(event.by_agency, event.agency)


def _case_of(event: Event) -> int | None:
    thing = event.referral or event.concern
    return event.case_id or (thing.case_id if thing else None)


def _told(restrictions: list[Restriction], concerns: list[Concern]) -> Iterable[str]:
    for kind in COVERED:
        if any(getattr(each, f"covers_{kind}") for each in restrictions):
            names = [name for name in TOLD[kind] if name in WAYS_TOLD]
            yield from (told_in(each, name) for each in concerns for name in names if each.answers.get(name))


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
