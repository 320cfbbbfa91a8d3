"""Timing several ways of the same thing, turn and turn about, so that a noisy machine disturbs all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timing:
    """Seconds, sorted."""

    seconds: tuple[float, ...]

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Timing:
        return cls(tuple(sorted(seconds)))

    @property
    def least(self) -> float:
        return self.seconds[0]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * 0.99))]

    def ms(self) -> dict[str, float]:
        """For the file of figures: milliseconds."""
        return {name: round(getattr(self, name) * 1000, 3) for name in ("least", "median", "p99")} | {
            "times": len(self.seconds)
        }


def once(way: Callable[[], Any]) -> float:
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def turn_about(ways: Sequence[Callable[[], Any]], *, rounds: int, warm: int = 5) -> list[Timing]:
    """One Timing a way. In each round every way runs once; the round begins with another way each time."""
    for _ in range(warm):
        for way in ways:
            way()
    gc.collect()
    seconds: list[list[float]] = [[] for _ in ways]
    for number in range(rounds):
        for place in range(len(ways)):
            at = (number + place) % len(ways)
            seconds[at].append(once(ways[at]))
    return [Timing.of(each) for each in seconds]
