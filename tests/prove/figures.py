"""What each proof promises: the figures it must print, and what they must be. From issue to table, nothing else.

A figure a proof does not bring is missed, unless it is one of those only measured where a program is at hand
(`where=...`).
"""

from __future__ import annotations

import datetime
import json
import operator
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT, words_about

FIGURES = ROOT / "var" / "prove" / "figures.json"
Figures = dict[str, Any]

HOLDS: dict[str, Callable[[Any, Any], bool]] = {">=": operator.ge, "<=": operator.le, "=": operator.eq}


@dataclass(frozen=True)
class Target:
    """`where`: the program without which this figure cannot be had; then it is said, and not missed."""

    figure: str
    sign: str
    wanted: float
    where: str = ""

    def verdict(self, figures: Figures) -> str:
        """ "met", "MISSED", or "not measured"."""
        got = figures.get(self.figure)
        if got is None:
            return "not measured" if self.where else "MISSED"
        return "met" if HOLDS[self.sign](got, self.wanted) else "MISSED"

    def line(self, figures: Figures) -> str:
        got = figures.get(self.figure)
        asked = f"{self.sign} {plain(self.wanted)}" + (f", with {self.where}" if self.where else "")
        return f"{self.figure.replace('_', ' ')}: {plain(got)} (wanted {asked}): {self.verdict(figures)}"


@dataclass(frozen=True)
class Proof:
    """`name` is the module tests/prove/<name>.py and the word `make prove` takes."""

    name: str
    promise: str
    targets: tuple[Target, ...]

    def met(self, figures: Figures) -> bool:
        return all(target.verdict(figures) != "MISSED" for target in self.targets)

    def lines(self, figures: Figures) -> list[str]:
        """One line a figure: those with a target first, then whatever else was counted."""
        known = {target.figure for target in self.targets}
        rest = [f"{name.replace('_', ' ')}: {plain(value)}" for name, value in figures.items() if name not in known]
        return [target.line(figures) for target in self.targets] + rest


def at_least(figure: str, wanted: float, **where: str) -> Target:
    return Target(figure, ">=", wanted, **where)


def at_most(figure: str, wanted: float, **where: str) -> Target:
    return Target(figure, "<=", wanted, **where)


def none(figure: str, **where: str) -> Target:
    return Target(figure, "=", 0, **where)


PROOFS: tuple[Proof, ...] = (
    Proof(
        "matrix",
        "Who may do what, over every channel, is what the roles mean",
        (
            at_least("principals", 24),
            at_least("cells", 20_000),
            at_least("cells_run", 6_000),
            none("leaks"),
            none("wrong_denials"),
        ),
    ),
    Proof(
        "coverage",
        "Every way in is in the matrix, with an allow and a deny",
        (none("undeclared"), none("without_allow"), none("without_deny")),
    ),
    Proof(
        "walls",
        "Either wall holds alone",
        (at_least("cells_run", 6_000), none("rows_too_many_first_wall_down"), none("leaks_second_wall_down")),
    ),
    Proof(
        "deciders",
        "The table, the policy and the database agree, whatever happens",
        (at_least("steps", 30_000), none("disagreements")),
    ),
    Proof("mutants", "The tests can see", (at_least("mutants", 60), none("survivors"))),
    Proof("canaries", "Nothing planted is sighted", (at_least("tokens", 400), none("sightings"))),
    Proof(
        "oracle",
        "What one may not see answers as what is not there",
        (at_least("pairs", 1_000), none("differences"), at_most("timing_auc", 0.55), none("validation_tells")),
    ),
    Proof(
        "revocation",
        "An ending counts at the next request and the next event",
        (
            at_least("endings", 8),
            at_least("trials", 500),
            none("stale_requests"),
            none("events_after"),
            none("mail_after"),
            none("files_after"),
            at_most("socket_closed_p99_seconds", 1.0),
        ),
    ),
    Proof(
        "bleed",
        "One request's identity is never another's",
        (
            at_least("threads", 8),
            at_least("requests", 16_000),
            none("bleeds"),
            none("bleeds_through_pooler", where="pgbouncer"),
        ),
    ),
    Proof(
        "cost",
        "Both walls cost at most 1.3 times the first alone",
        (at_most("worst_ratio", 1.3), at_least("largest_county", 1_000_000)),
    ),
    Proof(
        "audit",
        "Every tampering is found, and said where",
        (at_least("tampers", 5_000), none("missed"), none("false_alarms"), at_least("rows_a_second", 200_000)),
    ),
    Proof(
        "dast",
        "Tools that attack find nothing, and find what is planted",
        (
            at_least("schemathesis_cases", 20_000),
            at_least("schemathesis_peers", 3),
            none("schemathesis_failures"),
            at_least("planted_hole_found", 1),
            none("wapiti_confirmed", where="wapiti"),
            none("sqlmap_confirmed", where="sqlmap"),
        ),
    ),
)
BY_NAME = {proof.name: proof for proof in PROOFS}


def plain(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def record(proof: Proof, figures: Figures, *, size: str, seconds: float, error: str = "") -> dict[str, Any]:
    """What is kept of one run of one proof."""
    return {
        "promise": proof.promise,
        "at": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": words_about(),
        "seconds": round(seconds),
        "size": size,
        "met": not error and proof.met(figures),
        **({"error": error} if error else {}),
        "targets": [
            {
                "figure": target.figure,
                "wanted": f"{target.sign} {target.wanted}",
                "got": figures.get(target.figure),
                "verdict": target.verdict(figures),
            }
            for target in proof.targets
        ],
        "figures": figures,
    }


def merge(file: Path, name: str, found: dict[str, Any]) -> None:
    """Put `found` beside the proofs already in `file`: one that was not run again keeps what it had."""
    file.parent.mkdir(parents=True, exist_ok=True)
    every = json.loads(file.read_text()) if file.exists() else {}
    every[name] = found
    ordered = {known: every[known] for known in BY_NAME if known in every}
    building = file.with_suffix(".building")
    building.write_text(json.dumps(ordered, indent=1, ensure_ascii=False, default=str) + "\n")
    os.replace(building, file)


def commit() -> str:
    """The commit this ran on, with a + where the tree held something else; "" outside git."""
    said = subprocess.run(
        ["git", "describe", "--always", "--abbrev=12", "--dirty=+"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()
