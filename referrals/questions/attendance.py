"""Marks from a school's register: read from a paste, judged, kept packed, and shown as one picture everywhere.

The referral, the case's attendance page and the API read a paste with `read_attendance`, so that all refuse the same
things in the same words.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from portal import county
from portal.register.age import compulsory_school_age
from portal.register.packed import pack, unpack
from portal.register.paste import Reading, cover_problem, read_marks
from portal.register.picture import Picture
from portal.register.sessions import Tier
from portal.ui.forms import LongTextField, MarksField, TickField, YesNoField

from ._task import TaskForm

A_FILE = "Paste the marks as text. This box cannot read a file"


def read_paste(text: str, *, today: datetime.date | None = None) -> Reading:
    """What the text says, by this county's calendar. Never raises for anything in the text."""
    return read_marks(text, calendar=county.calendar(), today=today or timezone.localdate())


def read_attendance(text: str, *, today: datetime.date | None = None) -> tuple[dict[str, Any], list[str]]:
    """(answers, problems): `{"marks", "first_day", "last_day", "severe"}` as it is stored, and sentences for the page.

    Where there are problems the answers are {}: marks that are partly understood are not saved.
    """
    reading = read_paste(text, today=today)
    if not reading.ok:
        return {}, [problem.text for problem in reading.problems]
    return answers_of(reading), []


def answers_of(reading: Reading) -> dict[str, Any]:
    return {
        "marks": pack(reading.marks),
        "first_day": reading.marks[0].on.isoformat(),
        "last_day": reading.marks[-1].on.isoformat(),
        "severe": picture_of_marks(reading.marks).tier is Tier.SEVERE,
    }


def picture_of(packed: str, **about: Any) -> Picture | None:
    """The picture of stored marks; None without any, or where what is stored cannot be read."""
    try:
        marks = unpack(packed)
    except ValueError:
        return None
    return picture_of_marks(marks, **about) if marks else None


def picture_of_marks(marks: Any, *, born: datetime.date | None = None, source: str = "School register") -> Picture:
    return Picture(
        marks,
        rules=county.rules(),
        calendar=county.calendar(),
        source=source,
        of_age=compulsory_school_age(born) if born else None,
    )


class AttendanceForm(TaskForm):
    """Task 3. `reading` is what the paste says (None while nothing was pasted), `picture` what it looks like."""

    marks = MarksField(
        label="The pupil's marks",
        noun="the marks",
        help_text=(
            "Copy them from your school system and paste them here: a row for each session, a row for each week with "
            "ten marks, or one string of marks after its first date. Dates are day, month, year."
        ),
        max_length=None,
        rows=10,
        required=False,
    )
    marks_short_reason = LongTextField(
        label="If the marks do not cover the last 6 school weeks, why not?",
        noun="the reason",
        max_length=300,
        rows=2,
        optional=True,
    )
    part_time_timetable = YesNoField(
        label="Is the pupil on a part-time timetable?",
        error_messages={"required": "Select whether the pupil is on a part-time timetable"},
    )
    part_time_detail = LongTextField(
        label="If yes: when was it agreed, for how many hours a week, and when is it reviewed?",
        noun="the details of the part-time timetable",
        max_length=400,
        rows=3,
        required=False,
    )
    data_accurate = TickField(
        label="These marks match our register",
        error_messages={"required": "Confirm that the marks match your register"},
    )

    reading: Reading | None = None

    def clean_marks(self) -> str:
        if self.files.get("marks"):
            raise ValidationError(A_FILE, code="file")
        self.reading = read_paste(self.cleaned_data["marks"])
        if not self.reading.ok:
            raise ValidationError([problem.text for problem in self.reading.problems])
        return self.cleaned_data["marks"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("part_time_timetable") and not cleaned.get("part_time_detail"):
            self.add_error("part_time_detail", "Tell us about the part-time timetable")
        if self.short and not self.settled and not cleaned.get("marks_short_reason"):
            self.add_error("marks_short_reason", self.short)
        return cleaned

    @property
    def short(self) -> str:
        """Why the marks do not cover enough weeks; "" where they do, or where they could not be read."""
        if self.reading is None or not self.reading.ok:
            return ""
        return cover_problem(self.reading.marks, county.rules(), calendar=county.calendar(), today=timezone.localdate())

    @property
    def picture(self) -> Picture | None:
        if self.reading is not None:
            return picture_of_marks(self.reading.marks, born=self._born) if self.reading.marks else None
        return picture_of(self.held.get("marks", ""), born=self._born)

    @property
    def _born(self) -> datetime.date | None:
        try:
            return datetime.date.fromisoformat(self.whole["pupil"]["date_of_birth"])
        except (KeyError, TypeError, ValueError):
            return None

    def answers(self) -> dict[str, Any]:
        return super().answers() | answers_of(self.reading)

    def rows(self) -> list[dict[str, Any]]:
        rows = [row for row in super().rows() if row["key"] != str(self.fields["marks"].label)]
        picture = self.picture
        said = "\n".join(picture.sentences) if picture else ""
        return [{"key": "What the marks say", "value": said}, *rows]
