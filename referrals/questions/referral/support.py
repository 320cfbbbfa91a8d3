"""Task 5: what has been tried, and what difference it made."""

from __future__ import annotations

import datetime
from typing import Any

from portal.register.calendar import day_month_year
from portal.ui.forms import DatePartsField, LongTextField, RadiosField, SelectField
from referrals.questions._task import TaskForm

CONTACTS = (
    ("first_day_call", "First-day call"),
    ("letter", "Letter"),
    ("home_visit", "Home visit"),
)
MEETING = "meeting"
SUPPORTS = (
    ("named_adult", "Named adult"),
    ("adjusted_start", "Adjusted start"),
    ("safe_space", "Safe space"),
    ("curriculum_change", "Curriculum change"),
    ("buddy", "Buddy"),
    ("mentoring", "Mentoring"),
    ("ebsa_tools", "Tools for emotionally based school avoidance"),
    ("early_help", "Early Help assessment"),
    ("school_nurse", "School nurse"),
    ("reduced_timetable", "Reduced timetable"),
    ("attendance_contract", "Attendance contract"),
    ("other", "Something else"),
)
TYPES = (*CONTACTS, (MEETING, "Meeting with the family"), *SUPPORTS)

DIFFERENCE = (
    ("helped", "Helped"),
    ("helped_a_bit", "Helped a bit"),
    ("no_change", "No change"),
    ("harder", "Made it harder"),
    ("too_early", "Too early to say"),
)

NO_MEETING = "Add at least one meeting with the family, or tell us why there has not been one"


class TriedForm(TaskForm):
    support_type = SelectField(
        label="What did you try?", choices=TYPES, error_messages={"required": "Select what you tried"}
    )
    started_on = DatePartsField(
        label="When did it start?",
        noun="the day it started",
        help_text="For example, 5 10 2026",
        when="past_or_today",
    )
    what_happened = LongTextField(label="What happened?", noun="what happened", max_length=200, rows=3)
    difference = RadiosField(
        label="Did it make a difference?",
        choices=DIFFERENCE,
        error_messages={"required": "Select whether it made a difference"},
    )


class SupportForm(TaskForm):
    items = "tried"
    item_form = TriedForm
    item_noun = "thing you have tried"

    no_meeting_reason = LongTextField(
        label="If there has been no meeting with the family, why?",
        noun="the reason",
        max_length=300,
        rows=3,
        optional=True,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        types = {str(item.get("support_type")) for item in self.listed}
        if not types & {key for key, _ in CONTACTS}:
            self.add_error(None, "Add at least one contact with the family, such as a call, a letter or a visit")
        if MEETING not in types and not cleaned.get("no_meeting_reason") and "no_meeting_reason" not in self.errors:
            self.add_error("no_meeting_reason", NO_MEETING)
        return cleaned

    @classmethod
    def item_row(cls, item: dict[str, Any]) -> dict[str, Any]:
        try:
            since = f"Since {day_month_year(datetime.date.fromisoformat(item.get('started_on', '')))}"
        except (TypeError, ValueError):
            since = ""
        lines = [since, item.get("what_happened"), dict(DIFFERENCE).get(item.get("difference", ""))]
        kind = item.get("support_type", "")
        return {"key": dict(TYPES).get(kind, kind), "lines": [line for line in lines if line]}
