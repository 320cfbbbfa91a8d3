import re
from datetime import date
from random import Random

import pytest
from django.template.loader import render_to_string

from portal.register.picture import Picture
from portal.register.sample import PATTERNS, believable_marks
from portal.ui.charts import AttendanceTrend, RegisterCalendar, RollingCount, charts_of
from tests.register.county import CALENDAR, week


def shown(pattern="mondays", tenths=806):
    marks = believable_marks(
        Random(3), CALENDAR, date(2026, 4, 13), date(2026, 11, 20), attendance_tenths=tenths, pattern=pattern
    )
    return Picture(marks, calendar=CALENDAR)


def html(chart):
    return render_to_string(chart.template_name, chart.context())


@pytest.mark.parametrize("kind", [RegisterCalendar, RollingCount, AttendanceTrend])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_chart_says_its_finding_and_obeys_the_content_security_policy(kind, pattern):
    chart = kind(shown(pattern))
    page = html(chart)
    assert chart.title in page.replace("&#x27;", "'")
    assert "as at 20 November 2026" in page
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)[0].split()) <= set(ids)


@pytest.mark.parametrize("kind", [RollingCount, AttendanceTrend])
def test_a_drawing_has_a_name_a_description_and_a_table_with_the_same_numbers(kind):
    chart = kind(shown())
    page = html(chart)
    assert 'role="img"' in page
    assert "<desc" in page
    assert "<table" in page
    assert len(chart.rows) == len(chart.points)
    for row in chart.rows:
        assert f">{row[0]}<" in page


def test_drawings_stay_inside_their_box():
    for pattern in PATTERNS:
        for tenths in (0, 500, 1000):
            rolling, trend = RollingCount(shown(pattern, tenths)), AttendanceTrend(shown(pattern, tenths))
            numbers = [int(n) for n in re.findall(r"\d+", f"{rolling.line} {trend.line}")]
            assert all(20 <= number <= 572 for number in numbers)
            assert all(52 <= x <= 572 and 20 <= y <= 216 for x, y, _ in trend.dots)


def test_the_register_calendar_is_a_table_whose_cells_say_letter_and_meaning():
    page = html(RegisterCalendar(Picture(week(date(2026, 10, 5), "/ \\ / N / \\ I I Y5 \\"))))
    assert '<th scope="row">5 October</th>' in page
    assert '<abbr title="Tuesday afternoon">pm</abbr>' in page
    assert (
        '<td class="register-calendar__cell register-calendar__cell--unauthorised"><span aria-hidden="true">N</span>'
        '<span class="visually-hidden">N, reason not yet known</span></td>'
    ) in page
    assert "1 of 10" in page
    assert "<dt>Tue</dt><dd>present, then N, reason not yet known</dd>" in page


def test_a_week_with_few_possible_sessions_is_drawn_hollow():
    chart = AttendanceTrend(
        Picture(week(date(2026, 9, 7), "/ \\ / \\ / # # # # #") + week(date(2026, 9, 14), "/ \\ N"))
    )
    assert [hollow for _, _, hollow in chart.dots] == [False, True]


def test_only_the_latest_weeks_can_be_asked_for():
    assert len(RollingCount(shown(), weeks=6).rows) == 6


def test_no_marks_no_charts():
    assert charts_of(Picture([])) == []
    for kind in (RegisterCalendar, RollingCount, AttendanceTrend):
        assert "<figure" in html(kind(Picture([])))
