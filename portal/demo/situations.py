"""What is getting in the way of school, as written in situations.toml: read once, by name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Situation:
    """What school, child, parent and agencies say of one situation; the file explains the fields."""

    barriers: list[str]
    detail: str
    strengths: str
    child: str
    wants: str
    parent: str
    tried: list[tuple[str, str, str]]
    asks: list[str]
    hoped: str
    goes_on: str
    aim: str
    helped: str
    notes: list[tuple[str, str, str]]
    before: int
    after: int
    pattern: str
    onset: str = ""


@dataclass(frozen=True)
class Family:
    """What somebody tells the council: `reasons` and `missed` are answers of the concern's own questions."""

    words: str
    reasons: list[str]
    missed: str


_written = tomllib.loads((Path(__file__).parent / "situations.toml").read_text(encoding="utf-8"))
SITUATIONS: dict[str, Situation] = {name: Situation(**told) for name, told in _written["situations"].items()}
FAMILIES: list[Family] = [Family(**told) for told in _written["families"]]
WORRIED_AUNT = FAMILIES[-1]
