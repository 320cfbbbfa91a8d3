"""Who is told of an event: circles of people, each cut to those who may know of it at this moment.

Nothing here is remembered. It is asked when the event is fanned out, again when its email is sent, and again when the
inbox is read, so that a right that has ended is effective at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Q

from portal.accounts.models import Membership
from portal.accounts.roles import CASEWORK_ROLES, AgencyKind, Role
from referrals import policy
from referrals.events import Kind, Told
from referrals.models import Case, Concern, Event, Grant, Referral
from referrals.workflow import Verb

# What ends an agency's part: its people are told that the page they may have open is no longer theirs.
ENDINGS = frozenset({Kind.REMOVED, Kind.EXPIRED, Kind.REFUSED})
RELATED = ("case", "referral", "concern", "concern__case", "note", "note__case", "agency", "by", "by_agency")


def may_know(event: Event, only: int | None = None) -> set[int]:
    """Ids of the people who may know of the event now: who may see it and, of an invitation, the agency that is asked.

    `only`: ask about this one person.
    """
    seen_by = policy.holders(Verb.VIEW, event)
    known = set((seen_by.filter(pk=only) if only else seen_by).values_list("pk", flat=True))
    if event.kind == Kind.INVITED and event.case:
        asked = policy.holders(Verb.JOIN, event.case).filter(
            pk__in=Membership.objects.current().filter(agency=event.agency_id).values("user")
        )
        known |= set((asked.filter(pk=only) if only else asked).values_list("pk", flat=True))
    return known


def in_circles(event: Event, circles: Iterable[Told]) -> set[int]:
    """Ids of the people in any of `circles`, not yet cut to those who may know."""
    found = policy.NOBODY
    for circle in circles:
        found |= CIRCLES[circle](event)
    return set(Membership.objects.current().filter(found).values_list("user", flat=True))


def leaving(event: Event) -> set[int]:
    """Ids of the people whose part in the case this event ends: their open page must notice."""
    if event.kind not in ENDINGS:
        return set()
    theirs = Q(agency=event.agency_id, role__in=sorted(CASEWORK_ROLES)) | Q(
        role=Role.TRUST_LEAD, agency__schools=event.agency_id
    )
    return set(Membership.objects.current().filter(theirs).values_list("user", flat=True))


def things(event: Event) -> list[Case | Referral | Concern]:
    """What the event is about: its streams, by reference."""
    return [thing for thing in (event.case, event.referral, event.concern) if thing is not None]


def _lead(event: Event) -> Q:
    case = event.case or (event.concern.case if event.concern else None)
    return Q(user=case.lead_id) if case and case.lead_id else policy.NOBODY


def _school(event: Event) -> Q:
    about = event.referral or event.case
    return Q(agency=about.school_id) if about and about.school_id else policy.NOBODY


def _partners(event: Event) -> Q:
    return Q(agency__group__in=Grant.objects.filter(content_object=event.case).values("group"))


CIRCLES: dict[Told, Callable[[Event], Q]] = {
    Told.DUTY: lambda event: Q(agency__kind=AgencyKind.LA_ATTENDANCE, role__in=sorted(policy.DUTY)),
    Told.MANAGERS: lambda event: Q(agency__kind=AgencyKind.LA_ATTENDANCE, role=Role.LA_MANAGER),
    Told.LEAD: _lead,
    Told.SCHOOL: _school,
    Told.PARTNERS: _partners,
    Told.ABOUT: lambda event: Q(agency=event.agency_id),
}
