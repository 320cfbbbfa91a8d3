"""Another person than who asked ends a restriction."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.actor import Actor
from referrals import policy
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Case, Restriction
from referrals.workflow import Verb


def lift(case: Case, *, by: Actor, restriction: Restriction | None) -> Case:
    """Only after somebody else has asked: a restriction is set by one and lifted by two."""
    with change(case, by=by, verb=Verb.LIFT) as ch:
        standing = (
            Restriction.objects.in_force().select_for_update().filter(pk=restriction.pk, child=ch.obj.child_id).first()
            if restriction
            else None
        )
        check(
            restriction=(standing is None and "Select a restriction that is in force")
            or (standing.lift_asked_by_id is None and "Somebody must ask first that this restriction ends")
        )
        if standing.lift_asked_by_id == by.user.pk:
            raise policy.Refused("You asked that this restriction ends. Somebody else must agree.")
        standing.lifted_by = by.user
        standing.lifted_at = timezone.now()
        standing.save(update_fields=["lifted_by", "lifted_at"])
        ch.record(data={"restriction": standing.pk})
    return case
