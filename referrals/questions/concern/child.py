"""The child: name and birthday."""

from __future__ import annotations

import datetime
from typing import Any

from portal.ui.forms import (
    DatePartsField,
    SelectField,
    TextField,
)
from referrals.questions.referral.pupil import YEAR_GROUPS

from ._question import Question, says
from .who import (
    is_young_person,
)


class Name(Question):
    title = "What is the child’s name?"
    title_you = "What is your name?"
    you = {
        "child_first_name": {"required": "Enter your first name", "help_text": "Use the name your school uses"},
        "child_last_name": {"required": "Enter your last name"},
        "child_known_as": {"label": "What people call you, if that is different"},
    }
    child_first_name = TextField(
        label="First name",
        help_text="Use the name school uses",
        max_length=80,
        width=20,
        autocomplete="off",
        spellcheck=False,
        error_messages=says("Enter the child’s first name"),
    )
    child_last_name = TextField(
        label="Last name",
        max_length=80,
        width=20,
        autocomplete="off",
        spellcheck=False,
        error_messages=says("Enter the child’s last name"),
    )
    child_known_as = TextField(
        label="What people call them, if that is different",
        noun="what people call them",
        max_length=80,
        width=20,
        autocomplete="off",
        spellcheck=False,
        optional=True,
    )
    short = {"child_known_as": "Known as"}


class Born(Question):
    title = "When were they born?"
    title_you = "When were you born?"
    you = {
        "child_dob": {"required": "Enter your date of birth"},
        "child_year_group": {"label": "Or tell us your school year"},
    }
    child_dob = DatePartsField(
        label="Date of birth",
        help_text="For example, 27 3 2014",
        noun="date of birth",
        when="past",
        earliest=datetime.date(1990, 1, 1),
        required=False,
    )
    child_year_group = SelectField(
        label="I do not know the date of birth: their school year is",
        noun="a school year",
        blank="Choose a school year",
        choices=[(group, group) for group in (*YEAR_GROUPS, "Not known")],
        required=False,
    )
    short = {"child_year_group": "School year"}

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("child_year_group") and "child_year_group" not in self.errors:
            nothing = "Enter your date of birth" if is_young_person(self.answers) else "Enter the child’s date of birth"
            self.insist("child_dob", nothing)
        return super().clean()
