"""A child's marks as a picture: for the attendance page, the overview and the column of the case list.

Every figure comes from `portal.register`; here is only which marks to read.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from portal.register.calendar import day_month, school_year
from portal.register.packed import pack, unpack
from portal.register.picture import Picture
from portal.register.sessions import Summary, summarise
from portal.register.threshold import school_weeks_of
from referrals import policy, protection
from referrals.models import Case, Child, Marks
from referrals.questions.attendance import picture_of as picture_of_packed

# Rows of packed marks (a row a week) that usually hold the tier window with a holiday in it.
ROWS_FOR_WINDOW = 15
PICTURED = 200  # pictures, up to 100 KB each with their drawings
REMEMBERED = 2_000  # texts, about 3 KB each


def newest(child_ids: Collection[Any] | QuerySet) -> dict[Any, Marks]:
    """`{child id: its newest marks}`, in one query however many children."""
    latest = Marks.objects.filter(child__in=child_ids).values("child").annotate(newest=Max("pk")).values("newest")
    found = Marks.objects.filter(pk__in=latest).select_related("school", "added_by")
    return {marks.child_id: marks for marks in found}


def of_case(actor: Actor, case: Case) -> tuple[Marks | None, Picture | None]:
    """The newest marks of the case's child and their picture, of somebody who reads its attendance.

    Where it is shared from a day, only marks that came since, and of them the half-days since.
    """
    given = Marks.objects.filter(child=case.child_id).annotate(since=policy.reads_since(actor, case, "attendance"))
    given = given.filter(Q(since__isnull=True) | Q(added_at__gte=F("since")))
    found = given.select_related("school", "added_by").order_by("-pk").first()
    if found is not None:
        protection.of_case(case).hide_schools(found.school)
    if found is not None and found.since is not None:
        found.text = pack(mark for mark in unpack(found.text) if mark.on >= timezone.localdate(found.since))
    return found, picture_of(found, case.child)


def picture_of(marks: Marks | None, child: Child) -> Picture | None:
    """All the register says about the child; None while nobody has given us marks."""
    if marks is None:
        return None
    return _pictured(marks.text, child.date_of_birth, source_of(marks), county.rules(), county.calendar())


@lru_cache(maxsize=PICTURED)
def _pictured(text: str, born: datetime.date | None, source: str, *rules: Any) -> Picture | None:
    """Remembered with what was drawn of it, by all that it is made of: another text, or other rules, are another."""
    return picture_of_packed(text, born=born, source=source)


@lru_cache(maxsize=REMEMBERED)
def judged(text: str) -> Summary:
    """The sum the tier is read from, as `Picture.judged` gives it, without drawing the picture: lists need 25 a page.

    Remembered by the text, which says all there is to say; a change of it is another text.
    """
    rows, size = text.splitlines(), county.rules().tier_window_school_weeks
    for last in (ROWS_FOR_WINDOW, 2 * ROWS_FOR_WINDOW, len(rows)):
        marks = unpack("\n".join(rows[-last:]))
        weeks = school_weeks_of(marks, county.calendar(), marks[-1].on) if marks else ()
        if len(weeks) >= size:
            return summarise([mark for mark in marks if mark.on >= weeks[-size]])
    return summarise([mark for mark in marks if mark.on >= school_year(marks[-1].on)]) if marks else Summary()


def source_of(marks: Marks) -> str:
    """ "From Hillside High, added 18 November by J. Rees": where the marks come from and how fresh they are."""
    where = f"From {marks.school}" if marks.school else "Register marks"
    by = f" by {marks.added_by.get_short_name()}" if marks.added_by else ""
    return f"{where}, added {day_month(timezone.localdate(marks.added_at))}{by}"
