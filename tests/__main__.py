"""`make test`: everything, three times over.

1. SQLite and the in-process layer: what `make run` gives.
2. PostgreSQL and Redis: the tests that use the database again, on what a council runs, as the role it runs as.
3. Chromium: the journeys, in a process of their own (its event loop would stay in the way of every later test).

What could not be had is said in the last lines; with REQUIRE_SERVICES=1 that is a failure. Arguments go to pytest.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.services import Services

ROOT = Path(__file__).resolve().parents[1]
SILENCE = 900  # seconds without a line, after which a pass counts as hung
COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped)")


@dataclass
class Pass:
    name: str
    code: int
    counts: dict[str, int]
    seconds: float

    @property
    def failed(self) -> int:
        counted = self.counts.get("failed", 0) + self.counts.get("error", 0) + self.counts.get("errors", 0)
        return counted or int(self.code != 0)  # a pass in which no test ran has shown nothing

    def __str__(self) -> str:
        skipped = self.counts.get("skipped", 0)
        also = f", {skipped} skipped" if skipped else ""
        return f"{self.name}: {self.counts.get('passed', 0)} passed, {self.failed} failed{also}, {self.seconds:.0f} s"


def run(name: str, arguments: list[str], environment: dict[str, str]) -> Pass:
    print(f"\n=== {name} ===", flush=True)
    started = time.monotonic()
    tests = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--show-capture=no",
            "--durations=8",
            *arguments,
            *sys.argv[1:],
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "", "DATABASE_OWNER_URL": "", "REDIS_URL": "", **environment},
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    last = ""
    alarm = _in_time(tests)
    for line in tests.stdout or ():
        alarm.cancel()
        alarm = _in_time(tests)
        sys.stdout.write(line)
        sys.stdout.flush()
        if COUNTED.search(line) and " in " in line:
            last = line
    alarm.cancel()
    counts = {word: int(number) for number, word in COUNTED.findall(last)}
    return Pass(name, tests.wait(), counts, time.monotonic() - started)


def _in_time(tests: subprocess.Popen[str]) -> threading.Timer:
    """Where nothing more is said, end the pass: a run that hangs has failed, and soon."""

    def end() -> None:
        print(f"\nNothing was said for {SILENCE} s: this pass hangs, and is ended.", flush=True)
        tests.kill()  # its workers end where they hear nothing more

    alarm = threading.Timer(SILENCE, end)
    alarm.daemon = True
    alarm.start()
    return alarm


def main() -> int:
    with Services(install=True) as services:
        workers = ["-n", "2", "--dist", "loadfile"] if (os.cpu_count() or 1) > 1 else []
        database, redis, chromium = services.postgres(), services.redis(), services.chromium()
        roles = {"DATABASE_URL": database or "", "DATABASE_OWNER_URL": services.owner() or ""}
        found = {"TEST_REDIS_URL": redis or "", "CHROMIUM": chromium or ""}
        found = {name: value for name, value in found.items() if value}
        passes = [run("SQLite", [*workers, "-m", "not browser and not postgres"], found)]
        if database:
            ours = {**found, **roles, "REDIS_URL": redis or ""}
            migrate(ours)
            name = "PostgreSQL and Redis" if redis else "PostgreSQL"
            passes.append(run(name, [*workers, "-m", "not browser", "--database-only"], ours))
        if chromium:
            ours = {**roles, "REDIS_URL": redis or ""} if database else {}
            journeys = {**found, **ours, "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
            passes.append(run(f"Chromium{' on PostgreSQL and Redis' if database else ''}", ["-m", "browser"], journeys))
    return report(passes, services.missing)


def migrate(environment: dict[str, str]) -> None:
    """Once: every worker's database is a copy of this one."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"],
        cwd=ROOT,
        env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "portal.settings.dev"},
        check=True,
    )


def report(passes: list[Pass], missing: dict[str, str]) -> int:
    print()
    for each in passes:
        print(each)
    failed = sum(each.failed for each in passes)
    required = os.environ.get("REQUIRE_SERVICES", "") not in {"", "0"}
    print(f"{sum(each.counts.get('passed', 0) for each in passes)} passed, {failed} failed")
    for name, reason in missing.items():
        print(f"{'FAILED' if required else 'NOT TESTED'}: no {name} ({reason})")
    skipped = sum(each.counts.get("skipped", 0) for each in passes)
    if skipped:
        print(f"{'FAILED' if required else 'NOT TESTED'}: {skipped} tests were skipped; each says why above")
    return int(bool(failed or (required and (missing or skipped))))


if __name__ == "__main__":
    sys.exit(main())
