"""What the API's lists and pages read: concerns, referrals, cases, notes and events, as the actor may see them."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from portal.accounts.actor import Actor
from referrals import policy, protection
from referrals.models import Case, Concern, Event, Grant, Note, Referral
from referrals.models.grant import in_force
from referrals.workflow import Verb

from . import case_list


def concerns(actor: Actor) -> QuerySet[Concern]:
    return policy.visible_to(actor, Concern).select_related("school", "case")


def referrals(actor: Actor) -> QuerySet[Referral]:
    return policy.visible_to(actor, Referral).select_related("school", "case")


def cases_with_invitations(actor: Actor) -> QuerySet[Case]:
    """The cases the actor may view, and those her agency is asked to join."""
    cases = policy.visible_to(actor, Case, Verb.VIEW, Verb.JOIN)
    return cases.select_related("school", "lead").prefetch_related("child")  # whom who is only asked may not see


def newest_cases(actor: Actor, mark: tuple[datetime.datetime, int] | None, limit: int) -> list[Case]:
    """By latest activity: the work list's own path, with the invitations put in their places. Each has `.placed`.

    An invitation's place is when it was made: its case's activity is not for an agency that is only asked to know.
    """
    after = case_list.Cursor(*mark) if mark else None
    seen = case_list.newest(actor, stage=None, after=after, limit=limit)
    invitations = Grant.everything.filter(
        in_force(timezone.localdate()), content_object=OuterRef("pk"), group__in=actor.groups, joined_at__isnull=True
    )
    asked = (
        policy.visible_to(actor, Case, Verb.JOIN)
        .annotate(asked_at=Subquery(invitations.order_by("since").values("since")[:1]))
        .exclude(Exists(policy.visible_to(actor, Case).filter(pk=OuterRef("pk"))))
    )
    if mark:
        asked = asked.filter(Q(asked_at__lt=mark[0]) | Q(asked_at=mark[0], pk__lt=mark[1]))
    asked = asked.order_by("-asked_at", "-pk")[:limit]
    places = [*((c.last_activity, c.pk) for c in seen), *((c.asked_at, c.pk) for c in asked)]
    numbers = sorted(places, reverse=True)[:limit]
    related = Case.objects.select_related("school", "lead").prefetch_related("child").annotate(**protection.BESIDE)
    loaded = related.in_bulk([pk for _, pk in numbers])
    for moment, pk in numbers:
        loaded[pk].placed = moment
    return [loaded[pk] for _, pk in numbers]


def grants_of(actor: Actor, case: Case, *, all_of_them: bool) -> list[Grant]:
    """The agencies that take part or are asked; for somebody who is only asked herself, her own agency's part alone."""
    grants = Grant.everything.filter(in_force(timezone.localdate()), content_object=case)
    if not all_of_them:
        grants = grants.filter(group__in=actor.groups)
    found = list(grants.select_related("group__agency").order_by("since"))
    protection.of_case(case).hide_schools(*(grant.agency for grant in found))
    return found


def notes(actor: Actor, case: Case) -> QuerySet[Note]:
    return policy.visible_to(actor, Note).filter(case=case).select_related("author", "agency")


def events(actor: Actor, case: Case, after: int, limit: int) -> list[Event]:
    """The case's events after number `after`, oldest first."""
    found = list(
        policy.visible_to(actor, Event)
        .filter(case=case, pk__gt=after)
        .select_related("by", "by_agency", "agency")
        .order_by("pk")[:limit]
    )
    protection.of_case(case).hide_schools(*(agency for event in found for agency in (event.by_agency, event.agency)))
    return found
