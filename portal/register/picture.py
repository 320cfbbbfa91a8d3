"""Everything a screen says about one pupil's attendance, worked out once from the marks.

The referral form, the case page, the letters and the charts read the same ``Picture``: sentence, table, line and
calendar cannot disagree, because there is one set of sums behind them.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from portal.register.calendar import (
    DAYS,
    ONE_DAY,
    ONE_WEEK,
    SchoolCalendar,
    day_month,
    day_month_year,
    school_year,
    week_of,
)
from portal.register.codes import Category, lookup
from portal.register.rules import DEFAULT, ServiceRules
from portal.register.sessions import AM, PM, Mark, Summary, Tier, summarise
from portal.register.threshold import Rolling, WeekCount, rolling


@dataclass(frozen=True, slots=True)
class Cell:
    """One half-day in the register calendar. ``code`` is ``""`` where there is no mark at all."""

    day: str  # "Tuesday"
    half: str  # "morning" or "afternoon"
    code: str
    category: Category
    means: str  # "reason not yet known"

    @property
    def words(self) -> str:
        """What a screen reader says: ``"N, reason not yet known"``; the table's headers say the day."""
        return f"{self.code}, {self.means}" if self.code and self.category is not Category.MISSING else self.means

    @property
    def short_words(self) -> str:
        """One cell of a week in a list: ``"present"``, ``"N, reason not yet known"``."""
        return "present" if self.code in ("/", "\\") else self.words


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A row of the register calendar: ten cells, Monday morning to Friday afternoon, and what they add up to."""

    monday: date
    cells: tuple[Cell, ...]
    summary: Summary
    rolling: WeekCount | None  # None for a week in which school was closed
    needed: int

    @property
    def title(self) -> str:
        """``"5 October"``: the row's header."""
        return day_month(self.monday)

    @property
    def count_words(self) -> str:
        """``"3 of 10"``: unauthorised sessions in the rolling window after this week, of the number that matters."""
        return f"{self.rolling.total} of {self.needed}" if self.rolling else ""

    @property
    def days(self) -> tuple[tuple[str, str], ...]:
        """The week as text, like days together: ``(("Mon to Thu", "present"), ("Fri", "N, reason not yet known"))``."""
        pairs = zip(self.cells[::2], self.cells[1::2], strict=True)
        days = [(morning.day[:3], _day_words(morning, afternoon)) for morning, afternoon in pairs]
        runs = [list(run) for _, run in groupby(days, key=itemgetter(1))]
        return tuple((f"{run[0][0]} to {run[-1][0]}" if len(run) > 1 else run[0][0], run[0][1]) for run in runs)


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A row of the register calendar that stands for whole weeks without school."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One school week of the trend, with the sum over the window that ends with it."""

    monday: date
    week: Summary
    window: Summary
    provisional: bool  # too few possible sessions in the week to mean much: drawn hollow


@dataclass(frozen=True)
class Picture:
    """The attendance of one pupil, as at a day (default: the day of the last mark).

    ``marks`` may come in any order. ``source`` is for captions: who gave the marks. Each property is computed once.
    """

    marks: Sequence[Mark]
    rules: ServiceRules = DEFAULT
    calendar: SchoolCalendar = field(default_factory=SchoolCalendar)
    as_at: date | None = None
    source: str = "School register"
    of_age: tuple[date, date] | None = None

    @cached_property
    def drawn(self) -> dict[Hashable, str]:
        """What has been drawn of this picture, for whoever draws it again (portal/ui)."""
        return {}

    # -- the figures --------------------------------------------------------------------------------------------------

    @cached_property
    def ordered(self) -> tuple[Mark, ...]:
        """The marks up to ``as_at``, in order of time."""
        marks = tuple(sorted(self.marks))
        return marks if self.as_at is None else tuple(mark for mark in marks if mark.on <= self.as_at)

    @cached_property
    def until(self) -> date | None:
        """The day the picture is as at; None without marks and without a day given."""
        return self.as_at or (self.ordered[-1].on if self.ordered else None)

    @cached_property
    def this_year(self) -> tuple[Mark, ...]:
        """The marks of the school year of the last mark."""
        if not self.ordered:
            return ()
        start = school_year(self.ordered[-1].on)
        return tuple(mark for mark in self.ordered if mark.on >= start)

    @cached_property
    def year(self) -> Summary:
        """The school year to date."""
        return summarise(self.this_year)

    @cached_property
    def rolling(self) -> Rolling:
        """The rolling count of unauthorised sessions, over all the marks."""
        return rolling(self.ordered, self.rules, calendar=self.calendar, as_at=self.until, of_age=self.of_age)

    @cached_property
    def school_weeks(self) -> tuple[date, ...]:
        """The Mondays of the school weeks the marks span; the trend's and the count's weeks alike."""
        return tuple(week.monday for week in self.rolling.weeks)

    @cached_property
    def trend(self) -> tuple[TrendPoint, ...]:
        """Attendance week by week, with the sum over the tier window (12 school weeks) that ends there."""
        by_week = self._marks_by_week
        weeks = [summarise(by_week.get(monday, ())) for monday in self.school_weeks]
        size = self.rules.tier_window_school_weeks
        return tuple(
            TrendPoint(
                monday,
                week,
                sum(weeks[max(0, place - size + 1) : place + 1], Summary()),
                week.possible < self.rules.week_min_possible_sessions,
            )
            for place, (monday, week) in enumerate(zip(self.school_weeks, weeks, strict=True))
        )

    @cached_property
    def window(self) -> Summary | None:
        """The last 12 school weeks (the tier window); None while the marks do not span so many."""
        return self.trend[-1].window if len(self.trend) >= self.rules.tier_window_school_weeks else None

    @property
    def judged(self) -> Summary:
        """The sum the tier is read from: the last 12 school weeks, or the year to date while there are fewer."""
        return self.window or self.year

    @property
    def tier(self) -> Tier | None:
        """The tier, None when there are not enough sessions."""
        return self.judged.tier(self.rules)

    @property
    def tier_word(self) -> str:
        """The tier's label, or ``"Not enough sessions yet"``."""
        return self.judged.tier_word(self.rules)

    @cached_property
    def weeks(self) -> tuple[WeekRow | BreakRow, ...]:
        """The register calendar, oldest week first, a single row for each run of weeks without a mark."""
        counts = {week.monday: week for week in self.rolling.weeks}
        rows: list[WeekRow | BreakRow] = []
        before: date | None = None
        for monday in sorted(self._marks_by_week.keys() | counts.keys()):
            if before and before + ONE_WEEK < monday:
                first, last = before + ONE_WEEK, monday - 3 * ONE_DAY
                rows.append(BreakRow(self.calendar.break_name(first, last), first, last))
            before = monday
            marks = self._marks_by_week.get(monday, ())
            rows.append(
                WeekRow(
                    monday,
                    _cells(monday, marks),
                    summarise(marks),
                    counts.get(monday),
                    self.rules.pn_threshold_sessions,
                )
            )
        return tuple(rows)

    @cached_property
    def _marks_by_week(self) -> dict[date, list[Mark]]:
        weeks: dict[date, list[Mark]] = {}
        for mark in self.ordered:
            weeks.setdefault(week_of(mark.on), []).append(mark)
        return weeks

    # -- the sentences ------------------------------------------------------------------------------------------------

    @property
    def headline(self) -> str:
        """``"Attended 79 of 98 possible sessions (80.6%) since 4 September."``."""
        if not self.year.possible:
            return "There are no possible sessions yet."
        first = next(mark.on for mark in self.this_year if _possible(mark))
        counted = f"Attended {self.year.attended} of {self.year.possible} possible sessions"
        if not self.year.enough(self.rules):
            return f"{counted} since {day_month(first)}. Not enough sessions yet for a percentage."
        return f"{counted} ({self.year.percentage}) since {day_month(first)}."

    @property
    def tier_sentence(self) -> str:
        """Say which tier, and on which stretch of time; ``""`` when there are not enough sessions."""
        if self.tier is None:
            return ""
        size = self.rules.tier_window_school_weeks
        where = f"This is {'' if self.tier is Tier.SEVERE else 'in '}{self.tier_word}."
        if self.window:
            sums = f"{self.window.attended} of {self.window.possible} ({self.window.percentage})"
            return f"In the last {size} school weeks: {sums}. {where}"
        weeks = len(self.school_weeks)
        only = f"Only {weeks} school week{'s' * (weeks != 1)} so far"
        return f"{where} {only}, so the {size}-week figure needs last year’s marks."

    @property
    def national_sentence(self) -> str:
        """Say whether the year to date is persistent or severe absence, as national statistics define them."""
        if not self.year.enough(self.rules):
            return ""
        if self.year.severe(self.rules):
            return "National statistics call this severe absence: half or more of possible sessions missed."
        if self.year.persistent(self.rules):
            percent = self.rules.persistent_absence_min_pct
            return f"National statistics call this persistent absence: {percent}% or more of possible sessions missed."
        return ""

    @property
    def threshold_sentence(self) -> str:
        """``"14 sessions coded N or O in the last 10 school weeks. The fine threshold is 10."``."""
        count = self.rolling
        codes = [code for code in self.rules.pn_codes if any(mark.code == code for mark in count.evidence)]
        coded = f"{_sessions(count.total)} coded {_either(codes)}" if codes else "No unauthorised sessions"
        return f"{coded} in the last {count.window} school weeks. The fine threshold is {count.needed}."

    @property
    def consequence_sentence(self) -> str:
        """Say what reaching the threshold means, and how many reasons (N) are still to be found; or ``""``."""
        count = self.rolling
        said = []
        if count.met:
            said.append("The school must now consider what to do; a fine is never automatic.")
        if count.unresolved:
            said.append(f"{count.unresolved} still {'has' if count.unresolved == 1 else 'have'} no reason (N).")
        return " ".join(said)

    @property
    def leaving_sentence(self) -> str:
        """``"4 leave the count by 14 December."``, or ``""`` when none will."""
        count = self.rolling
        if not count.leaving:
            return ""
        when = f"by {day_month(count.leaving_by)}" if count.leaving_by else f"in {count.leaving_in} school weeks"
        return f"{count.leaving} leave{'s' * (count.leaving == 1)} the count {when}."

    @cached_property
    def pattern_sentence(self) -> str:
        """``"Mondays 60%, other days 86%."`` when a weekday or half-day stands out, else ``"No clear pattern."``.

        It stands out when it is at least 15 points below the rest and has at least 6 possible sessions, both from the
        rules. The one furthest below is named.
        """
        groups: list[tuple[str, str, Summary, Summary]] = []
        for number, day in enumerate(DAYS[:5]):
            groups.append(
                (f"{day}s", "other days", *self._split(mark.on.weekday() == number for mark in self.this_year))
            )
        groups.append(("Mornings", "afternoons", *self._split(mark.half == AM for mark in self.this_year)))
        groups.append(("Afternoons", "mornings", *self._split(mark.half == PM for mark in self.this_year)))
        least = self.rules.pattern_min_sessions
        found = [
            (rest.attended * own.possible - own.attended * rest.possible, own.possible * rest.possible, place)
            for place, (_, _, own, rest) in enumerate(groups)
            if own.possible >= least and rest.possible >= least
        ]
        clear = [each for each in found if each[0] * 100 >= each[1] * self.rules.pattern_min_points]
        if not clear:
            return "No clear pattern."
        # Compare fractions with tenths of a point: near ties go to the first.
        place = max(clear, key=lambda each: each[0] * 1000 // each[1])[2]
        name, others, own, rest = groups[place]
        return f"{name} {own.whole_percentage}, {others} {rest.whole_percentage}."

    @property
    def onset_sentence(self) -> str:
        """``"No absence before the week of 5 October."`` after three or more full weeks this year, else ``""``."""
        this_year = [point for point in self.trend if self.this_year and point.monday >= week_of(self.this_year[0].on)]
        for place, point in enumerate(this_year):
            if point.week.absent:
                return f"No absence before the week of {day_month(point.monday)}." if place >= 3 else ""
        return ""

    @property
    def trend_sentence(self) -> str:
        """Say up, down or steady: the first half of the last 12 school weeks against the second half.

        ``"Attendance fell from 91% to 74% over the last 12 school weeks."``; a change of less than 5 points (from the
        rules) is called steady. Says so when there are too few sessions in either half.
        """
        recent = self.trend[-self.rules.tier_window_school_weeks :]
        middle = len(recent) // 2
        before = sum((point.week for point in recent[:middle]), Summary())
        after = sum((point.week for point in recent[middle:]), Summary())
        if not before.enough(self.rules) or not after.enough(self.rules):
            return "It is too early to say whether attendance is rising or falling."
        span = f"over the last {len(recent)} school weeks"
        rise = after.attended * before.possible - before.attended * after.possible
        if abs(rise) * 100 < before.possible * after.possible * self.rules.trend_min_points:
            return f"Attendance has been steady, at {(before + after).whole_percentage} {span}."
        verb = "rose" if rise > 0 else "fell"
        return f"Attendance {verb} from {before.whole_percentage} to {after.whole_percentage} {span}."

    @property
    def quality_sentences(self) -> tuple[str, ...]:
        """What to look at in the marks before relying on them."""
        said = []
        codes = [mark.code for mark in self.ordered]
        if missing := summarise(self.ordered).missing:
            said.append(f"{_sessions(missing)} without a mark: left out of the percentage.")
        allowed = self.rules.reason_found_within_school_days
        until = self.until
        if until and (
            late := sum(m.code == "N" and self.calendar.elapsed(m.on, until) > allowed for m in self.ordered)
        ):
            said.append(f"{late} marked N more than {allowed} school days ago: find the reason, or change to O.")
        if number := codes.count("C2"):
            said.append(f"{_sessions(number)} coded C2: say when the part-time timetable ends.")
        if number := codes.count("B"):
            said.append(f"{_sessions(number)} coded B: say who provides the education.")
        if number := codes.count("Q"):
            said.append(f"{_sessions(number)} coded Q: the council’s travel or access arrangement was not in place.")
        if number := sum(code.startswith("Y") for code in codes):
            said.append(f"{_sessions(number)} coded Y: unable to attend, left out of the percentage.")
        return tuple(said)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences above a chart or in a letter, in order, without the empty ones."""
        said = (
            self.headline,
            self.tier_sentence,
            "" if self.tier is Tier.SEVERE and self.year.severe(self.rules) else self.national_sentence,
            self.threshold_sentence,
            self.consequence_sentence,
            self.leaving_sentence,
            "" if self.pattern_sentence == "No clear pattern." else self.pattern_sentence,
            self.onset_sentence,
        )
        return tuple(sentence for sentence in said if sentence)

    @property
    def caption(self) -> str:
        """``"School register, as at 20 November 2026."``."""
        return f"{self.source}, as at {day_month_year(self.until)}." if self.until else f"{self.source}."

    def _split(self, chosen: Iterable[bool]) -> tuple[Summary, Summary]:
        """Add up this year's marks in two heaps: those chosen, and the rest."""
        heaps: tuple[list[Mark], list[Mark]] = ([], [])
        for mark, own in zip(self.this_year, chosen, strict=True):
            heaps[not own].append(mark)
        return summarise(heaps[0]), summarise(heaps[1])


def _possible(mark: Mark) -> bool:
    row = lookup(mark.code, mark.on)
    return row is not None and row.category.possible


def _cells(monday: date, marks: Iterable[Mark]) -> tuple[Cell, ...]:
    given = {(mark.on, mark.half): mark.code for mark in marks}
    cells = []
    for place in range(10):
        on, half = monday + place // 2 * ONE_DAY, PM if place % 2 else AM
        code = given.get((on, half), "")
        row = lookup(code, on)
        name = "afternoon" if half == PM else "morning"
        if row is None:
            cells.append(Cell(DAYS[place // 2], name, code, Category.MISSING, "a code we do not know"))
        elif (on, half) not in given:
            cells.append(Cell(DAYS[place // 2], name, "", Category.ADMINISTRATIVE, "no session"))
        else:
            cells.append(Cell(DAYS[place // 2], name, code, row.category, row.means))
    return tuple(cells)


def _day_words(morning: Cell, afternoon: Cell) -> str:
    first, second = morning.short_words, afternoon.short_words
    return first if first == second else f"{first}, then {second}"


def _sessions(number: int) -> str:
    return f"{number} session{'s' * (number != 1)}"


def _either(codes: Sequence[str]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} or {codes[-1]}"
