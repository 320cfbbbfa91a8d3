"""The shared workspace around one child begins."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, User
from portal.accounts.roles import LA_ROLES, AgencyKind
from referrals.actions import _grant
from referrals.actions._change import begin
from referrals.actions._input import check
from referrals.models import Case, Child
from referrals.models.grant import Capacity
from referrals.workflow import Stage, Verb

from .invite import invite


def open_(
    child: Child,
    *,
    by: Actor,
    lead: User | None,
    aim: str = "",
    first_contact_by: datetime.date | None = None,
    first_contact_reason: str = "",
) -> Case:
    """A new case. `lead` is somebody of the attendance team; the first contact is due within the county's target."""
    today = timezone.localdate()
    target = county.rules().family_first_contact_target_school_days
    latest = county.calendar().add_school_days(today, target)
    check(
        lead=not can_lead(lead) and "Select who will lead",
        first_contact_by=first_contact_by is not None
        and first_contact_by < today
        and "The date of first contact must be today or in the future"
        or (first_contact_by is not None and first_contact_by > latest and not first_contact_reason.strip())
        and f"First contact must be within {target} school days, or give a reason",
        aim=len(aim) > 200 and "The aim must be 200 characters or fewer",
    )
    case = Case(
        child=child,
        school=child.school,
        lead=lead,
        aim=aim.strip(),
        first_contact_by=first_contact_by or latest,
    )
    with begin(case, by=by, verb=Verb.OPEN) as ch:
        ch.record(data={"first_contact_reason": first_contact_reason.strip()})
    return case


def case_for(
    child: Child,
    *,
    by: Actor,
    lead: User | None,
    aim: str = "",
    first_contact_by: datetime.date | None = None,
    first_contact_reason: str = "",
    school: Agency | None = None,
    invitations: Iterable[_grant.Invitation] = (),
) -> Case:
    """The child's open case, or a new one, with `invitations` sent.

    `school`, which referred, takes part in a new case from the start. To an open one, which holds what others have
    written, it is invited like any other agency. An open case keeps its lead, aim and date.
    """
    Child.objects.select_for_update().only("pk").get(pk=child.pk)  # one decision about a child at a time
    case = Case.objects.select_for_update().filter(child=child, stage=Stage.OPEN).first()
    if case is None:
        case = open_(
            child,
            by=by,
            lead=lead,
            aim=aim,
            first_contact_by=first_contact_by,
            first_contact_reason=first_contact_reason,
        )
        if school:
            _grant.give(case, school, by=by, purpose=THE_SCHOOL, capacity=Capacity.SCHOOL, joined=True)
    elif school:
        invitations = [*invitations, _grant.Invitation(school, THE_SCHOOL)]
    for invitation in invitations:
        if _grant.of(case, invitation.agency) is None:
            invite(case, by=by, invitation=invitation)
    return case


THE_SCHOOL = "The child's school"


def can_lead(user: User | None) -> bool:
    """Officers and managers of the attendance team lead cases."""
    return (
        user is not None
        and user.pk is not None
        and user.memberships.current().filter(agency__kind=AgencyKind.LA_ATTENDANCE, role__in=LA_ROLES).exists()
    )
