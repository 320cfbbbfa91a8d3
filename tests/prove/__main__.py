"""`make prove`: each proof at its full size, on PostgreSQL as the role of run time, its figures one a line.

    python -m tests.prove [names] [--sample] [--figures FILE]

The figures go to var/prove/figures.json, each proof's beside the others'. The run fails where a target is missed, a
proof breaks, or PostgreSQL or Redis cannot be had. One proof that breaks does not keep the others from running.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.bench.machine import ROOT
from tests.prove.figures import BY_NAME, FIGURES, PROOFS, Figures, Proof, merge, record
from tests.services import Services, no_temporary

EMPTY = "prove_empty"


def main() -> int:
    asked = options()
    size = "sample" if asked.sample else "full"
    with Services(install=True) as services:
        postgres, owner, redis = services.postgres(), services.owner(), services.redis()
        if not (postgres and owner and redis):
            print("Nothing can be proved: " + "; ".join(f"no {n} ({why})" for n, why in services.missing.items()))
            return 1
        ground = Ground(postgres, owner, redis, services.folder("alongside-prove-", None))
        try:
            ground.migrate()
            missed = [proof.name for proof in asked.proofs if not prove(proof, ground, size, asked.figures)]
        finally:
            ground.drop_all()
    print(f"\n{len(asked.proofs) - len(missed)} of {len(asked.proofs)} proofs hold: {asked.figures}")
    if missed:
        print(f"MISSED: {', '.join(missed)}")
    return int(bool(missed))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.prove", description="What is proved about access, in figures."
    )
    parser.add_argument("proofs", nargs="*", type=_proof, metavar="name", help=", ".join(BY_NAME))
    parser.add_argument(
        "--sample", action="store_true", help="the size tests run: does it work? Targets will be missed"
    )
    parser.add_argument("--figures", type=Path, default=FIGURES, help="the file they are merged into")
    asked = parser.parse_args()
    asked.proofs = asked.proofs or list(PROOFS)
    return asked


def _proof(name: str) -> Proof:
    if name not in BY_NAME:
        raise argparse.ArgumentTypeError(f"there is no proof {name!r}; there are {', '.join(BY_NAME)}")
    return BY_NAME[name]


class Ground:
    """Where proofs run: a database each, copied from one that is migrated and empty, and a folder to write to."""

    def __init__(self, postgres: str, owner: str, redis: str, folder: Path) -> None:
        self.postgres, self.owner, self.redis, self.folder = postgres, owner, redis, folder
        self._databases: list[str] = []

    def migrate(self) -> None:
        self.create(EMPTY)
        command = [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"]
        ours = {**self.environment(EMPTY), "DJANGO_SETTINGS_MODULE": "portal.settings.dev"}  # as the Procfile does
        subprocess.run(command, cwd=ROOT, env={**os.environ, **ours}, check=True)

    def environment(self, database: str) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "portal.settings.test",
            "DATABASE_URL": _named(self.postgres, database),
            "DATABASE_OWNER_URL": _named(self.owner, database),
            "TEST_OWNER_URL": _named(self.owner, database),
            "TEST_DATABASE_URL": _named(self.postgres, database),
            "REDIS_URL": self.redis,
            "TEST_REDIS_URL": self.redis,
            "ALONGSIDE_VAR": str(self.folder),
            "LOG_LEVEL": "ERROR",
        }

    def create(self, database: str, *, like: str = "") -> None:
        with psycopg.connect(self.owner, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{database}"' + (f' TEMPLATE "{like}"' if like else ""))
            server.execute(no_temporary(database))
        self._databases.append(database)

    def drop_all(self) -> None:
        """The server may be somebody's own (TEST_DATABASE_URL): leave it as it was."""
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.owner, autocommit=True) as server:
            for database in self._databases:
                server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def prove(proof: Proof, ground: Ground, size: str, file: Path) -> bool:
    """Run one, print its lines, keep its figures. True where every target is met."""
    print(f"\n{proof.name}: {proof.promise}", flush=True)
    started = time.monotonic()
    figures, error = _alone(proof, ground, size)
    took = time.monotonic() - started
    if error:
        print(f"  BROKEN: {error}")
    for line in proof.lines(figures):
        print(f"  {line}")
    print(f"  ({took:.0f} s)", flush=True)
    found = record(proof, figures, size=size, seconds=took, error=error)
    merge(file, proof.name, found)
    return found["met"]


def _alone(proof: Proof, ground: Ground, size: str) -> tuple[Figures, str]:
    """Its figures, and what broke it ("" for nothing). In a process of its own, so that one crash is one crash."""
    if not (ROOT / "tests" / "prove" / f"{proof.name}.py").exists():
        return {}, "there is no such module"
    database, answer = f"prove_{proof.name}", ground.folder / f"{proof.name}.json"
    ground.create(database, like=EMPTY)
    command = [sys.executable, "-m", "tests.prove.alone", proof.name, size, str(answer)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **ground.environment(database)}, check=False)
    figures = json.loads(answer.read_text()) if answer.exists() else {}
    return figures, "" if done.returncode == 0 else f"it ended with {done.returncode}, as it says above"


if __name__ == "__main__":
    sys.exit(main())
