"""A mark, and what a set of marks adds up to. Whole numbers only.

A session is half a school day. Definitions: Department for Education, pupil absence statistics methodology.

    possible = attended + authorised + unauthorised        attended = present + elsewhere

Sessions that were not possible, administrative codes and missing marks are in none of these.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import itemgetter
from typing import Literal, NamedTuple

from portal.register.codes import TABLE, Category
from portal.register.rules import DEFAULT, ServiceRules

Half = Literal["AM", "PM"]
AM: Half = "AM"
PM: Half = "PM"


class Mark(NamedTuple):
    """One mark in the register: a day, a half of it, and a code in canonical form (``"/"``, ``"C2"``, ``"-"``)."""

    on: date
    half: Half
    code: str


class Tier(Enum):
    """The council's tiers, best attendance first. The words shown come from the rules (``Summary.tier_word``)."""

    UNIVERSAL = "universal"
    UNIVERSAL_PLUS = "universal_plus"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True)
class Summary:
    """Session counts. Add two with ``+``: a group's rate is the rate of the sum, never the mean of percentages."""

    present: int = 0
    elsewhere: int = 0
    authorised: int = 0
    unauthorised: int = 0
    not_possible: int = 0
    missing: int = 0

    @classmethod
    def of_totals(cls, *, possible: int, attended: int, authorised: int, unauthorised: int) -> "Summary":
        """Make a summary of totals someone typed. Raises ValueError, in words for the page, when they disagree."""
        if min(possible, attended, authorised, unauthorised) < 0:
            raise ValueError("Sessions must be 0 or more")
        if attended > possible:
            raise ValueError(f"Sessions attended must be {possible} or fewer, the number possible")
        if attended + authorised + unauthorised != possible:
            raise ValueError(
                f"Attended, authorised and unauthorised sessions must add up to {possible}, the number possible"
            )
        return cls(present=attended, authorised=authorised, unauthorised=unauthorised)

    @property
    def attended(self) -> int:
        """Sessions attended, in school or at an approved activity elsewhere."""
        return self.present + self.elsewhere

    @property
    def absent(self) -> int:
        """Sessions missed, for whatever reason."""
        return self.authorised + self.unauthorised

    @property
    def possible(self) -> int:
        """Sessions the pupil could have attended: the denominator."""
        return self.present + self.elsewhere + self.authorised + self.unauthorised

    @property
    def tenths(self) -> int | None:
        """Attendance in tenths of a percent, rounded half up (806 is 80.6%). None with no possible session."""
        return share(self.attended, self.possible, 1000)

    @property
    def percentage(self) -> str:
        """Attendance for people to read: ``"80.6%"``, or ``"n/a"`` with no possible session."""
        tenths = self.tenths
        return "n/a" if tenths is None else f"{tenths // 10}.{tenths % 10}%"

    @property
    def whole_percentage(self) -> str:
        """Attendance to the nearest whole percent, for one week or one weekday: ``"81%"`` or ``"n/a"``."""
        whole = share(self.attended, self.possible, 100)
        return "n/a" if whole is None else f"{whole}%"

    def enough(self, rules: ServiceRules = DEFAULT) -> bool:
        """Are there enough possible sessions to say a percentage at all?"""
        return self.possible >= rules.min_possible_sessions_for_pct

    def persistent(self, rules: ServiceRules = DEFAULT) -> bool:
        """Is this persistent absence (10% or more missed; includes severe)? False with no possible session."""
        return self.possible > 0 and self.absent * 100 >= self.possible * rules.persistent_absence_min_pct

    def severe(self, rules: ServiceRules = DEFAULT) -> bool:
        """Is this severe absence (half or more missed)? False with no possible session."""
        return self.possible > 0 and self.attended * 100 <= self.possible * rules.severe_max_pct

    def tier(self, rules: ServiceRules = DEFAULT) -> Tier | None:
        """Return the tier, from unrounded counts; None when there are not enough sessions to say.

        Exactly 90% is Universal and, in national statistics, persistent absence: two questions, two answers.
        """
        if not self.enough(rules):
            return None
        if self.severe(rules):
            return Tier.SEVERE
        reached = self.attended * 100 >= self.possible * rules.tier_universal_min_pct
        return Tier.UNIVERSAL if reached else Tier.UNIVERSAL_PLUS

    def tier_word(self, rules: ServiceRules = DEFAULT) -> str:
        """Return the tier's label, or ``"Not enough sessions yet"``."""
        tier = self.tier(rules)
        if tier is None:
            return "Not enough sessions yet"
        return {
            Tier.UNIVERSAL: rules.tier_universal_label,
            Tier.UNIVERSAL_PLUS: rules.tier_universal_plus_label,
            Tier.SEVERE: rules.tier_severe_label,
        }[tier]

    def __add__(self, other: "Summary") -> "Summary":
        return Summary(
            self.present + other.present,
            self.elsewhere + other.elsewhere,
            self.authorised + other.authorised,
            self.unauthorised + other.unauthorised,
            self.not_possible + other.not_possible,
            self.missing + other.missing,
        )


def share(part: int, whole: int, scale: int) -> int | None:
    """Return ``part / whole * scale`` rounded half up, in integers; None when ``whole`` is 0."""
    return (2 * scale * part + whole) // (2 * whole) if whole else None


# The fields of a Summary in order; administrative marks are in none of them.
_PLACES = (
    Category.PRESENT,
    Category.ELSEWHERE,
    Category.AUTHORISED,
    Category.UNAUTHORISED,
    Category.NOT_POSSIBLE,
    Category.MISSING,
    Category.ADMINISTRATIVE,
)
_PLACE = {letters: _PLACES.index(row.category) for letters, row in TABLE.items()}
_MISSING = _PLACES.index(Category.MISSING)
_DATED = frozenset(letters for letters, row in TABLE.items() if row.valid_from or row.valid_to)


def summarise(marks: Sequence[Mark]) -> Summary:
    """Add up marks. A code that meant nothing on its day counts as missing.

    One pass in C over the codes; only if a code with dates occurs, a second pass looks at the days of those marks.
    """
    counts = Counter(map(itemgetter(2), marks))
    totals = [0] * len(_PLACES)
    if not _DATED.isdisjoint(counts):
        for on, _, code in marks:
            if code in _DATED and not TABLE[code].in_force(on):
                counts[code] -= 1
                totals[_MISSING] += 1
    for code, number in counts.items():
        totals[_PLACE.get(code, _MISSING)] += number
    return Summary(*totals[:-1])


@dataclass(frozen=True, slots=True)
class Group:
    """Several pupils together. Persistent includes severe. A pupil with no possible session is in neither count."""

    total: Summary
    pupils: int
    persistent: int
    severe: int


def group(summaries: Iterable[Summary], rules: ServiceRules = DEFAULT) -> Group:
    """Add pupils up: the rate is ``total.tenths``; persistent and severe are pupils out of ``pupils``."""
    total, pupils, persistent, severe = Summary(), 0, 0, 0
    for each in summaries:
        total += each
        if each.possible:
            pupils += 1
            persistent += each.persistent(rules)
            severe += each.severe(rules)
    return Group(total, pupils, persistent, severe)
