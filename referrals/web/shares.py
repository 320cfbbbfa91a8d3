"""What an agency reads of a case, as a form asks it: with an invitation, and when it is changed."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from portal.register.calendar import day_month_year
from portal.ui.forms import CheckboxesField, Form, RadiosField
from referrals.actions._grant import Shares
from referrals.models import Grant
from referrals.models.grant import SECTIONS

WHOLE, WHOLE_FROM, SOME, SOME_FROM = "whole", "whole_from_today", "sections", "sections_from_today"
BY_SECTIONS, BY_DAY = frozenset({SOME, SOME_FROM}), frozenset({WHOLE_FROM, SOME_FROM})


def reads_choices(since: datetime.datetime | None = None) -> list[tuple[str, str]]:
    """`since`: from when it is shared with them now, which stays so."""
    day = f"from {day_month_year(timezone.localdate(since))}" if since else "from today"
    return [
        (WHOLE, "The whole case"),
        (WHOLE_FROM, f"The whole case, {day}"),
        (SOME, "Only the sections below"),
        (SOME_FROM, f"Only the sections below, {day}"),
    ]


class SharesForm(Form):
    """Two fields of a form. Nothing said is the whole case; notes kept to others stay so whatever is said here."""

    reads = RadiosField(
        label="What can they read?",
        noun="what they can read",
        choices=reads_choices(),
        initial=WHOLE,
        required=False,
        help_text="Never notes that are kept to others.",
    )
    sections = CheckboxesField(label="Sections", noun="sections", choices=list(SECTIONS.items()), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reads") in BY_SECTIONS and not cleaned.get("sections") and "sections" not in self.errors:
            self.add_error("sections", "Select at least one section to share")
        return cleaned

    def shares(self, since: datetime.datetime | None = None) -> Shares:
        """What was said, of a form that is valid."""
        reads = self.cleaned_data.get("reads") or WHOLE
        sections = frozenset(self.cleaned_data["sections"] if reads in BY_SECTIONS else SECTIONS)
        from_a_day = reads in BY_DAY
        return Shares(sections, from_today=from_a_day, since=since if from_a_day else None)


def typed_of(part: Grant) -> dict[str, Any]:
    """What the two fields say of a part as it is."""
    some, dated = len(part.sections) < len(SECTIONS), part.shares_from is not None
    reads = {(False, False): WHOLE, (False, True): WHOLE_FROM, (True, False): SOME, (True, True): SOME_FROM}
    return {"reads": reads[some, dated], "sections": list(part.sections) if some else []}
