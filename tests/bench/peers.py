"""Bar 6: our list and detail ÷ django-helpdesk's, on the same database server, with as many cases as it has tickets.

The peer runs in a process and an environment of its own (var/bench-venv, from requirements/bench.txt), with the same
Django and driver as ours. Each of the two is asked by Django's test client, turn and turn about. What is compared with
what: docs/benchmarks.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from django.urls import reverse

from referrals.models import Case

from .bar import Measured, NotMeasured, Target, ms
from .county import County
from .machine import ROOT, Machine
from .pages import get, queries, signed_in, using
from .stopwatch import Timing, once

NOTES = 25
LOCK = ROOT / "requirements" / "bench.txt"
HOME = ROOT / "var" / "bench-venv"
PYTHON = HOME / "bin" / "python"
STAMP = HOME / ".installed"
TARGET = Target(0.15)


class NoPeer(Exception):
    """Why there is none."""


def measure(
    machine: Machine, database: str, county: County, case: Case, *, install: bool
) -> Iterator[Measured | NotMeasured]:
    with ExitStack() as stack:
        try:
            python = _python(install=install)
            theirs = machine.create("bench_peer")
            peer = stack.enter_context(
                machine.process(
                    str(python), "-m", "tests.bench.peer", str(county.cases), str(NOTES), database=database,
                    PEER_DATABASE_URL=machine.url(theirs),
                )
            )  # fmt: skip
            if peer.stdout.readline() != "ready\n":
                raise NoPeer("django-helpdesk did not start")
        except NoPeer as why:
            yield NotMeasured(6, str(why))
            return
        stack.enter_context(using(database))
        ours = {
            "staff": signed_in(county.actor("officer")),
            "limited": signed_in(county.actor("ordinary")),
        }
        cases = reverse("workspace:cases")
        lists = {"staff": f"{cases}?show=all", "limited": cases}
        overview = reverse("workspace:case", args=[case.reference])
        timeline = reverse("workspace:case-timeline", args=[case.reference])
        for who, client in ours.items():
            said = "who sees all" if who == "staff" else "who sees some"
            yield _compare(machine, peer, who, ["list", "rows"], client, [lists[who]], f"list, person {said}")
            yield _compare(
                machine, peer, who, ["item"], client, [timeline, overview], f"detail with {NOTES} notes, person {said}"
            )


def _compare(machine: Machine, peer: subprocess.Popen[str], who: str, pages: list[str], client, addresses, what):
    """Their pages added up (a reader waits for all of them); of ours the slowest."""
    times = max(2, machine.sizes.pages // 10)
    theirs: dict[str, list[float]] = {page: [] for page in pages}
    our: dict[str, list[float]] = {address: [] for address in addresses}
    asked = {page: _ask(peer, page, who, 2, count=True)["queries"] for page in pages}
    for address in addresses:
        get(client, address)
    for _ in range(5):
        for page in pages:
            theirs[page] += _ask(peer, page, who, times)["seconds"]
        for address in addresses:
            our[address] += [once(lambda address=address: get(client, address)) for _ in range(times)]
    floor = sum(Timing.of(seconds).median for seconds in theirs.values())
    slowest = max(our, key=lambda address: Timing.of(our[address]).median)
    mine = Timing.of(our[slowest]).median
    return Measured(
        6,
        f"{what}, ÷ django-helpdesk",
        ms(floor),
        ms(mine),
        mine / floor,
        TARGET,
        beside={
            "theirs": {page: Timing.of(seconds).ms() | {"queries": asked[page]} for page, seconds in theirs.items()},
            "ours": {
                address.partition("/workspace/")[2]: Timing.of(seconds).ms()
                | {"queries": len(queries(lambda address=address: get(client, address)))}
                for address, seconds in our.items()
            },
        },
    )


def _ask(peer: subprocess.Popen[str], page: str, who: str, times: int, *, count: bool = False) -> dict:
    peer.stdin.write(json.dumps({"page": page, "who": who, "times": times, "count": count}) + "\n")
    peer.stdin.flush()
    answer = peer.stdout.readline()
    assert answer, f"django-helpdesk's {page} failed"
    return json.loads(answer)


def _python(*, install: bool) -> Path:
    """The peer's own Python with the locked packages in it."""
    wanted = LOCK.read_text()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return PYTHON
    if not install:
        raise NoPeer("django-helpdesk is not installed in var/bench-venv; the full run installs it")
    uv = ROOT / "var" / "uv" / "bin" / "uv"
    try:
        if uv.exists():
            _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME])
            _run([uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", LOCK])
        else:
            _run([sys.executable, "-m", "venv", "--clear", HOME])
            _run([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", LOCK])
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", b"") or b"").decode(errors="replace")
        raise NoPeer(f"django-helpdesk could not be installed: {' '.join(said.split())[-300:] or error}") from error
    STAMP.write_text(wanted)
    return PYTHON


def _run(command: list[object]) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=600)
