import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.register.packed import pack, unpack
from portal.register.paste import cover_problem, read_marks
from portal.register.sessions import Mark, summarise
from tests.register.county import CALENDAR, week
from tests.register.strategies import LETTERS, marks

TODAY = date(2026, 11, 20)
PIECES = ["07/09/2026", "2026-09-07", "31/02/2026", "9999-12-31", "AM", "PM"]
PIECES += ["/", "\\", "N", "J", "C2", "-", ".", "#", ",", ";", "\t", "@"]
WEEK = week(date(2026, 9, 7), "/ \\ / N / \\ I I C2 \\")


def read(text, **kw):
    return read_marks(text, today=TODAY, **kw)


def codes(reading):
    return " ".join(mark.code for mark in reading.marks)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-07 / \\ / N / \\ I I C2 \\",
        "07/09/2026\t/\t\\\t/\tN\t/\t\\\tI\tI\tC2\t\\",
        "7/9/26,/,\\,/,N,/,\\,I,I,C2,\\",
        "w/c 07.09.2026;/;\\;/;N;/;\\;I;I;C2;\\",
        "Week of 7 September 2026: /\\ /N /\\ II C2\\",
        "Mon 7th Sep 2026, /\\/N/\\IIC2\\",
        "week,mon,,tue\n2026-09-07T00:00:00,/,\\,/,n,/,\\,i,i,c2,\\,,,\n",
        "\ufeff07-09-2026\t/\t\\\t/\tN\t/\t\\\tI\tI\tC2\t\\\r\n",
        '"07/09/2026","/","\\","/","N","/","\\","I","I","C2","\\"',
        # a row a day
        "07/09/2026 / \\\n08/09/2026 / N\n09/09/2026 /\\\n10/09/2026 I I\n11/09/2026 C2 \\",
        # a string with its start date, the slashes mixed up as some systems have them
        "07/09/2026\n\\/\\N//IIC2\\",
    ],
)
def test_one_week_in_many_forms(text):
    reading = read(text)
    assert reading.problems == ()
    assert list(reading.marks) == WEEK


def test_a_row_a_session():
    reading = read("Date,Session,Mark\n07/09/2026,AM,/\n07/09/2026,PM,\\\n08/09/2026,morning,N\n")
    assert codes(reading) == "/ \\ N"
    assert reading.sentence == "We read 3 sessions from 7 September to 8 September."


def test_a_string_with_a_start_date_given_apart():
    reading = read("/\\/\\NN", starts_on=date(2026, 9, 4))
    assert [mark.on.day for mark in reading.marks] == [4, 4, 7, 7, 8, 8]


def test_a_string_skips_the_days_without_school_unless_it_has_marks_for_them():
    start = date(2026, 10, 22)
    assert read("/\\/\\", starts_on=start, calendar=CALENDAR).marks[2].on == date(2026, 11, 2)
    assert read("/\\##/\\", starts_on=start, calendar=CALENDAR).marks[4].on == date(2026, 10, 26)


def test_an_empty_cell_is_a_missing_mark_but_not_on_a_day_without_school():
    row = "19/10/2026\t/\t\\\t/\t\\\t/\t\\\t/\t\t\t\n"
    assert summarise(read(row).marks).missing == 3
    assert summarise(read(row, calendar=CALENDAR).marks).missing == 1


def test_the_end_of_the_last_row_may_be_trimmed():
    text = "09/11/2026\t/\t\\\t/\t\\\t/\t\\\t/\t\\\t/\t\\\n16/11/2026\t/\t\\\t/"
    assert codes(read(text)).endswith("/ \\ / \\ / \\ / - - - - - - -")


def test_blanks_after_today_are_nothing():
    assert len(read_marks("16/11/2026,/,\\,/,\\,,,,,,", today=date(2026, 11, 17)).marks) == 4


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Paste the pupil's marks"),
        (" \n\t\n", "Paste the pupil's marks"),
        ("/\\/\\NN", "We could not find dates in column A. Paste the dates as well as the marks"),
        ("Sam,/,\\\nAlex,/,\\", "We could not find dates in column A. Paste the dates as well as the marks"),
        (
            "\n" * 13 + "07/09/2026,AM,J\n07/09/2026,PM,/",
            "Row 14 has a code we do not know: ‘J’. Codes changed in August 2024. Choose J1, or another code",
        ),
        (
            "07/09/2026,AM,Y\n07/09/2026,PM,/",
            "Row 1 has a code we do not know: ‘Y’. Codes changed in August 2024. Choose Q or Y1 to Y7, or another code",
        ),
        (
            "07/09/2026,AM,A\n07/09/2026,PM,/",
            "Row 1 has a code we do not know: ‘A’. Check the mark in your register",
        ),
        (
            "07/05/2024,AM,C2\n07/05/2024,PM,/",
            "Row 1 has a code not yet in use on 7 May 2024: ‘C2’. Check the date or the code",
        ),
        (
            "31/09/2026,AM,/\n07/09/2026,PM,/",
            "Row 1 has a date we cannot read: ‘31/09/2026’. Use day, month, year, like 27/09/2026",
        ),
        (
            "07/09/2026,AM,/\nTuesday,PM,/",
            "Row 2 does not start with a date. Paste the dates as well as the marks",
        ),
        (
            "07/09/2027,AM,/\n07/09/2026,AM,/",
            "Row 1 has a date in the future: Tuesday 7 September 2027. Check the date",
        ),
        (
            "07/09/1926,AM,/\n07/09/2026,AM,/",
            "Row 1 has a date too long ago: Tuesday 7 September 1926. Check the date",
        ),
        (
            "05/09/2026,AM,/\n07/09/2026,AM,/",
            "Row 1 has a mark on a weekend: Saturday 5 September 2026. Check the date",
        ),
        (
            "07/09/2026,AM,/\n07/09/2026,AM,N",
            "Row 2 has ‘N’ for the morning of Monday 7 September 2026, but row 1 has ‘/’. Keep one of them",
        ),
        (
            "07/09/2026,/,\\,/,N,/\n14/09/2026,/,\\,/,N,/,\\,I,I,C2,\\",
            "Row 1 has 5 marks. A week has 10, from Monday morning to Friday afternoon",
        ),
        (
            "08/09/2026,/,\\,/,N,/,\\,I,I,C2,\\\n14/09/2026,/,\\,/,N,/,\\,I,I,C2,\\",
            "Row 1 has a week’s marks but begins on Tuesday 8 September 2026. Give its Monday",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text, problem):
    reading = read(text)
    assert [each.text for each in reading.problems] == [problem]
    assert not reading.ok


def test_the_marks_that_could_be_read_come_with_the_problems():
    assert codes(read("07/09/2026,AM,/\n07/09/2026,PM,J\n08/09/2026,AM,N")) == "/ N"


def test_a_repeat_is_a_note_and_no_problem():
    reading = read("07/09/2026,AM,/\n07/09/2026,AM,/")
    assert reading.ok
    assert reading.notes == ("1 session came twice with the same mark.",)


def test_marks_on_closed_days_are_noted():
    assert read("26/10/2026,AM,/\n02/11/2026,AM,/", calendar=CALENDAR).notes == (
        "1 mark on days when your calendar says school was closed.",
    )


def test_problems_are_listed_up_to_a_limit():
    reading = read("".join(f"07/09/2026,AM,X{n % 10}\n" for n in range(500)))
    assert len(reading.problems) == 21
    assert reading.problems[-1].text == (
        "There are 480 more problems like these. Check that you copied the right columns"
    )


@pytest.mark.parametrize(
    "piece", ["07/09/2026,AM,/\n", "/\\NN", "x", "\n", " ", "7 ", "w/c ", "07/09/2026 ", '"', "\t"]
)
def test_ten_megabytes_are_refused_at_once(piece):
    began = time.monotonic()
    reading = read(piece * (10_000_000 // len(piece)), starts_on=date(2020, 1, 6))
    assert time.monotonic() - began < 1
    assert reading.problems[0].text == (
        "The marks must be 500,000 characters or fewer. Paste the marks of one pupil only"
    )


@pytest.mark.parametrize(
    "piece", ["07/09/2026,AM,/\n", "/\\NN", "x", "\n", " ", "7 ", "week ", "07/09/2026 ", '"', "\t"]
)
def test_the_longest_paste_allowed_is_read_in_moments(piece):
    began = time.monotonic()
    read(piece * (500_000 // len(piece)), starts_on=date(2020, 1, 6), calendar=CALENDAR)
    assert time.monotonic() - began < 10


def test_more_marks_than_a_childhood_has_are_refused():
    assert "more than 6,000 marks" in read("/\\" * 3001, starts_on=date(2020, 1, 6)).problems[0].text


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text):
    reading = read(text)
    assert reading.marks or reading.problems


@given(
    st.lists(
        st.lists(st.sampled_from(PIECES)),
        max_size=8,
    ),
    st.none() | st.dates(),
)
def test_anything_like_a_register_gets_an_answer(rows, starts_on):
    reading = read("\n".join(" ".join(row) for row in rows), starts_on=starts_on, calendar=CALENDAR)
    assert all(mark.on <= TODAY and mark.on.weekday() < 5 for mark in reading.marks)


@given(marks(codes=LETTERS.filter(bool)))
def test_packed_marks_unpack_to_themselves(drawn):
    assert unpack(pack(drawn)) == drawn


@given(marks(codes=LETTERS.filter(bool), known_only=True))
def test_packed_marks_can_be_pasted(drawn):
    slashes = {"/": {"AM": "/", "PM": "\\"}, "\\": {"AM": "/", "PM": "\\"}}
    right = tuple(Mark(on, half, slashes.get(code, {}).get(half, code)) for on, half, code in drawn)
    reading = read(pack(drawn))
    assert reading.marks == right
    assert not right or reading.ok


@pytest.mark.parametrize(
    ("text", "message"),
    [("2026-09-07 / \\", "Line 1 has 2 marks"), ("x / \\", "Line 1 has no date"), ("\n", "Line 1 has no date")],
)
def test_what_was_not_packed_is_not_unpacked(text, message):
    with pytest.raises(ValueError, match=message):
        unpack(text)


@pytest.mark.parametrize("wrong", [date(2026, 9, 5), date(2026, 9, 6)])
def test_a_weekend_is_not_packed(wrong):
    with pytest.raises(ValueError, match="weekend"):
        pack([Mark(wrong, "AM", "/")])


def test_marks_must_reach_back_six_school_weeks():
    full = [mark for n in range(12) for mark in week(date(2026, 9, 7) + timedelta(weeks=n), "/ \\") if n != 7]
    assert cover_problem(full, calendar=CALENDAR, today=TODAY) == ""
    assert cover_problem(full[-8:], calendar=CALENDAR, today=TODAY) == (
        "Marks must cover at least the last 6 school weeks, or explain why not"
    )


def test_a_month_in_letters_that_only_look_right_is_no_month_and_no_crash():
    reading = read_marks("7 \u017fep 2026 / \\ / \\ / \\ / \\ / \\")
    assert not reading.ok
