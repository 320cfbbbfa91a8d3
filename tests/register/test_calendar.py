from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.register.age import compulsory_school_age, is_of_compulsory_school_age
from portal.register.calendar import CalendarError, SchoolCalendar, Span, bank_holidays, in_words, school_year
from tests.register.county import CALENDAR

DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def test_a_date_in_words():
    assert in_words(date(2026, 11, 26)) == "Thursday 26 November 2026"


def test_three_school_days_from_a_friday_is_wednesday():
    assert CALENDAR.add_school_days(date(2026, 11, 20), 3) == date(2026, 11, 25)


def test_holidays_do_not_count():
    assert CALENDAR.add_school_days(date(2026, 12, 17), 2) == date(2027, 1, 4)
    assert CALENDAR.add_school_days(date(2026, 7, 17), 1) == date(2026, 9, 3)
    assert CALENDAR.elapsed(date(2026, 10, 22), date(2026, 11, 3)) == 2


def test_two_school_days_before():
    assert CALENDAR.add_school_days(date(2026, 11, 3), -2) == date(2026, 10, 22)


def test_no_school_days_on_is_today_or_the_next_school_day():
    assert CALENDAR.add_school_days(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert CALENDAR.add_school_days(date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_bank_holidays_inside_a_term_are_no_school_days():
    assert not CALENDAR.is_school_day(date(2027, 5, 3))


def test_outside_the_known_terms_weekdays_count_but_for_bank_holidays():
    empty = SchoolCalendar()
    assert empty.is_school_day(date(2026, 8, 28))
    assert not empty.is_school_day(date(2026, 8, 31))
    assert CALENDAR.is_school_day(date(2031, 6, 2))
    assert not CALENDAR.is_school_day(date(2027, 8, 30)), "the known summer ends in September"


def test_school_weeks_leave_out_half_term():
    assert CALENDAR.school_weeks(date(2026, 10, 19), date(2026, 11, 8)) == (date(2026, 10, 19), date(2026, 11, 2))
    assert CALENDAR.break_name(date(2026, 10, 26), date(2026, 10, 30)) == "Half-term"


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
        (2022, "01-03 04-15 04-18 05-02 05-30 08-29 12-26 12-27"),  # by rule; the Jubilee moved one
    ],
)
def test_bank_holidays_are_as_published(year, days):
    assert sorted(day.strftime("%m-%d") for day in bank_holidays(year)) == days.split()


@given(DATES, st.integers(1, 60))
def test_adding_and_counting_agree(on, number):
    later = CALENDAR.add_school_days(on, number)
    assert CALENDAR.is_school_day(later)
    assert CALENDAR.elapsed(on, later) == number


@given(DATES, DATES)
def test_counting_by_term_days_is_counting_day_by_day(since, until):
    days = (since + timedelta(days=n) for n in range(1, (until - since).days + 1))
    assert CALENDAR.elapsed(since, until) == sum(CALENDAR.is_school_day(day) for day in days)


def test_no_question_runs_for_ever():
    closed = SchoolCalendar(closures=tuple(Span("Shut", date(y, 1, 1), date(y, 12, 31)) for y in range(9000, 10000)))
    with pytest.raises(CalendarError):
        closed.add_school_days(date(9990, 1, 1), 1)
    with pytest.raises(CalendarError):
        CALENDAR.add_school_days(date(2026, 9, 3), 10_000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"terms": [{"from": "2026-09-03"}]}, "terms, row 1: a term needs its last day"),
        ({"terms": [{"name": "A"}]}, "terms, row 1: a row needs"),
        ({"terms": [{"from": "3 Sept", "to": "2026-12-18"}]}, "'3 Sept' is not a date"),
        ({"terms": "autumn"}, "terms must be a list"),
        ({"terms": [{"name": "Autumn", "from": "2026-12-18", "to": "2026-09-03"}]}, "Autumn ends"),
        ({"closures": [{"name": "Long", "from": "2026-12-18", "to": "2036-09-03"}]}, "Long is longer than a year"),
    ],
)
def test_a_wrong_file_is_refused_with_the_row(data, message):
    with pytest.raises(CalendarError, match=message):
        SchoolCalendar.from_mapping(data)


def test_a_one_off_bank_holiday_can_be_listed():
    calendar = SchoolCalendar.from_mapping({"bank_holidays": [date(2023, 5, 8)]})
    assert not calendar.is_school_day(date(2023, 5, 8))


def test_school_years_begin_in_august():
    assert school_year(date(2026, 7, 31)) == date(2025, 8, 1)
    assert school_year(date(2026, 8, 1)) == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("born", "first", "last"),
    [
        (date(2013, 3, 31), date(2018, 3, 31), date(2029, 6, 29)),
        (date(2013, 4, 1), date(2018, 8, 31), date(2029, 6, 29)),
        (date(2010, 8, 31), date(2015, 8, 31), date(2026, 6, 26)),
        (date(2010, 9, 1), date(2015, 12, 31), date(2027, 6, 25)),
        (date(2012, 2, 29), date(2017, 3, 31), date(2028, 6, 30)),
    ],
)
def test_compulsory_school_age(born, first, last):
    assert compulsory_school_age(born) == (first, last)
    assert is_of_compulsory_school_age(born, first)
    assert is_of_compulsory_school_age(born, last)
    assert not is_of_compulsory_school_age(born, last + timedelta(days=1))
