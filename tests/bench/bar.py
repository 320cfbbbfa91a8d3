"""What a bar is, what a measurement of it is, and how both are printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

AT_MOST, AT_LEAST = "≤", "≥"


@dataclass(frozen=True)
class Target:
    limit: float
    sense: str = AT_MOST

    def reached(self, ratio: float) -> bool:
        return ratio <= self.limit if self.sense == AT_MOST else ratio >= self.limit

    def __str__(self) -> str:
        return f"{self.sense} {self.limit:g}"


@dataclass(frozen=True)
class Measured:
    """One line. `floor` and `ours` are words ("0.71 ms"); `ratio` is what the target is about.

    `beside`: further figures for the file, of any shape. A line without a target only informs.
    """

    bar: int
    what: str
    floor: str
    ours: str
    ratio: float
    target: Target | None = None
    says: str = ""  # what the ratio is, where it is not "× the floor"
    beside: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "reached" if self.target.reached(self.ratio) else "MISSED"

    def line(self) -> str:
        target = f"{self.target}" if self.target else ""
        ratio = self.says or f"{self.ratio:.2f}"
        return f"{self.bar:>3}  {self.what:<58} {self.floor:>14} {self.ours:>14} {ratio:>8}  {target:<7} {self.verdict}"

    def record(self) -> dict[str, Any]:
        found = asdict(self)
        found["target"] = str(self.target) if self.target else None
        found["ratio"] = round(self.ratio, 3)
        found["verdict"] = self.verdict or None
        return found


@dataclass(frozen=True)
class NotMeasured:
    bar: int
    why: str
    failed: bool = False  # what measures it broke, as against: what it is measured with is not to be had

    def line(self) -> str:
        return f"{self.bar:>3}  NOT MEASURED: {self.why}"

    def record(self) -> dict[str, Any]:
        return {"bar": self.bar, "verdict": "NOT MEASURED", "why": self.why}


HEADING = f"{'bar':>3}  {'what':<58} {'floor':>14} {'ours':>14} {'ratio':>8}  {'target':<7}"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
