"""A manager or the data protection officer looks at an emergency access afterwards, and says what she found."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.audit import trail
from referrals import policy
from referrals.actions._change import change
from referrals.actions._input import BadInput, check
from referrals.models import BreakGlass, Case
from referrals.workflow import Verb

from .break_glass import SERVICE

LONGEST = 400


def review_break_glass(case: Case, *, by: Actor, glass: BreakGlass, review: str) -> BreakGlass:
    """The access, reviewed. Never by whoever had it, and once."""
    review = review.strip()
    check(
        review=(not review and "Say what you found")
        or (len(review) > LONGEST and f"What you found must be {LONGEST} characters or fewer")
    )
    with identity.as_actor(SERVICE), change(case, by=by, verb=Verb.REVIEW_BREAK_GLASS) as ch:
        found = BreakGlass.objects.select_for_update().select_related("membership__agency").get(pk=glass.pk, case=case)
        if found.user_id == by.user.pk:
            raise policy.Refused("You had this access yourself. Somebody else must review it.")
        if found.reviewed_at:
            raise BadInput({"review": "Somebody has reviewed this already"})
        found.reviewed_by, found.reviewed_at, found.review = by.user, timezone.now(), review
        found.save(update_fields=["reviewed_by", "reviewed_at", "review"])
        ch.record(agency=found.membership.agency)
        trail.write("break_glass", by=by, thing=ch.obj, about=ch.obj.child_id, rule="reviewed")
    return found
