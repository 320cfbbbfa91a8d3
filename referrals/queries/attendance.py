"""A child's marks as a picture: for the attendance page, the overview and the column of the case list.

Every figure comes from `portal.register`; here is only which marks to read.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Max
from django.utils import timezone

from portal import county
from portal.register.calendar import day_month
from portal.register.packed import unpack
from portal.register.picture import Picture
from portal.register.sessions import Summary
from referrals.models import Child, Marks
from referrals.questions.attendance import picture_of as picture_of_packed

# Enough rows of packed marks (a row a week) to hold the tier window with its holidays.
ROWS_FOR_WINDOW = 20


def newest(child_ids: Collection[Any]) -> dict[Any, Marks]:
    """`{child id: its newest marks}`, in one query however many children."""
    latest = Marks.objects.filter(child__in=child_ids).values("child").annotate(newest=Max("pk")).values("newest")
    found = Marks.objects.filter(pk__in=latest).select_related("school", "added_by")
    return {marks.child_id: marks for marks in found}


def picture_of(marks: Marks | None, child: Child) -> Picture | None:
    """All the register says about the child; None while nobody has given us marks."""
    if marks is None:
        return None
    return picture_of_packed(marks.text, born=child.date_of_birth, source=source_of(marks))


def judged(text: str) -> Summary:
    """`Picture.judged`, the sum the tier is read from, from the end of the text: a list needs it 25 times a page."""
    rows = text.splitlines()
    if len(rows) > ROWS_FOR_WINDOW:
        picture = _bare("\n".join(rows[-ROWS_FOR_WINDOW:]))
        if picture.window is not None:
            return picture.window
    return _bare(text).judged


def _bare(text: str) -> Picture:
    return Picture(unpack(text), rules=county.rules(), calendar=county.calendar())


def source_of(marks: Marks) -> str:
    """ "From Hillside High, added 18 November by J. Rees": where the marks come from and how fresh they are."""
    where = f"From {marks.school}" if marks.school else "Register marks"
    by = f" by {marks.added_by.get_short_name()}" if marks.added_by else ""
    return f"{where}, added {day_month(timezone.localdate(marks.added_at))}{by}"
