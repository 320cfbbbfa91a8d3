"""`make bench`: prints each bar with its floor, from one run, and writes var/bench/figures.json.

    python -m tests.bench [--bars 1,2] [--small]

Nothing is asserted on time: a bar that is missed is said to be missed, and the run ends well all the same. A bar that
could not be measured is an error only if its measuring failed, or PostgreSQL or Redis is not to be had.
"""

from __future__ import annotations

import argparse
import datetime
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tests.services import Services

from .bar import HEADING, Measured, NotMeasured
from .machine import ROOT, SMALL, Machine, Sizes, words_about

if TYPE_CHECKING:
    from referrals.models import Case

    from .county import County

BARS = (1, 2, 3, 4, 6, 8, 10, 12, 13)
EMPTY = "bench_empty"
FIGURES = ROOT / "var" / "bench" / "figures.json"


def main() -> int:
    asked = options()
    sizes = SMALL if asked.small else Sizes()
    started = time.monotonic()
    print(f"{words_about()}\n")
    lines: list[Measured | NotMeasured] = []
    with Services(install=not asked.small) as services:
        postgres, redis = services.postgres(), services.redis()
        if not (postgres and redis):
            print("Nothing can be measured: " + "; ".join(f"no {n} ({why})" for n, why in services.missing.items()))
            return 1
        machine = Machine(services, postgres, redis, sizes)
        try:
            begin(machine, asked.like)
            print(HEADING, flush=True)
            for line in Run(machine, asked.bars, small=asked.small).lines():
                print(line.line(), flush=True)
                lines.append(line)
        finally:
            machine.drop_all()
    took = time.monotonic() - started
    write(asked.figures, lines, sizes, took)
    missed = [line for line in lines if isinstance(line, Measured) and line.verdict == "MISSED"]
    reached = [line for line in lines if isinstance(line, Measured) and line.verdict == "reached"]
    absent = [line for line in lines if isinstance(line, NotMeasured)]
    print(
        f"\n{len(reached)} reached, {len(missed)} missed, {len(absent)} not measured, in {took:.0f} s: {asked.figures}"
    )
    return int(any(line.failed for line in absent))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast it is, as ratios to floors.")
    parser.add_argument("--bars", type=_bars, default=set(BARS), help="which, with commas between (default: all)")
    parser.add_argument("--small", action="store_true", help="tiny sizes: does it run? The figures mean nothing")
    parser.add_argument("--like", default="", help="a migrated, empty database on the server, to copy instead")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="the file they are written to")
    return parser.parse_args()


def _bars(text: str) -> set[int]:
    chosen = {int(word) for word in text.split(",")}
    if unknown := chosen - set(BARS):
        raise argparse.ArgumentTypeError(f"there is no bar {min(unknown)}; there are {', '.join(map(str, BARS))}")
    return chosen


def begin(machine: Machine, like: str) -> None:
    """Django on a migrated, empty database, of which every other is a copy."""
    machine.create(EMPTY, like=like)
    os.environ.update(machine.environment(EMPTY))
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    logging.disable(logging.WARNING)
    if not like:
        call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    connection.close()


class Run:
    """What is built is built once, and only if a bar that was asked for needs it."""

    def __init__(self, machine: Machine, bars: set[int], *, small: bool) -> None:
        self.machine, self.bars, self.small = machine, bars, small
        self._built: dict[int, tuple[str, County]] = {}

    def county(self, cases: int) -> tuple[str, County]:
        """The database with so many cases, and what is in it."""
        if cases not in self._built:
            from .county import County
            from .pages import using

            sizes, started = self.machine.sizes, time.monotonic()
            database = self.machine.create(f"bench_{cases}", like=EMPTY)
            county = County(cases, sizes.agencies, sizes.people)
            with using(database, self.machine.superuser):
                county.build()
            print(f"     built {cases:,} cases in {time.monotonic() - started:.0f} s", flush=True)
            self._built[cases] = database, county
        return self._built[cases]

    def with_subject(self, cases: int, notes: int) -> tuple[str, County, Case]:
        from .pages import using

        database, county = self.county(cases)
        with using(database, self.machine.superuser):
            return database, county, county.subject(notes)

    def lines(self) -> Iterator[Measured | NotMeasured]:
        for bars, measure in (
            ({1, 2}, self.lists),
            ({3}, self.growth),
            ({4}, self.queries),
            ({6}, self.peer),
            ({8}, self.public),
            ({10, 12}, self.sockets),
            ({13}, self.notes),
        ):
            if wanted := bars & self.bars:
                try:
                    yield from measure()
                except Exception as error:  # one bar that fails does not keep the others from being measured
                    traceback.print_exc()
                    yield from (
                        NotMeasured(bar, f"{type(error).__name__}: {error}", failed=True) for bar in sorted(wanted)
                    )

    def lists(self) -> Iterator[Measured]:
        from . import lists, pages

        database, county = self.county(self.machine.sizes.cases)
        with pages.using(database):
            yield from lists.measure(self.machine, county, self.bars)

    def growth(self) -> Iterator[Measured]:
        from . import pages

        sizes = self.machine.sizes
        return pages.growth(self.machine, self.county(sizes.fewer), self.county(sizes.cases))

    def queries(self) -> Iterator[Measured]:
        from . import pages

        sizes = self.machine.sizes
        fewest = self.with_subject(sizes.fewest, sizes.notes)
        return pages.counts(fewest, self.with_subject(sizes.fewer, sizes.notes * 10))

    def peer(self) -> Iterator[Measured | NotMeasured]:
        from . import peers

        subject = self.with_subject(self.machine.sizes.peer, peers.NOTES)
        return peers.measure(self.machine, *subject, install=not self.small)

    def public(self) -> Iterator[Measured]:
        from . import public

        return public.measure(self.machine, EMPTY)

    def sockets(self) -> Iterator[Measured]:
        from . import sockets

        return sockets.measure(self.machine, *self.county(self.machine.sizes.fewest), self.bars)

    def notes(self) -> Iterator[Measured]:
        from . import notes

        return notes.measure(self.machine, *self.with_subject(self.machine.sizes.fewer, 0))


def write(figures: Path, lines: list[Measured | NotMeasured], sizes: Sizes, took: float) -> None:
    figures.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "at": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "machine": words_about(),
        "load": os.getloadavg(),
        "seconds": round(took),
        "sizes": asdict(sizes),
        "bars": [line.record() for line in lines],
    }
    figures.write_text(json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n")


if __name__ == "__main__":
    sys.exit(main())
