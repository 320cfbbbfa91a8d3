"""An agency is asked to take part in a case, for a purpose and until a day."""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.actions import _grant
from referrals.actions._change import change
from referrals.actions._input import BadInput
from referrals.models import Case
from referrals.workflow import Verb


def invite(case: Case, *, by: Actor, invitation: _grant.Invitation) -> Case:
    """Asked again while taking part, or while invited, is an error; asked again after an end is a new invitation."""
    invitation = _grant.checked(invitation)
    with change(case, by=by, verb=Verb.INVITE) as ch:
        if _grant.of(case, invitation.agency) is not None:
            raise BadInput({"agency": f"{invitation.agency} is already on this case or has been asked"})
        part = _grant.give(
            ch.obj,
            invitation.agency,
            by=by,
            purpose=invitation.purpose,
            until=invitation.until,
            shares=invitation.shares,
        )
        ch.record(
            agency=invitation.agency,
            data={
                "purpose": invitation.purpose.strip(),
                "until": invitation.until.isoformat() if invitation.until else "",
                "shared": part.shared,
            },
        )
    return case
