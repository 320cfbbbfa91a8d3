"""A paste of marks: read once, refused in exact words, the same for the referral, the case and the API."""

from __future__ import annotations

import datetime

import pytest

from portal.register.packed import unpack
from referrals.questions.attendance import picture_of, read_attendance

TODAY = datetime.date(2026, 11, 20)

REFUSED = {
    "nothing": ("", "Paste the pupil's marks"),
    "no dates": ("/ \\ / \\ N N", "We could not find dates in column A. Paste the dates as well as the marks"),
    "an old code": (
        "07/09/2026, AM, J",
        "Row 1 has a code we do not know: ‘J’. Codes changed in August 2024. Choose J1, or another code",
    ),
    "a code that never was": (
        "07/09/2026, AM, /\n07/09/2026, PM, %",
        "Row 2 has a code we do not know: ‘%’. Check the mark in your register",
    ),
    "the future": (
        "07/12/2026, AM, /",
        "Row 1 has a date in the future: Monday 7 December 2026. Check the date",
    ),
    "too much": (
        "07/09/2026, AM, /\n" * 600_000,
        "The marks must be 500,000 characters or fewer. Paste the marks of one pupil only",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_paste_that_cannot_be_used_says_why(what):
    text, sentence = REFUSED[what]
    answers, problems = read_attendance(text, today=TODAY)
    assert answers == {}
    assert problems[0] == sentence


def test_a_week_a_row_is_kept_packed_with_its_first_and_last_day():
    answers, problems = read_attendance("07/09/2026  / \\ / N / \\ I I / \\", today=TODAY)
    assert problems == []
    assert (answers["first_day"], answers["last_day"], answers["severe"]) == ("2026-09-07", "2026-09-11", False)
    assert len(unpack(answers["marks"])) == 10


def test_half_or_more_missed_is_severe():
    weeks = "\n".join(f"{day:02}/09/2026  N N N N N N / \\ / \\" for day in (7, 14, 21, 28))
    assert read_attendance(weeks, today=TODAY)[0]["severe"] is True


def test_the_picture_of_what_was_stored_says_the_same():
    answers, _ = read_attendance("07/09/2026  / \\ / N / \\ I I / \\", today=TODAY)
    assert picture_of(answers["marks"]).headline.startswith("Attended 7 of 10 possible sessions")
    assert picture_of("") is None
    assert picture_of("not marks") is None
