from datetime import date, timedelta

from hypothesis import given

from portal.register.calendar import week_of
from portal.register.rules import ServiceRules
from portal.register.sessions import Mark
from portal.register.threshold import rolling
from tests.register.county import CALENDAR, week
from tests.register.strategies import marks

MONDAY = date(2026, 9, 7)
FULL = "/ \\ / \\ / \\ / \\ / \\"


def weeks_of(*codes, first=MONDAY):
    """A row of marks a week, in weeks that follow one another."""
    return [mark for place, row in enumerate(codes) for mark in week(first + timedelta(weeks=place), row)]


def test_ten_in_one_week_meets_it():
    assert rolling(weeks_of("G G G G G G G G G G")).met


def test_six_then_one_a_week_meets_it():
    count = rolling(weeks_of("N N O O U U / \\ / \\", *["O \\ / \\ / \\ / \\ / \\"] * 4))
    assert count.met
    assert [each.total for each in count.weeks] == [6, 7, 8, 9, 10]


def test_the_count_spans_the_summer():
    summer = week(date(2026, 7, 13), "/ \\ / \\ / \\ / \\ O O")
    autumn = week(date(2026, 9, 7), "O O O O / \\ / \\ / \\") + week(date(2026, 9, 14), "O O O O / \\ / \\ / \\")
    assert rolling(summer + autumn).met
    assert rolling(summer + autumn, calendar=CALENDAR).met


def test_nine_late_after_closing_and_one_before_do_not_meet_it():
    assert rolling(weeks_of("U U U U U U U U U L")).total == 9


def test_ten_over_eleven_weeks_do_not_meet_it():
    rows = ["O \\ / \\ / \\ / \\ / \\"] + [f"O {FULL[2:]}"] * 8 + [FULL] + ["O \\ / \\ / \\ / \\ / \\"]
    count = rolling(weeks_of(*rows))
    assert sum(each.added for each in count.weeks) == 10
    assert (count.total, count.ever_met) == (9, False)


def test_illness_never_meets_it():
    assert rolling(weeks_of(*["I I I I I I I I I I"] * 10)).total == 0


def test_a_week_without_school_uses_up_no_week():
    before = weeks_of("O O O O O / \\ / \\ /")
    closed = weeks_of(*["# # # # # # # # # #"] * 3, first=MONDAY + timedelta(weeks=1))
    after = weeks_of(*[FULL] * 8, "O O O O O / \\ / \\ /", first=MONDAY + timedelta(weeks=4))
    assert rolling(before + closed + after).met


def test_a_week_the_calendar_knows_counts_without_marks():
    marks_given = week(date(2026, 9, 7), "O O / \\ / \\ / \\ / \\")
    count = rolling(marks_given, calendar=CALENDAR, as_at=date(2026, 11, 20))
    assert len(count.weeks) == 10, "eleven weeks less half-term"
    assert (count.total, rolling(marks_given, calendar=CALENDAR, as_at=date(2026, 11, 27)).total) == (2, 0)


def test_what_leaves_the_count_next_is_known():
    count = rolling(weeks_of("O O O O / \\ / \\ / \\", *[FULL] * 5, first=date(2026, 9, 7)), calendar=CALENDAR)
    assert (count.total, count.leaving) == (4, 0), "six weeks are in the window: four more make ten"
    count = rolling(weeks_of("O O O O / \\ / \\ / \\", *[FULL] * 6), calendar=CALENDAR)
    assert (count.leaving, count.leaving_by) == (4, date(2026, 11, 23))


def test_the_evidence_is_the_marks_counted_and_n_is_named():
    count = rolling(weeks_of("N O I / L \\ / \\ / G"))
    assert [mark.code for mark in count.evidence] == ["N", "O", "G"]
    assert count.unresolved == 1


def test_days_outside_compulsory_school_age_are_left_out():
    given_marks = weeks_of("O O O O O O O O O O")
    assert rolling(given_marks, of_age=(date(2026, 9, 9), date(2030, 6, 28))).total == 6


def test_the_councils_figures_are_followed():
    rules = ServiceRules(pn_threshold_sessions=4, pn_window_school_weeks=2, pn_codes=("O",))
    count = rolling(weeks_of("O O N N / \\ / \\ / \\", "O O / \\ / \\ / \\ / \\", FULL), rules)
    assert [each.total for each in count.weeks] == [2, 4, 2]
    assert (count.met, count.ever_met) == (False, True)


def test_no_marks_no_count():
    count = rolling([])
    assert (count.total, count.met, count.weeks) == (0, False, ())


@given(marks())
def test_the_count_is_the_plain_count_of_the_last_ten_weeks(drawn):
    count = rolling(drawn)
    shown = sorted({week_of(m.on) for m in drawn if m.code not in ("", "-", "!", "@", "#", "Y4")})
    shown = [each.monday for each in count.weeks if each.monday in shown]
    assert shown == [each.monday for each in count.weeks]
    for place, each in enumerate(count.weeks):
        window = shown[max(0, place - 9) : place + 1]
        assert each.total == sum(m.code in ("G", "N", "O", "U") and week_of(m.on) in window for m in drawn)
    assert count.total == (count.weeks[-1].total if count.weeks else 0)
    assert sum(each.added - each.dropped for each in count.weeks) == count.total


def test_order_does_not_matter():
    given_marks = weeks_of("N O I / L \\ / \\ / G", FULL)
    assert rolling(given_marks[::-1]) == rolling(given_marks)
    assert isinstance(rolling(given_marks).evidence[0], Mark)
