"""Task 4: what is getting in the way, and what is going well."""

from __future__ import annotations

from typing import Any

from portal.ui.forms import CheckboxesField, LongTextField
from referrals.questions._task import TaskForm

FAMILIES = (
    ("school_environment", "School environment", "Noise, crowds, friendships, bullying, a teacher or a lesson"),
    ("learning", "Learning and SEND", "Reading, concentration, needs that are not met"),
    ("wellbeing", "Wellbeing", "Worry, low mood, sleep, loss"),
    ("health", "Health", "Physical or mental health conditions, medicines, appointments"),
    ("home", "Home and caring", "Changes at home, caring for somebody, housing, money"),
    ("practical", "Practical", "Travel, uniform, mornings"),
    ("safety", "Safety outside home", "Exploitation, gangs, harm online"),
    ("unknown", "We do not know yet"),
)

SELECT = "Select what is getting in the way, or select ‘We do not know yet’"


class BarriersForm(TaskForm):
    barriers = CheckboxesField(
        label="What is getting in the way?",
        help_text="Select all that apply.",
        choices=FAMILIES,
        exclusive="unknown",
        error_messages={"required": SELECT, "exclusive": SELECT},
    )
    barrier_detail = LongTextField(
        label="What have you seen, and when?",
        help_text="Facts and examples help most: what happened, on which days, who noticed.",
        noun="what you have seen",
        max_length=1500,
        rows=6,
        required=False,
    )
    onset_event = LongTextField(
        label="Did something happen around the time it began?",
        noun="what happened",
        max_length=300,
        rows=2,
        optional=True,
    )
    strengths = LongTextField(
        label="What is going well, or what does the child love?",
        noun="what is going well",
        max_length=300,
        rows=3,
        error_messages={"required": "Tell us what is going well for the child"},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        known = cleaned.get("barriers") not in (None, [], ["unknown"])
        if known and not cleaned.get("barrier_detail") and "barrier_detail" not in self.errors:
            self.add_error("barrier_detail", "Tell us what you have seen, and when")
        return cleaned
