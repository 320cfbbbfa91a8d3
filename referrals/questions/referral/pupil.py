"""Task 1: who the pupil is."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.register.age import is_of_compulsory_school_age
from portal.register.upn import MISSING, UpnError, read_upn
from portal.ui.forms import PARTS, CheckboxesField, DatePartsField, SelectField, TextField
from referrals.questions._task import TaskForm

YEAR_GROUPS = ("Nursery", "Reception", *(f"Year {number}" for number in range(1, 14)))
OUTSIDE_SCHOOL_AGE = frozenset({"Nursery", "Reception", "Year 12", "Year 13"})

SEN_STATUS = (
    ("none", "None"),
    ("sen_support", "SEN support"),
    ("ehc_plan", "EHC plan"),
    ("assessment", "Assessment under way"),
    ("unmet_need", "We think there may be unmet need"),
)

CIRCUMSTANCES = (
    ("cp", "Child protection plan"),
    ("cin", "Child in need plan"),
    ("cla", "Looked after by a council"),
    ("previously_looked_after", "Previously looked after"),
    ("young_carer", "Young carer"),
    ("service_child", "Parent in the armed forces"),
    ("fsm", "Free school meals"),
    ("none", "None of these"),
)

NOT_SCHOOL_AGE = (
    ("reception", "In Reception or Nursery, and not yet 5"),
    ("post_16", "Staying on after 16"),
    ("other_year", "Taught outside their year group"),
)

AGE = "Enter a date of birth that makes the pupil of compulsory school age, or select the reason this does not apply"


class PupilForm(TaskForm):
    first_name = TextField(label="First name", noun="the pupil's first name", max_length=80, width=20)
    last_name = TextField(label="Last name", noun="the pupil's last name", max_length=80, width=20)
    known_as = TextField(label="Known as", max_length=80, width=20, optional=True)
    date_of_birth = DatePartsField(
        label="Date of birth",
        help_text="For example, 27 3 2013",
        when="past",
        error_messages={"required": "Enter the pupil's date of birth"},
    )
    age_reason = SelectField(
        label="If the pupil is not of compulsory school age, why?",
        choices=NOT_SCHOOL_AGE,
        blank="They are of compulsory school age",
        required=False,
    )
    upn = TextField(
        label="Unique pupil number (UPN)",
        help_text="13 characters, beginning with a letter. It is on your school system.",
        error_messages={"required": MISSING},
        width=20,
        spellcheck=False,
    )
    year_group = SelectField(
        label="Year group", choices=[(y, y) for y in YEAR_GROUPS], error_messages={"required": "Select the year group"}
    )
    sen_status = SelectField(
        label="SEN status",
        choices=SEN_STATUS,
        noun="the pupil's SEN status",
    )
    circumstances = CheckboxesField(
        label="Do any of these apply?",
        choices=CIRCUMSTANCES,
        exclusive="none",
        error_messages={
            "required": "Select any that apply, or select ‘None of these’",
            "exclusive": "Select any that apply, or select ‘None of these’",
        },
    )

    def clean_upn(self) -> str:
        try:
            return read_upn(self.cleaned_data["upn"]).number
        except UpnError as wrong:
            raise ValidationError(str(wrong), code=wrong.code) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        born: datetime.date | None = cleaned.get("date_of_birth")
        excused = cleaned.get("age_reason") or cleaned.get("year_group") in OUTSIDE_SCHOOL_AGE
        if born and not excused and not is_of_compulsory_school_age(born, timezone.localdate()):
            self.add_error("date_of_birth", ValidationError(AGE, code="age", params={"parts": PARTS}))
        return cleaned
