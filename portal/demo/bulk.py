"""More of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def multiply(scale: int, *, seed: int, number: Iterator[int], say: Callable[[str], None]) -> None:
    raise NotImplementedError
