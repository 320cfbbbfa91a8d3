r"""Read marks from whatever a school's system lets someone copy.

Three layouts, told apart by looking, never by asking:

    (i)   a row a session     07/09/2026, AM, /
    (ii)  a row a week        07/09/2026  / \ / N / \ I I / \          (a row a day, with two marks, works as well)
    (iii) a string of marks   /\/\NN  with a start date, on its first row or given apart

Columns may be parted by tabs, commas, semicolons or spaces; dates are day-first or ISO. A code nobody knows is never
guessed: it becomes a problem with its row number, and the marks that could be read are returned beside it, so that the
page can show both. The work is proportional to the text, and the text is limited.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.register.calendar import ONE_DAY, SchoolCalendar, day_month, day_month_year, in_words, week_of
from portal.register.codes import MISSING_MARKERS, TABLE, lookup
from portal.register.packed import NOTHING
from portal.register.rules import DEFAULT, ServiceRules
from portal.register.sessions import AM, PM, Half, Mark

MAX_CHARACTERS = 500_000
MAX_MARKS = 6_000  # fifteen school years of one pupil
MAX_PROBLEMS = 20
OLDEST_YEARS = 20

NO_MARKS = "Paste the pupil's marks"
NO_DATES = "We could not find dates in column A. Paste the dates as well as the marks"

_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY_NAME = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[ ,]{0,3})?"
_DATE = re.compile(
    rf"""\s*["']?(?:(?:w/?[cb]|week\s+(?:of|beginning|commencing))[ :]{{0,3}})?{_DAY_NAME}
    (?: (?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})(?:T[\d:.]{{1,15}}Z?|[ ]00:00(?::00)?)?
      | (?P<numeric>\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d{{2}}))
      | (?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<month>{_MONTH})[a-z]{{0,6}}[ ,-]{{1,3}}(?P<year>\d{{4}}|\d{{2}})
    )["']?(?=[\s,;:]|$):?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,  # without ASCII, a long s (ſ) would match s, and is no month
)
_SEPARATORS = "\t,;"
_MARK = re.compile(r"[A-Za-z][0-9]|\S")
_HALVES: dict[str, Half] = {"AM": AM, "A.M.": AM, "MORNING": AM, "PM": PM, "P.M.": PM, "AFTERNOON": PM}
_HEADER = re.compile(r"[\"']?\s*(date|week|w/?[cb]\b|session|mark|code|day|mon|pupil|upn|name)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, as a sentence for the page, and the row it is in (from 1, blank rows counted; None: all of it)."""

    text: str
    row: int | None = None


@dataclass(frozen=True)
class Reading:
    """What a paste says: marks in order of time, problems in order of rows, and notes that stop nobody."""

    marks: tuple[Mark, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """May these marks be saved as they are?"""
        return bool(self.marks) and not self.problems

    @property
    def sentence(self) -> str:
        """Say what was read: ``"We read 102 sessions from 4 September to 20 November."``."""
        if not self.marks:
            return "We could not read any sessions."
        first, last = self.marks[0].on, self.marks[-1].on
        words = day_month if first.year == last.year else day_month_year
        count = f"{len(self.marks):,} session{'s' * (len(self.marks) != 1)}"
        return f"We read {count} from {words(first)} to {words(last)}."


@dataclass
class _Row:
    number: int
    on: date | None
    bad_date: str
    cells: list[str]  # what stands after the date
    columns: bool  # were they parted by tabs, commas or semicolons? Then an empty cell means something


@dataclass
class _Notebook:
    """Marks as they are found, with the row each came from; and the problems, up to a limit."""

    today: date
    calendar: SchoolCalendar | None
    found: dict[tuple[date, Half], tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    repeats: int = 0

    def problem(self, row: int | None, text: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(text, row))
        else:
            self.more += 1

    def mark(self, row: int, on: date, half: Half, raw: str) -> None:
        """Note one mark, or what is wrong with it."""
        code = _canonical(raw, half)
        if code == NOTHING:
            return
        blank = code in MISSING_MARKERS
        if on > self.today:
            if not blank and code != "#":
                self.problem(row, f"Row {row} has a date in the future: {in_words(on)}. Check the date")
            return
        if on.weekday() > 4:
            if not blank and code != "#":
                self.problem(row, f"Row {row} has a mark on a weekend: {in_words(on)}. Check the date")
            return
        if not code and self.calendar and not self.calendar.is_school_day(on):
            return
        if lookup(code, on) is None:
            self.problem(row, _unknown(row, code, on))
            return
        code = code or "-"
        earlier = self.found.setdefault((on, half), (code, row))
        if earlier[1] == row and earlier[0] == code:
            return
        if earlier[0] == code:
            self.repeats += 1
        else:
            time = "morning" if half == AM else "afternoon"
            self.problem(
                row,
                f"Row {row} has ‘{code}’ for the {time} of {in_words(on)}, but row {earlier[1]} has ‘{earlier[0]}’. "
                "Keep one of them",
            )


def read_marks(
    text: str,
    *,
    starts_on: date | None = None,
    calendar: SchoolCalendar | None = None,
    today: date | None = None,
    max_characters: int = MAX_CHARACTERS,
) -> Reading:
    """Read pasted marks.

    ``starts_on`` is the first session's day for a string of marks without dates. ``calendar`` tells which days such a
    string skips and which blanks are simply days without school; without it a string runs over every weekday, as it
    does when it contains ``#`` marks of its own. ``today`` (default: the clock's) is the last day marks may have.
    Never raises for anything in ``text``.
    """
    if len(text) > max_characters:
        return _refuse(f"The marks must be {max_characters:,} characters or fewer. Paste the marks of one pupil only")
    lines = enumerate(text.lstrip("\ufeff").splitlines(), 1)
    rows = [_split(number, line) for number, line in lines if line.strip(' \t,;"')]
    if rows and rows[0].on is None and not rows[0].bad_date and _HEADER.match(_joined(rows[0])):
        del rows[0]
    if not rows:
        return _refuse(NO_MARKS)

    book = _Notebook(today or date.today(), calendar)
    dated = [row for row in rows if row.on or row.bad_date]
    if not dated and starts_on is None:
        return _refuse(NO_DATES)
    if not dated or _is_string_with_start(rows, dated):
        _read_string(rows, rows[0].on or starts_on or book.today, book)
    else:
        for row in rows:
            _read_row(row, book, last=row is rows[-1])
    return _close(book)


def cover_problem(
    marks: Sequence[Mark], rules: ServiceRules = DEFAULT, *, calendar: SchoolCalendar, today: date
) -> str:
    """Return the error text when marks do not cover the last school weeks a referral needs, else ``""``.

    The current week may be missing. "Cover" means at least one session in each of the weeks before it.
    """
    weeks: list[date] = []
    monday = week_of(today)
    while len(weeks) < rules.marks_min_school_weeks:
        monday = week_of(calendar.add_school_days(monday, -1))
        weeks.append(monday)
    if set(weeks) <= {week_of(mark.on) for mark in marks}:
        return ""
    return f"Marks must cover at least the last {rules.marks_min_school_weeks} school weeks, or explain why not"


# -- rows -------------------------------------------------------------------------------------------------------------


def _split(number: int, line: str) -> _Row:
    match = _DATE.match(line)
    on, bad = _date_of(match) if match else (None, "")
    rest = line[match.end() :] if match else line
    if any(separator in rest for separator in _SEPARATORS):
        cells = [cell.strip(" \"'") for cell in re.split("[\t,;]", rest)]
        return _Row(number, on, bad, cells[1:] if match and not cells[0] else cells, columns=True)
    return _Row(number, on, bad, rest.split(), columns=False)


def _date_of(match: re.Match[str]) -> tuple[date | None, str]:
    """Return the date of a match, or None and the text that is no date."""
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
    elif match["numeric"]:
        day, month, year = (int(part) for part in re.split("[/.-]", match["numeric"]))
    else:
        day, year = int(match["day"]), int(match["year"])
        month = _MONTH.split("|").index(match["month"].lower()) + 1
    try:
        return date(year + 2000 if year < 100 else year, month, day), ""
    except ValueError:
        return None, match[0].strip(" \"'")


def _is_string_with_start(rows: list[_Row], dated: list[_Row]) -> bool:
    """Is the only date the start of a string of marks? A row with AM or PM is a session; a full week is a week."""
    first = rows[0]
    if len(dated) != 1 or first.on is None:
        return False
    if first.cells and first.cells[0].upper() in _HALVES:
        return False
    return len(rows) > 1 or first.on.weekday() != 0 or len(_codes(first)) not in (2, 10)


def _read_row(row: _Row, book: _Notebook, *, last: bool) -> None:
    if row.on is None:
        book.problem(row.number, _undated(row))
        return
    if wrong := _implausible(row.on, book.today):
        book.problem(row.number, f"Row {row.number} has a date {wrong}: {in_words(row.on)}. Check the date")
        return
    half = _HALVES.get(row.cells[0].upper()) if row.cells else None
    if half:
        code = row.cells[1] if len(row.cells) > 1 else ""
        book.mark(row.number, row.on, half, code)
        return
    codes = _codes(row)
    if row.columns and last and 2 < len(codes) < 10:
        codes += [""] * (10 - len(codes))  # the end of the last row is trimmed on its way through a form
    if len(codes) == 2:
        monday = row.on
    elif len(codes) == 10:
        monday = row.on
        if monday.weekday() != 0:
            book.problem(
                row.number, f"Row {row.number} has a week’s marks but begins on {in_words(monday)}. Give its Monday"
            )
            return
    else:
        count = f"{len(codes)} mark{'s' * (len(codes) != 1)}"
        book.problem(
            row.number, f"Row {row.number} has {count}. A week has 10, from Monday morning to Friday afternoon"
        )
        return
    for place, code in enumerate(codes):
        book.mark(row.number, monday + place // 2 * ONE_DAY, PM if place % 2 else AM, code)


def _read_string(rows: list[_Row], starts_on: date, book: _Notebook) -> None:
    codes = [(row.number, code) for row in rows for code in _codes(row) if code]
    if len(codes) > MAX_MARKS:
        book.problem(None, f"There are more than {MAX_MARKS:,} marks here. Paste the marks of one pupil only")
        return
    if wrong := _implausible(starts_on, book.today):
        book.problem(None, f"The marks begin on a date {wrong}: {in_words(starts_on)}. Check the date")
        return
    own_closures = any(code == "#" for _, code in codes)
    calendar = SchoolCalendar() if own_closures or book.calendar is None else book.calendar
    days = _weekdays(starts_on) if calendar is not book.calendar else _school_days(calendar, starts_on)
    on = starts_on
    for place, (row, code) in enumerate(codes):
        if place % 2 == 0:
            on = next(days)
        book.mark(row, on, PM if place % 2 else AM, code)


def _weekdays(first: date) -> Iterator[date]:
    day = first
    while True:
        if day.weekday() < 5:
            yield day
        day += ONE_DAY


def _school_days(calendar: SchoolCalendar, first: date) -> Iterator[date]:
    day = calendar.add_school_days(first, 0)
    while True:
        yield day
        day = calendar.add_school_days(day, 1)


def _codes(row: _Row) -> list[str]:
    """Return the marks of a row: one a cell, or cells and strings of several taken apart.

    In columns an empty cell is a blank mark; blanks after a full week are just the end of the line.
    """
    codes: list[str] = []
    for cell in row.cells:
        codes.extend(_MARK.findall(cell) if cell else [""] if row.columns else [])
    while len(codes) > 10 and not codes[-1]:
        codes.pop()
    return codes


def _implausible(on: date, today: date) -> str:
    """Say what is wrong with a date that no mark of a pupil can have, or ``""``. A week may begin before it is over."""
    if on > today:
        return "in the future"
    return "too long ago" if on.year < today.year - OLDEST_YEARS else ""


def _canonical(raw: str, half: Half) -> str:
    """Return a code as the table has it. Systems mix up the two slashes; the half of the day decides."""
    code = raw.strip().upper()
    if code in ("/", "\\"):
        return "/" if half == AM else "\\"
    return code


# -- words ------------------------------------------------------------------------------------------------------------


def _unknown(row: int, code: str, on: date) -> str:
    shown = code if len(code) <= 12 else f"{code[:12]}…"
    known = TABLE.get(code)
    if known and known.valid_to:
        return (
            f"Row {row} has a code we do not know: ‘{shown}’. Codes changed in August 2024. "
            f"Choose {known.instead}, or another code"
        )
    if known:
        return f"Row {row} has a code not yet in use on {day_month_year(on)}: ‘{shown}’. Check the date or the code"
    return f"Row {row} has a code we do not know: ‘{shown}’. Check the mark in your register"


def _undated(row: _Row) -> str:
    if row.bad_date:
        return (
            f"Row {row.number} has a date we cannot read: ‘{row.bad_date[:30]}’. Use day, month, year, like 27/09/2026"
        )
    return f"Row {row.number} does not start with a date. Paste the dates as well as the marks"


def _joined(row: _Row) -> str:
    return " ".join(row.cells[:3])


def _refuse(text: str) -> Reading:
    return Reading(problems=(Problem(text),))


def _close(book: _Notebook) -> Reading:
    if len(book.found) > MAX_MARKS:
        return _refuse(f"There are more than {MAX_MARKS:,} marks here. Paste the marks of one pupil only")
    if book.more:
        rows = "1 more problem" if book.more == 1 else f"{book.more:,} more problems"
        book.problems.append(Problem(f"There are {rows} like these. Check that you copied the right columns"))
    marks = tuple(sorted(Mark(on, half, code) for (on, half), (code, _) in book.found.items()))
    if not marks and not book.problems:
        return _refuse(NO_MARKS)
    notes = []
    if book.repeats:
        notes.append(f"{book.repeats:,} session{'s' * (book.repeats != 1)} came twice with the same mark.")
    if closed := _marks_on_closed_days(marks, book.calendar):
        notes.append(f"{closed:,} mark{'s' * (closed != 1)} on days when your calendar says school was closed.")
    return Reading(marks, tuple(book.problems), tuple(notes))


def _marks_on_closed_days(marks: Sequence[Mark], calendar: SchoolCalendar | None) -> int:
    if calendar is None:
        return 0
    return sum(1 for on, _, code in marks if code != "#" and calendar.knows(on) and not calendar.is_school_day(on))
