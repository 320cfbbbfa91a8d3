"""Charts drawn on the server: a sentence for a title, a drawing, and a table with the same numbers.

Each chart is an object with ``template_name`` and ``context()``; ``{% chart picture_chart %}`` renders it. The numbers
come from one ``portal.register.picture.Picture``; here they only become places on a drawing, in whole units of its
view box. Nothing is said by colour alone, nothing needs JavaScript, and there is no inline style for the strict
content security policy to refuse: looks are in ``css/components/``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, TypeVar

from portal.register.calendar import DAYS, day_month, short_day_month
from portal.register.codes import Category
from portal.register.picture import BreakRow, Picture, TrendPoint, WeekRow
from portal.register.threshold import WeekCount

T = TypeVar("T")

# Where the plot lies in the view box of 640 by 264 units, which scales with the page (the style sheet keeps its words
# readable on a phone). The right margin is for the labels of lines.
LEFT, RIGHT, TOP, BOTTOM = 52, 572, 20, 216


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis, at a place in drawing units."""

    place: int
    text: str


@dataclass(frozen=True)
class Chart:
    """What all charts share.

    ``key`` makes element ids unique where a page shows the same chart for two pupils; ``level`` is the title's
    heading level; ``weeks`` keeps only the latest so many school weeks (None: all).
    """

    picture: Picture
    key: str = "attendance"
    level: int = 3
    weeks: int | None = None

    template_name: ClassVar[str]

    def context(self) -> dict[str, Any]:
        """Return the template's context: the chart itself."""
        return {"chart": self}

    def drawn(self, draw: Callable[[], str]) -> str:
        """What `draw` gives, drawn once for each picture: a chart says nothing but what its picture says."""
        drawing = (type(self), *(getattr(self, each.name) for each in fields(self) if each.name != "picture"))
        if drawing not in self.picture.drawn:
            self.picture.drawn[drawing] = draw()
        return self.picture.drawn[drawing]

    @property
    def caption(self) -> str:
        """Where the numbers come from, and as at when."""
        return self.picture.caption

    def _latest(self, rows: Sequence[T]) -> Sequence[T]:
        return rows[-self.weeks :] if self.weeks else rows


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A line of a key: the sample's class and letter, and the words."""

    css: str
    sample: str
    text: str


@dataclass(frozen=True)
class RegisterCalendar(Chart):
    """When was the pupil absent, and how? A table with a row a week and a cell a half-day; a list on a phone."""

    template_name = "components/charts/register_calendar.html"
    days: ClassVar[tuple[str, ...]] = DAYS[:5]

    @property
    def id(self) -> str:
        """The id of the chart's figure."""
        return f"{self.key}-calendar"

    @property
    def title(self) -> str:
        """The finding."""
        return self.picture.headline

    @property
    def rows(self) -> Sequence[WeekRow | BreakRow]:
        """Weeks and breaks, oldest first."""
        rows = self._latest(self.picture.weeks)
        return rows[1:] if rows and isinstance(rows[0], BreakRow) else rows

    @property
    def key_entries(self) -> tuple[KeyEntry, ...]:
        """The classes that occur, each with a code as its sample, in the order of the code table."""
        cells = [cell for row in self.rows if isinstance(row, WeekRow) for cell in row.cells if cell.code]
        entries = []
        for category in Category:
            codes = sorted({cell.code for cell in cells if cell.category is category} - {"L"})
            if codes:
                entries.append(KeyEntry(category.value, codes[0], f"{category.label}: {' '.join(codes)}"))
        if any(cell.code == "L" for cell in cells):
            entries.insert(min(1, len(entries)), KeyEntry("late", "L", "Late, before the register closed"))
        return tuple(entries)


@dataclass(frozen=True)
class RollingCount(Chart):
    """How close is the pupil to the point where a fine must be considered, and is the count falling?"""

    template_name = "components/charts/rolling_count.html"

    @property
    def id(self) -> str:
        """The id of the chart's figure."""
        return f"{self.key}-rolling"

    @property
    def title(self) -> str:
        """The finding."""
        return self.picture.threshold_sentence

    @property
    def description(self) -> str:
        """What somebody who cannot see the drawing should know about its shape."""
        points = self.points
        if not points:
            return "No school weeks yet."
        highest = max(points, key=lambda week: week.total)
        return (
            f"A stepped line over {len(points)} school weeks. Highest: {highest.total}, in the week of "
            f"{day_month(highest.monday)}. Now: {points[-1].total}. A dashed line marks {self.picture.rolling.needed}."
        )

    @property
    def points(self) -> Sequence[WeekCount]:
        """The weeks drawn, oldest first."""
        return self._latest(self.picture.rolling.weeks)

    @property
    def top(self) -> int:
        """The number at the top of the drawing: a little above the threshold and everything else."""
        return max(self.picture.rolling.needed, *(week.total for week in self.points), 0) + 2

    @property
    def line(self) -> str:
        """The step line, as an SVG path: each week is a tread as wide as the week."""
        count = len(self.points)
        steps = [
            f"{'V' if place else f'M{LEFT} '}{self._y(week.total)}H{_edge(place + 1, count)}"
            for place, week in enumerate(self.points)
        ]
        return "".join(steps)

    @property
    def threshold(self) -> Tick:
        """The dashed line."""
        needed = self.picture.rolling.needed
        return Tick(self._y(needed), f"Fine threshold: {needed}")

    @property
    def now(self) -> Tick:
        """The end of the line, labelled with today's count."""
        total = self.points[-1].total if self.points else 0
        return Tick(self._y(total), str(total))

    @property
    def leaving(self) -> tuple[int, int] | None:
        """The left edge and width of the shade over the weeks that leave the window soonest, or None."""
        rolling, count = self.picture.rolling, len(self.points)
        first = count - rolling.window
        last = first + rolling.leaving_in
        if not rolling.leaving or last <= 0:
            return None
        left = _edge(max(first, 0), count)
        return left, _edge(last, count) - left

    @property
    def x_ticks(self) -> list[Tick]:
        """Dates under the drawing."""
        return _week_ticks([week.monday for week in self.points])

    @property
    def y_ticks(self) -> list[Tick]:
        """Numbers at the side: nothing, and half the threshold upwards."""
        step = max(1, (self.top + 3) // 4)
        return [Tick(self._y(number), str(number)) for number in range(0, self.top + 1, step)]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The table's columns."""
        return [{"text": "Week of"}, *_numeric("Added", "Dropped", "Total")]

    @property
    def rows(self) -> list[list[str]]:
        """The table's rows, newest first: week, added, dropped, total."""
        return [
            [day_month(week.monday), str(week.added), str(week.dropped), str(week.total)]
            for week in reversed(self.points)
        ]

    def _y(self, number: int) -> int:
        return BOTTOM - (BOTTOM - TOP) * number // self.top


@dataclass(frozen=True)
class AttendanceTrend(Chart):
    """Is attendance going up or down, against the lines the tiers are drawn at?"""

    template_name = "components/charts/attendance_trend.html"

    @property
    def id(self) -> str:
        """The id of the chart's figure."""
        return f"{self.key}-trend"

    @property
    def title(self) -> str:
        """The finding."""
        return self.picture.trend_sentence

    @property
    def description(self) -> str:
        """What somebody who cannot see the drawing should know about its shape."""
        drawn = [point for point in self.points if point.week.possible]
        if not drawn:
            return "No school weeks yet."
        lowest = min(drawn, key=lambda point: point.week.tenths or 0)
        return (
            f"A dot for each of {len(drawn)} school weeks and a line for {self.window} weeks together. "
            f"Lowest week: {lowest.week.whole_percentage}, the week of {day_month(lowest.monday)}. "
            f"Latest week: {drawn[-1].week.whole_percentage}."
        )

    @property
    def window(self) -> int:
        """How many school weeks the line puts together."""
        return self.picture.rules.tier_window_school_weeks

    @property
    def few(self) -> int:
        """A week with fewer possible sessions than this is drawn hollow."""
        return self.picture.rules.week_min_possible_sessions

    @property
    def points(self) -> Sequence[TrendPoint]:
        """The weeks drawn, oldest first."""
        return self._latest(self.picture.trend)

    @property
    def dots(self) -> list[tuple[int, int, bool]]:
        """A dot a week: across, down, hollow or not. Weeks without a possible session have none."""
        return [
            (self._x(place), _percent_y(point.week.tenths), point.provisional)
            for place, point in enumerate(self.points)
            if point.week.tenths is not None
        ]

    @property
    def line(self) -> str:
        """The 12-week line, as the points of an SVG polyline, from where there are enough sessions to say."""
        return " ".join(
            f"{self._x(place)},{_percent_y(point.window.tenths)}"
            for place, point in enumerate(self.points)
            if point.window.tenths is not None and point.window.enough(self.picture.rules)
        )

    @property
    def bounds(self) -> list[Tick]:
        """The two labelled lines: where Universal ends and where severe absence begins."""
        rules = self.picture.rules
        return [
            Tick(_percent_y(rules.tier_universal_min_pct * 10), f"{rules.tier_universal_min_pct}%"),
            Tick(_percent_y(rules.severe_max_pct * 10), f"{rules.severe_max_pct}%"),
        ]

    @property
    def y_ticks(self) -> list[Tick]:
        """The ends of the scale."""
        return [Tick(_percent_y(1000), "100%"), Tick(_percent_y(0), "0%")]

    @property
    def x_ticks(self) -> list[Tick]:
        """Dates under the drawing."""
        return _week_ticks([point.monday for point in self.points])

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The table's columns."""
        return [{"text": "Week of"}, *_numeric("Attended", "Possible", "Week", f"{self.window} weeks")]

    @property
    def rows(self) -> list[list[str]]:
        """The table's rows, newest first: week, attended, possible, the week's and the 12 weeks' percentage."""
        return [
            [
                day_month(point.monday),
                str(point.week.attended),
                str(point.week.possible),
                point.week.whole_percentage,
                point.window.percentage if point.window.enough(self.picture.rules) else "not enough yet",
            ]
            for point in reversed(self.points)
        ]

    def _x(self, place: int) -> int:
        count = len(self.points)
        return (_edge(place, count) + _edge(place + 1, count)) // 2


def _edge(place: int, count: int) -> int:
    """Return where the band of the ``place``-th of ``count`` weeks begins."""
    return LEFT + (RIGHT - LEFT) * place // max(count, 1)


def _percent_y(tenths: int | None) -> int:
    return BOTTOM - (BOTTOM - TOP) * (tenths or 0) // 1000


def _week_ticks(mondays: Sequence[date]) -> list[Tick]:
    """Label the first, the middle and the last week, as many as there is room for."""
    places = sorted({0, len(mondays) // 2, len(mondays) - 1}) if len(mondays) > 4 else range(len(mondays))
    return [
        Tick((_edge(place, len(mondays)) + _edge(place + 1, len(mondays))) // 2, short_day_month(mondays[place]))
        for place in places
    ]


def _numeric(*names: str) -> list[dict[str, Any]]:
    return [{"text": name, "numeric": True} for name in names]


def charts_of(picture: Picture, *, key: str = "attendance", level: int = 3) -> list[Chart]:
    """Return the three charts of a picture in the order a page shows them; none without marks."""
    if not picture.ordered:
        return []
    return [kind(picture, key=key, level=level) for kind in (AttendanceTrend, RollingCount, RegisterCalendar)]
