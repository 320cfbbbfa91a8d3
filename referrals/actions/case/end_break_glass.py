"""An emergency access ends: whoever has it ends it, a manager does, or its hour is over and the service says so."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.audit import trail
from referrals.actions._change import NothingRecorded, change
from referrals.actions._input import BadInput
from referrals.models import BreakGlass, Case
from referrals.models.break_glass import BrokenGlass
from referrals.workflow import Verb

from .break_glass import SERVICE


def end_break_glass(case: Case, *, by: Actor) -> Case:
    """End hers; as a manager, everybody's; as the service, those whose hour is over."""
    with identity.as_actor(SERVICE), change(case, by=by, verb=Verb.END_BREAK_GLASS) as ch:
        ending = list(_ending(ch.obj, by).select_related("membership__agency"))
        if not ending and by.user:
            raise BadInput({"case": "Nobody has emergency access to this case now"})
        for glass in ending:
            glass.ended_at = min(timezone.now(), glass.ends_at)
            glass.save(update_fields=["ended_at"])
            ch.record(agency=glass.membership.agency)
            trail.write("break_glass", by=by, thing=ch.obj, about=ch.obj.child_id, rule="ended")
    return case


def end_all(*, by: Actor) -> int:
    """End every emergency access whose hour is over; returns the number of cases. The worker runs this.

    Nobody could look from that moment on: the policy asks the clock itself. This clears up and says so.
    """
    cases = Case.objects.filter(pk__in=_over().values("case"))
    done = 0
    for case in cases.iterator():
        try:
            end_break_glass(case, by=by)
        except NothingRecorded:  # another worker was quicker
            continue
        done += 1
    return done


def _over() -> BrokenGlass:
    return BreakGlass.objects.filter(ended_at__isnull=True, ends_at__lte=timezone.now())


def _ending(case: Case, by: Actor) -> BrokenGlass:
    if by.user is None:
        return _over().filter(case=case)
    current = BreakGlass.objects.in_force().filter(case=case)
    return current if by.role == Role.LA_MANAGER else current.filter(membership=by.membership)
