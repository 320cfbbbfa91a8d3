"""The register codes of English schools, with the dates they may be used.

Source: School Attendance (Pupil Registration) (England) Regulations 2024 (SI 2024/208), regulation 10 and its tables;
categories checked against the columns of the Department for Education's published daily attendance data. The set
changed on 19 August 2024: C1, C2, J1, K, Q and Y1 to Y7 came in; H, J and plain Y went out.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

CHANGED_ON = date(2024, 8, 19)
LAST_OLD_DAY = date(2024, 8, 18)


class Category(Enum):
    """The statistical class of a mark. The value is also the last part of a CSS class (``mark--unauthorised``)."""

    PRESENT = "present"
    ELSEWHERE = "elsewhere"  # approved educational activity: counts as attended
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    NOT_POSSIBLE = "not-possible"  # outside the sum
    ADMINISTRATIVE = "administrative"  # not collected at all: closures, not yet on roll
    MISSING = "missing"  # no mark, or one we do not know: never counted as present or absent

    @property
    def label(self) -> str:
        """The name staff use, for example ``"Educated elsewhere"``."""
        return _LABELS[self][0]

    @property
    def family(self) -> str:
        """The words a family reads, for example ``"Off, not agreed"``."""
        return _LABELS[self][1]

    @property
    def attended(self) -> bool:
        """Does a session of this class count as attended?"""
        return self in (Category.PRESENT, Category.ELSEWHERE)

    @property
    def absent(self) -> bool:
        """Does a session of this class count as missed?"""
        return self in (Category.AUTHORISED, Category.UNAUTHORISED)

    @property
    def possible(self) -> bool:
        """Does a session of this class belong in the denominator?"""
        return self.attended or self.absent


_LABELS = {
    Category.PRESENT: ("Present", "In school"),
    Category.ELSEWHERE: ("Educated elsewhere", "Learning somewhere else"),
    Category.AUTHORISED: ("Authorised absence", "Off, agreed"),
    Category.UNAUTHORISED: ("Unauthorised absence", "Off, not agreed"),
    Category.NOT_POSSIBLE: ("Not a possible session", "Not counted"),
    Category.ADMINISTRATIVE: ("Not collected", "Not a school day"),
    Category.MISSING: ("No mark", "No mark yet"),
}


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the code table.

    ``valid_from`` and ``valid_to`` are the first and last day the code may be used, both included; None means no
    limit that concerns us. ``instead`` is what to offer when an old code is used today.
    """

    letters: str
    means: str
    category: Category
    valid_from: date | None = None
    valid_to: date | None = None
    instead: str = ""

    def in_force(self, on: date) -> bool:
        """May this code be used for a session on that day?"""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


def _new(letters: str, means: str, category: Category) -> Code:
    return Code(letters, means, category, valid_from=CHANGED_ON)


def _old(letters: str, means: str, category: Category, instead: str) -> Code:
    return Code(letters, means, category, valid_to=LAST_OLD_DAY, instead=instead)


_P, _E, _A, _U = Category.PRESENT, Category.ELSEWHERE, Category.AUTHORISED, Category.UNAUTHORISED
_X, _Z, _M = Category.NOT_POSSIBLE, Category.ADMINISTRATIVE, Category.MISSING

CODES: tuple[Code, ...] = (
    # Present
    Code("/", "present in the morning", _P),
    Code("\\", "present in the afternoon", _P),
    Code("L", "late, before the register closed", _P),
    # Educated elsewhere, by an approved educational activity
    _new("K", "education arranged by the council", _E),
    Code("V", "educational visit or trip", _E),
    Code("P", "approved sporting activity", _E),
    Code("W", "work experience", _E),
    Code("B", "other approved education off site", _E),
    # Authorised absence
    Code("C", "leave in exceptional circumstances", _A),
    _new("C1", "leave for a regulated performance or employment abroad", _A),
    _new("C2", "temporary part-time timetable", _A),
    Code("E", "suspended or excluded, no other provision yet", _A),
    Code("I", "illness, physical or mental", _A),
    _new("J1", "interview for a job or another place of education", _A),
    Code("M", "medical or dental appointment", _A),
    Code("R", "religious observance", _A),
    Code("S", "study leave for a public examination", _A),
    Code("T", "parent travelling for work", _A),
    # Unauthorised absence
    Code("G", "holiday not granted by the school", _U),
    Code("N", "reason not yet known", _U),
    Code("O", "absent in other or unknown circumstances", _U),
    Code("U", "arrived after the register closed", _U),
    # Not a possible session
    Code("D", "expected at the other school where also registered", _X),
    _new("Q", "council's travel or access arrangement not made", _X),
    Code("X", "not of compulsory school age, not required", _X),
    _new("Y1", "school transport not available", _X),
    _new("Y2", "widespread disruption to travel", _X),
    _new("Y3", "part of the school out of use", _X),
    _new("Y4", "whole school closed unexpectedly", _X),
    _new("Y5", "held in the criminal justice system", _X),
    _new("Y6", "kept away by public health guidance or law", _X),
    _new("Y7", "another unavoidable cause", _X),
    # Not collected
    Code("Z", "not yet on the admission register", _Z),
    Code("#", "planned whole-school closure", _Z),
    # Withdrawn. F went earlier (about 2013), on a date no source gives; it is read for history as the others are.
    _old("H", "family holiday agreed (old code)", _A, "C"),
    _old("F", "extended family holiday agreed (old code)", _A, "C"),
    _old("J", "interview (old code)", _E, "J1"),
    _old("Y", "unable to attend (old code)", _X, "Q or Y1 to Y7"),
    # Not national codes: what schools' systems print where there is no mark
    Code("", "no mark", _M),
    Code("-", "no mark", _M),
    Code("!", "no mark", _M),
    Code("@", "no mark", _M),
)

TABLE: dict[str, Code] = {code.letters: code for code in CODES}
MISSING_MARKERS = frozenset(code.letters for code in CODES if code.category is Category.MISSING)


def lookup(code: str, on: date) -> Code | None:
    """Return the row for a code (``"C2"``, upper case, no spaces) on a day, or None when it meant nothing that day."""
    row = TABLE.get(code)
    return row if row is not None and row.in_force(on) else None


def categorise(code: str, on: date) -> Category:
    """Return the class of a code on a day. One that meant nothing that day is MISSING: not present, not absent."""
    row = lookup(code, on)
    return row.category if row else Category.MISSING
