from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.register.picture import BreakRow, Picture, WeekRow
from portal.register.rules import ServiceRules
from portal.register.sample import PATTERNS, believable_marks
from portal.register.sessions import Tier, summarise
from tests.register.county import CALENDAR, week
from tests.register.strategies import marks

SEPTEMBER = date(2026, 9, 7)
FULL = "/ \\ / \\ / \\ / \\ / \\"


def run(*rows, first=SEPTEMBER):
    """Weeks that follow one another, a row of codes each; an empty row is a week without marks."""
    return [mark for place, row in enumerate(rows) for mark in week(first + timedelta(weeks=place), row)]


def picture(*rows, first=SEPTEMBER, **kw):
    return Picture(run(*rows, first=first), **kw)


def test_the_headline_counts_before_it_says_a_percentage():
    shown = picture(*[FULL] * 3, "N N I I / \\ / \\ O U")
    assert shown.headline == "Attended 34 of 40 possible sessions (85.0%) since 7 September."


def test_nineteen_possible_sessions_say_no_percentage():
    shown = picture(FULL, "/ \\ / \\ / \\ / \\ I #")
    assert shown.headline == (
        "Attended 18 of 19 possible sessions since 7 September. Not enough sessions yet for a percentage."
    )
    assert (shown.tier, shown.tier_sentence, shown.national_sentence) == (None, "", "")


def test_no_marks_no_picture():
    shown = Picture([])
    assert shown.headline == "There are no possible sessions yet."
    assert (shown.weeks, shown.trend, shown.caption) == ((), (), "School register.")
    assert shown.sentences[0] == shown.headline
    assert shown.pattern_sentence == "No clear pattern."


def test_the_tier_waits_for_twelve_weeks_and_says_so():
    eleven = picture(*["I I / \\ / \\ / \\ / \\"] * 11)
    assert eleven.tier_sentence == (
        "This is in Universal Plus. Only 11 school weeks so far, so the 12-week figure needs last year’s marks."
    )
    twelve = picture(FULL, *["I I / \\ / \\ / \\ / \\"] * 12)
    assert twelve.tier_sentence == "In the last 12 school weeks: 96 of 120 (80.0%). This is in Universal Plus."
    assert twelve.year.attended == 106


def test_exactly_ninety_is_universal_and_persistent():
    shown = picture(FULL, "I I / \\ / \\ / \\ / \\")
    assert shown.tier is Tier.UNIVERSAL
    assert shown.national_sentence == (
        "National statistics call this persistent absence: 10% or more of possible sessions missed."
    )


def test_exactly_half_is_severe():
    shown = picture("I I I I I I I I I I", FULL)
    assert shown.tier is Tier.SEVERE
    assert "This is Severe absence." in shown.tier_sentence


def test_the_threshold_is_said_with_its_codes_and_never_as_automatic():
    shown = picture("N N N N O O O O O O", FULL)
    assert shown.threshold_sentence == (
        "10 sessions coded N or O in the last 10 school weeks. The fine threshold is 10."
    )
    assert shown.consequence_sentence == (
        "The school must now consider what to do; a fine is never automatic. 4 still have no reason (N)."
    )
    assert picture(FULL).threshold_sentence == (
        "No unauthorised sessions in the last 10 school weeks. The fine threshold is 10."
    )


def test_what_leaves_is_dated_where_the_calendar_reaches():
    rows = ("O O O O / \\ / \\ / \\", *[FULL] * 6)
    assert picture(*rows, calendar=CALENDAR).leaving_sentence == "4 leave the count by 23 November."
    assert picture(*rows).leaving_sentence == "4 leave the count in 4 school weeks."


def test_a_weekday_stands_out_from_fifteen_points_and_six_sessions():
    mondays = "O O / \\ / \\ / \\ / \\"
    assert picture(*[mondays] * 3).pattern_sentence == "Mondays 0%, other days 100%."
    assert picture(*[mondays] * 2).pattern_sentence == "No clear pattern.", "four Monday sessions are too few"
    assert picture(*["/ N / N / N / N / N"] * 2).pattern_sentence == "Afternoons 0%, mornings 100%."
    seventeen_in_twenty = [mondays] * 3 + [FULL] * 17
    assert picture(*seventeen_in_twenty).pattern_sentence == "Mondays 85%, other days 100%."
    assert picture(*seventeen_in_twenty, FULL).pattern_sentence == "No clear pattern."


def test_the_onset_is_named_after_three_full_weeks():
    assert picture(FULL, FULL, FULL, "N / / / / / / / / /").onset_sentence == (
        "No absence before the week of 28 September."
    )
    assert picture(FULL, FULL, "N / / / / / / / / /").onset_sentence == ""


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([FULL] * 6 + ["O O O O O / \\ / \\ /"] * 6, "Attendance fell from 100% to 50% over the last 12 school weeks."),
        (["O O O O O / \\ / \\ /"] * 6 + [FULL] * 6, "Attendance rose from 50% to 100% over the last 12 school weeks."),
        ([FULL] * 12, "Attendance has been steady, at 100% over the last 12 school weeks."),
        ([FULL] * 3, "It is too early to say whether attendance is rising or falling."),
    ],
)
def test_the_trend_is_said_in_words(rows, sentence):
    assert picture(*rows).trend_sentence == sentence


def test_the_marks_own_quality_is_said():
    shown = picture("N - C2 C2 B Q Y1 / / /", FULL, calendar=CALENDAR)
    assert shown.quality_sentences == (
        "1 session without a mark: left out of the percentage.",
        "1 marked N more than 5 school days ago: find the reason, or change to O.",
        "2 sessions coded C2: say when the part-time timetable ends.",
        "1 session coded B: say who provides the education.",
        "1 session coded Q: the council’s travel or access arrangement was not in place.",
        "1 session coded Y: unable to attend, left out of the percentage.",
    )


def test_the_calendar_has_a_row_a_week_and_one_for_half_term():
    shown = picture("N N / \\ U \\ / I I", "", FULL, first=date(2026, 10, 19), calendar=CALENDAR)
    first, gap, last = shown.weeks
    assert [type(row) for row in shown.weeks] == [WeekRow, BreakRow, WeekRow]
    assert (gap.name, gap.first, gap.last) == ("Half-term", date(2026, 10, 26), date(2026, 10, 30))
    assert (first.title, first.summary.whole_percentage, first.count_words) == ("19 October", "44%", "3 of 10")
    assert first.cells[0].words == "N, reason not yet known"
    assert first.days == (
        ("Mon", "N, reason not yet known"),
        ("Tue", "present"),
        ("Wed", "U, arrived after the register closed, then present"),
        ("Thu", "present, then I, illness, physical or mental"),
        ("Fri", "I, illness, physical or mental, then no session"),
    )
    assert last.days == (("Mon to Fri", "present"),)


def test_last_years_marks_count_for_the_window_and_not_for_the_year():
    summer = run(*["O O / \\ / \\ / \\ / \\"] * 5, first=date(2026, 6, 15))
    shown = Picture(summer + run(*[FULL] * 7), calendar=CALENDAR)
    assert shown.year.tenths == 1000
    assert shown.window is not None
    assert shown.window.percentage == "92.7%"
    assert shown.headline.endswith("since 7 September.")


def test_a_picture_of_an_earlier_day_knows_nothing_later():
    rows = run(FULL, "O O O O O O O O O O")
    assert Picture(rows, as_at=date(2026, 9, 11)).year.absent == 0


@settings(max_examples=50)
@given(marks())
def test_one_set_of_sums_stands_behind_everything(drawn):
    shown = Picture(drawn)
    rows = [row for row in shown.weeks if isinstance(row, WeekRow)]
    total = summarise(drawn)
    assert sum(row.summary.possible for row in rows) == total.possible
    assert sum(row.summary.absent for row in rows) == total.absent
    assert sum(point.week.attended for point in shown.trend) == total.attended
    assert sum(week.added for week in shown.rolling.weeks) == total.unauthorised
    assert [row.rolling.total for row in rows if row.rolling] == [week.total for week in shown.rolling.weeks]
    assert all(isinstance(sentence, str) for sentence in (*shown.sentences, *shown.quality_sentences))


def test_the_councils_words_are_used():
    rules = ServiceRules(tier_universal_plus_label="Targeted")
    assert picture("I I I / \\ / \\ / \\ /", FULL, rules=rules).tier_word == "Targeted"


@settings(max_examples=60)
@given(st.sampled_from(sorted(PATTERNS)), st.integers(0, 1000), st.integers(0, 2**32))
def test_invented_marks_hit_the_figure_and_are_the_same_every_time(pattern, tenths, seed):
    def drawn():
        first, last = date(2026, 9, 3), date(2026, 11, 20)
        return believable_marks(Random(seed), CALENDAR, first, last, attendance_tenths=tenths, pattern=pattern)

    made = drawn()
    assert made == drawn()
    total = summarise(made)
    assert (total.possible, total.missing) == (len(made), 0)
    if pattern != "part_time":
        assert total.absent == (len(made) * (1000 - tenths) + 500) // 1000


def test_an_unknown_pattern_is_named():
    with pytest.raises(ValueError, match="'odd' is not one of steady"):
        believable_marks(Random(1), CALENDAR, SEPTEMBER, SEPTEMBER, pattern="odd")
