"""Somebody outside the attendance team opens a case in an emergency: for an hour, with a reason, and another is told.

It gives no more than to read, and nothing against a conflict of interest or a restriction: such a case is not there.
"""

from __future__ import annotations

import datetime

from django.db.models import Case as Choice
from django.db.models import IntegerField, Value, When
from django.utils import timezone

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.accounts.models import Membership, User
from portal.accounts.roles import AgencyKind, Role
from portal.audit import trail
from referrals import policy
from referrals.actions._change import change
from referrals.actions._input import BadInput, check
from referrals.models import BreakGlass, Case
from referrals.models.break_glass import LONGEST_MINUTES
from referrals.workflow import Verb

SHORTEST_REASON, LONGEST_REASON = 20, 400
SECTIONS = frozenset({Verb.VIEW, Verb.VIEW_STORY, Verb.VIEW_ATTENDANCE, Verb.VIEW_PEOPLE, Verb.VIEW_TOLD})
# Whoever breaks the glass cannot see the case before, nor can the database show it to her: the change is the service's.
SERVICE = Actor.machine("worker")


def break_glass(case: Case, *, by: Actor, reason: str) -> BreakGlass:
    """The emergency access, from now. Raises policy.Invisible where she may not, whatever the reason for that."""
    reason = reason.strip()
    check(
        reason=(len(reason) < SHORTEST_REASON and f"Your reason must be {SHORTEST_REASON} characters or more")
        or (len(reason) > LONGEST_REASON and f"Your reason must be {LONGEST_REASON} characters or fewer")
    )
    with identity.as_actor(SERVICE), change(case, by=by, verb=Verb.BREAK_GLASS) as ch:
        if policy.allowed(by, ch.obj) >= SECTIONS:
            raise BadInput({"reference": "You can already see this case. Open it from your cases"})
        told = _somebody_to_tell(ch.obj, by)
        if told is None:
            raise BadInput({"reference": "There is nobody who could be told. Ring the attendance team"})
        now = timezone.now()
        glass = BreakGlass.objects.create(
            user=by.user,
            membership=by.membership,
            case=ch.obj,
            reason=reason,
            since=now,
            ends_at=now + datetime.timedelta(minutes=LONGEST_MINUTES),
            told=told,
        )
        ch.record(agency=by.agency, data={"ends_at": glass.ends_at.isoformat()})
        trail.write("break_glass", by=by, thing=ch.obj, about=ch.obj.child_id, rule="broke_glass", why=reason)
    return glass


def _somebody_to_tell(case: Case, by: Actor) -> User | None:
    """A manager who may see the case; else whoever leads it, else anybody of the attendance team; never herself."""
    team = policy.people_who(Verb.VIEW, case)
    nearness = Choice(
        When(role=Role.LA_MANAGER, then=Value(0)),
        When(user=case.lead_id, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Membership.objects.current().filter(team, agency__kind=AgencyKind.LA_ATTENDANCE).exclude(user=by.user)
    first = found.select_related("user").order_by(nearness, "pk").first()
    return first.user if first else None
