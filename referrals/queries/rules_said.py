"""The codes of the audit trail in plain words: by which rule somebody was let in, what was changed, what was refused.

The code is what the chain holds and never changes its meaning; the words are for whoever reads it.
"""

from __future__ import annotations

import datetime
from contextlib import suppress

from portal.accounts.roles import Role
from portal.register.calendar import day_month_year
from portal.ui.words import upper_first
from referrals import policy, protection
from referrals.events import KINDS, Kind

# A tie is said by the policy itself: the words cannot say something else than the rule does.
TIES = {rule.tie.name: rule.tie.says for rule in policy.RULES}
STATUS = {
    "403": "May not do it",
    "404": "Nothing there for this person",
    "409": "Somebody else was quicker",
    "429": "Tried too often",
}
SAID = {
    "break_glass": "Emergency access was not given",
    "reviewed": "Somebody else looked at it",
    "explain": "Asked who can see the case",
    "matched": "Shown beside what arrived, as perhaps the same child",
    "acting_as": "Acts as this membership of hers from now on",
    "sign_out": "Signed out",
    "suspended": "Access paused",
    "restored": "Access given back",
    "suspended_unconfirmed": "Access paused: nobody confirmed this term that they still work there",
    "ended": "Ended",
    "ended_unconfirmed": "Ended: nobody confirmed this term that they still work there",
    "agency_closed": "The agency closed",
    "agency_opened": "A new agency",
    "invitation_withdrawn": "The invitation was taken back",
    "second_factor_reset": "Sets up the second step of signing in again",
}
WITH_A_ROLE = {
    "invited": "Invited as {0}",
    "accepted": "Accepted the invitation, as {0}",
    "confirmed": "Confirmed as {0} for this term",
    "joined": "Given access as {0}",
    "role": "From {0} to {1}",
}


def in_words(action: str, rule: str) -> str:
    """ "Works at an agency that takes part in the case", "Added a note", "From Duty officer to Attendance officer"."""
    if action == "reveal":
        return protection.label(rule) or "Protected detail"
    if action == "change" and rule in set(Kind):
        return _happened(Kind(rule))
    first, _, rest = rule.partition(" ")
    if action == "refused" and first in STATUS:
        return f"{STATUS[first]}: {_spaced(rest)}" if rest else STATUS[first]
    if rule in SAID:
        return SAID[rule]
    if ties := [TIES[name] for name in rule.split() if name in TIES]:
        return upper_first("; ".join(ties))
    return _with_more(rule) or upper_first(_spaced(rule))


def _happened(kind: Kind) -> str:
    """ "Added a note": the event's own sentence, without who and whom, which stand beside it."""
    return upper_first(KINDS[kind].sentence.removeprefix("{by} ").format(by="", agency="an agency"))


def _with_more(rule: str) -> str:
    name, _, more = rule.partition(":")
    if name in WITH_A_ROLE and more:
        return WITH_A_ROLE[name].format(*(_role(role) for role in more.split(":")))
    if name == "ends":
        with suppress(ValueError):
            return f"Ends on {day_month_year(datetime.date.fromisoformat(more))}"
    return ""


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


def _spaced(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")
