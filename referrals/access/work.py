"""Open work that hangs on a person: the cases she leads."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.accounts.actor import Actor
from portal.accounts.models import Membership, User
from portal.accounts.roles import LA_ROLES, AgencyKind
from referrals import policy
from referrals.models import Case
from referrals.workflow import Stage


def led_by(user: User, *, seen_by: Actor) -> QuerySet[Case]:
    return policy.visible_to(seen_by, Case).filter(lead=user, stage=Stage.OPEN)


def without_lead(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Of these the open ones that nobody leads, or somebody who is suspended or no longer in the attendance team."""
    team = Membership.objects.current().filter(agency__kind=AgencyKind.LA_ATTENDANCE, role__in=LA_ROLES)
    theirs = cases.filter(stage=Stage.OPEN, lead=OuterRef("pk"))
    # Found first, and mostly nobody: the people are few, the cases are many.
    gone = list(User.objects.exclude(pk__in=team.values("user")).filter(Exists(theirs)).values_list("pk", flat=True))
    return cases.filter(Q(lead=None) | Q(lead__in=gone), stage=Stage.OPEN)
