"""Somebody asks that a restriction ends. It stands until another person agrees."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Case, Restriction
from referrals.workflow import Verb

SHORTEST, LONGEST = 10, 400


def ask_to_lift(case: Case, *, by: Actor, restriction: Restriction | None, reason: str) -> Case:
    """Asked again, by somebody else, the newest request counts."""
    said = reason.strip()
    check(
        restriction=(restriction is None or restriction.child_id != case.child_id or restriction.lifted_at is not None)
        and "Select a restriction that is in force",
        reason=(len(said) < SHORTEST and f"Give the reason in {SHORTEST} characters or more")
        or (len(said) > LONGEST and f"The reason must be {LONGEST} characters or fewer"),
    )
    with change(case, by=by, verb=Verb.ASK_TO_LIFT) as ch:
        standing = Restriction.objects.in_force().select_for_update().filter(pk=restriction.pk).first()
        check(
            restriction=(standing is None and "Select a restriction that is in force")
            or (standing.lift_asked_by_id == by.user.pk and "You have asked already. Somebody else must agree")
        )
        standing.lift_asked_by, standing.lift_asked_at, standing.lift_reason = by.user, timezone.now(), said
        standing.save(update_fields=["lift_asked_by", "lift_asked_at", "lift_reason"])
        ch.record(data={"restriction": restriction.pk, "reason": said})
    return case
