"""Task 7: risk, and telling the family. The lawful basis is public task: openness is asked for, not consent."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from portal import county
from portal.register.packed import unpack
from portal.ui.forms import PARTS, CheckboxesField, DatePartsField, LongTextField, RadiosField, TextField
from referrals.questions._task import TaskForm
from referrals.risk import NOT_SEEN_DAYS, RISKS

TOLD = (("yes_all", "Yes, all"), ("yes_one", "Yes, one parent"), ("no", "No"))
NOT_TOLD = (
    ("at_risk", "It would place a child or adult at risk"),
    ("crime", "It would get in the way of preventing a crime"),
    ("not_reached", "We could not reach them after reasonable tries"),
    ("other", "Another reason"),
)
SELECT_RISKS = "Select any risks, or select ‘None known’"
LAST_SEEN = "Enter when the child was last seen and by whom"


class RiskForm(TaskForm):
    family_told = RadiosField(
        label="Have you told the family about this referral?",
        help_text=(
            "You do not need consent to share what is needed: helping children to attend is a public task. "
            "Being open about it is right, unless it would put somebody at risk."
        ),
        choices=TOLD,
        error_messages={"required": "Select whether you have told the family"},
    )
    not_told_reason = RadiosField(
        label="If you have not told them, why not?", choices=NOT_TOLD, required=False, noun="why you have not told them"
    )
    agreed_by = TextField(
        label="Who agreed that they should not be told?",
        help_text="Name of the designated safeguarding lead.",
        max_length=120,
        width=30,
        required=False,
    )
    risks = CheckboxesField(
        label="Which risks do you know of?",
        choices=[*RISKS.items(), ("none", "None known")],
        exclusive="none",
        error_messages={"required": SELECT_RISKS, "exclusive": SELECT_RISKS},
    )
    risk_detail = LongTextField(
        label="What do we need to know to keep everyone safe?",
        help_text="For example, who is at risk from whom, dogs, a visit that needs two people.",
        noun="what we need to know",
        max_length=800,
        rows=4,
        optional=True,
    )
    last_seen = DatePartsField(
        label="When was the child last seen?",
        help_text=f"Needed if they have not been seen for {NOT_SEEN_DAYS} school days or more.",
        noun="the day the child was last seen",
        when="past_or_today",
        required=False,
    )
    last_seen_by = TextField(label="Who saw them?", max_length=120, width=30, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("family_told") == "no":
            if not cleaned.get("not_told_reason"):
                self.add_error("not_told_reason", "Select why you have not told the family")
            if not cleaned.get("agreed_by"):
                self.add_error("agreed_by", "Enter who agreed that the family should not be told")
        seen, by = cleaned.get("last_seen"), cleaned.get("last_seen_by")
        needed = bool(seen or by) or not_seen_lately(self.whole)
        if needed and "last_seen" not in self.errors:
            if not seen:
                self.add_error("last_seen", ValidationError(LAST_SEEN, code="required", params={"parts": PARTS}))
            elif not by:
                self.add_error("last_seen_by", LAST_SEEN)
        return cleaned


def not_seen_lately(whole: dict[str, Any], today: datetime.date | None = None) -> bool:
    """Do the referral's own marks say that the child has not been in for NOT_SEEN_DAYS school days?"""
    attendance = whole.get("attendance")
    try:
        marks = unpack(attendance["marks"]) if isinstance(attendance, dict) else ()
    except (KeyError, AttributeError, ValueError):
        return False
    if not marks:
        return False
    today = today or timezone.localdate()
    present = [mark.on for mark in marks if mark.code in {"/", "\\", "L"}]
    since = max(present) if present else marks[0].on
    return county.calendar().elapsed(since, min(today, marks[-1].on)) >= NOT_SEEN_DAYS
