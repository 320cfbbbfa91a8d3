"""Is this the same child? What an arrival has in common with a child, or with another arrival.

Pages ask it to show a duty officer whom we may know (queries/matches.py). The service asks it when something arrives
(`recognise`): whoever must not see a child must not see it arrive either, before anybody has decided who it is.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from portal.accounts import identity
from referrals.models import Child, Concern, ConflictOfInterest, Referral, Restriction

Arrived = Concern | Referral
MOST = 10  # children who are looked at as possibly the same


def folded(name: str) -> str:
    return " ".join(name.casefold().split())


def why_same(arrived: Arrived, other: Any, *, first: str, last: str) -> str:
    """What `arrived` has in common with `other` (a child or another arrival); "" where it is not enough."""
    upn = getattr(arrived, "upn", "")
    same_last = folded(arrived.child_last_name) == folded(last) != ""
    same_first = folded(arrived.child_first_name) in {folded(first), folded(getattr(other, "known_as", ""))} - {""}
    if upn and upn == getattr(other, "upn", ""):
        another = "another name" if not (same_last and same_first) else ""
        if arrived.date_of_birth and other.date_of_birth and arrived.date_of_birth != other.date_of_birth:
            another = f"{another} and date of birth" if another else "another date of birth"
        return f"Same UPN, but {another}" if another else "Same UPN"
    if arrived.date_of_birth and arrived.date_of_birth == other.date_of_birth:
        if same_last and same_first:
            return "Same name and date of birth"
        return "Same last name and date of birth" if same_last else ""
    if same_last and same_first and not (arrived.date_of_birth and other.date_of_birth):
        return "Same name; one date of birth is not known"
    return ""


def like(arrived: Arrived, *, first: str, last: str, upn: bool) -> Q:
    """A condition that finds at least everything `why_same` accepts."""
    named = Q(**{f"{last}__iexact": arrived.child_last_name.strip()})
    found = named & Q(**{f"{first}__iexact": arrived.child_first_name.strip()})
    if arrived.date_of_birth:
        found = (found & Q(date_of_birth__isnull=True)) | (named & Q(date_of_birth=arrived.date_of_birth))
    number = getattr(arrived, "upn", "")
    if upn and number:
        found |= Q(upn=number)
    return found


@identity.as_worker()
def recognise(arrived: Arrived) -> Child | None:
    """The child an arrival is probably about: first one whom somebody must not see, else the most certain."""
    denied = Exists(ConflictOfInterest.objects.in_force().filter(child=OuterRef("pk"))) | Exists(
        Restriction.objects.in_force().filter(child=OuterRef("pk"), from_user__isnull=False)
    )
    rows = Child.objects.filter(like(arrived, first="first_name", last="last_name", upn=True)).annotate(denied=denied)
    found = []
    for child in rows.order_by("-denied", "pk")[:MOST]:
        why = why_same(arrived, child, first=child.first_name, last=child.last_name)
        if why:
            found.append((not child.denied, not why.startswith(("Same UPN", "Same name and")), child))
    return min(found, key=lambda each: each[:2])[2] if found else None


@identity.as_worker()
def mark(arrived: Arrived) -> None:
    """Note on an arrival, which stays as it is otherwise, the child that it is probably about."""
    type(arrived)._default_manager.filter(pk=arrived.pk).update(likely=recognise(arrived))


@identity.as_worker()
def mark_waiting(child: Child) -> None:
    """The same for what waits already, now that there is this child."""
    named = Q(child_last_name__iexact=child.last_name)
    alike = named & Q(child_first_name__iexact=child.first_name)
    if child.date_of_birth:
        alike |= named & Q(date_of_birth=child.date_of_birth)
    for model in (Concern, Referral):
        same = alike | Q(upn=child.upn) if model is Referral and child.upn else alike
        waiting = model._default_manager.filter(same, case__isnull=True, likely__isnull=True)
        if model is Referral:
            waiting = waiting.filter(submitted_at__isnull=False)
        # One that somebody decides about just now is hers: two who accept one child at once must not wait in a ring.
        for arrived in waiting.select_for_update(skip_locked=True).defer("answers"):
            if why_same(arrived, child, first=child.first_name, last=child.last_name):
                model._default_manager.filter(pk=arrived.pk).update(likely=child)
