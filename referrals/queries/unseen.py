"""Cases on which somebody may do something without seeing them: explain who can, break the glass, review that.

Nothing of the case itself is handed on but its row, to an action or to a sentence about access. The database hides the
row from such a person as it should (portal/accounts/identity.py), so it is looked for as the service; whether she may
is asked of the policy about herself, and the answer for a case she may not is the answer for one that is not there.
"""

from __future__ import annotations

from portal.accounts import identity
from portal.accounts.actor import Actor
from referrals import policy, reference
from referrals.models import Case
from referrals.workflow import Verb

SERVICE = Actor.machine("worker")


def case_for(actor: Actor, verb: Verb, typed: str) -> Case | None:
    """The case with the reference somebody typed, if she may do `verb` with it; else None, whatever the reason."""
    shown = reference.parse(typed)
    with identity.as_actor(SERVICE):
        return policy.visible_to(actor, Case, verb).filter(reference=shown or "").first()
