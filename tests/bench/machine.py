"""The machine a run has: a throwaway PostgreSQL and Redis, databases on the one, and servers to be asked.

Nothing here touches the product's own database, mail or media: everything the run writes lies in a folder of its own,
but for the file of figures.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.services import Services, free_port, no_temporary

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds a server gets to answer


@dataclass(frozen=True)
class Sizes:
    """How much is built. `cases` is ×100; `fewer` ×1; `fewest` ×0.1."""

    fewest: int = 1_000
    fewer: int = 10_000
    cases: int = 1_000_000
    agencies: int = 400
    people: int = 5_000
    peer: int = 50_000
    notes: int = 30  # on the case that is opened, in the county of `fewest`; ten times as many in that of `fewer`
    rounds: int = 200
    pages: int = 60
    sockets: int = 1_000
    rings: int = 60
    load_seconds: float = 3.0
    load_rounds: int = 5


SMALL = Sizes(
    fewest=200, fewer=400, cases=1_000, agencies=12, people=60, peer=300, notes=5, rounds=5, pages=2, sockets=100,
    rings=3, load_seconds=0.3, load_rounds=1,
)  # fmt: skip


def _named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


class Machine:
    """`postgres` is the role the product runs as; counties are loaded, and floors measured, as `superuser`."""

    def __init__(self, services: Services, postgres: str, redis: str, sizes: Sizes) -> None:
        self.sizes = sizes
        self.redis = redis
        self._postgres, self._owner, self._superuser = postgres, services.owner(), services.superuser()
        self._databases: list[str] = []
        self.var = services.folder("alongside-bench-", None)

    # --- what Django is told -----------------------------------------------------------------------------------------

    def environment(self, database: str) -> dict[str, str]:
        """The environment of a process that runs the product on `database`."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "DATABASE_URL": _named(self._postgres, database),
            "DATABASE_OWNER_URL": _named(self._owner, database),
            "REDIS_URL": self.redis,
            "ALONGSIDE_VAR": str(self.var),
            "SECRET_KEY": _SECRET,
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "BASE_URL": "https://alongside.example.org",
            "EMAIL_URL": "dummymail://",
            "ALLOW_DEMO": "",
            "WEB_CONCURRENCY": "1",
            "LOG_LEVEL": "WARNING",
        }

    @property
    def superuser(self) -> str:
        return urlsplit(self._superuser).username or ""

    # --- databases ---------------------------------------------------------------------------------------------------

    def url(self, database: str) -> str:
        """As somebody whom nothing is hidden from."""
        return _named(self._superuser, database)

    def connect(self, database: str, **options: object) -> psycopg.Connection:
        return psycopg.connect(self.url(database), **options)

    def create(self, database: str, *, like: str = "") -> str:
        owner = urlsplit(self._owner).username
        with psycopg.connect(self._superuser, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{database}" OWNER "{owner}"' + (f' TEMPLATE "{like}"' if like else ""))
            admin.execute(no_temporary(database))
        self._databases.append(database)
        return database

    def drop_all(self) -> None:
        """The server may be somebody's own (TEST_DATABASE_URL): leave it as it was."""
        with contextlib.suppress(psycopg.Error), psycopg.connect(self._superuser, autocommit=True) as admin:
            for database in self._databases:
                admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    # --- servers -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def process(self, *command: str, database: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """A process of ours that is asked by lines on its standard input."""
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **self.environment(database), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        try:
            yield running
        finally:
            _stop(running)

    @contextlib.contextmanager
    def serving(self, application: str, *, database: str, **environment: str) -> Iterator[Server]:
        """uvicorn with the options the Procfile gives it."""
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), *uvicorn_options()]
        with self.started(command, port, self.environment(database) | environment) as server:
            yield server

    @contextlib.contextmanager
    def started(self, command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
        log = self.var / f"server-{port}.log"
        with log.open("wb") as out:
            running = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        try:
            deadline = time.monotonic() + PATIENCE
            while not _answers(port):
                if running.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{command[2]} did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.05)
            yield Server(running.pid, port, log)
        finally:
            _stop(running)


_SECRET = secrets.token_urlsafe(64)


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    log: Path

    def resident(self) -> int:
        """Bytes of memory in use."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def uvicorn_options() -> list[str]:
    """What the Procfile says, but for where to listen, how many processes, and the proxy."""
    web = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    words = shlex.split(re.search(r"exec uvicorn \S+ ([^'\n]*)", web)[1])
    ours = {"--host", "--port", "--workers", "--forwarded-allow-ips"}
    kept = ["--host", "127.0.0.1"]
    while words:
        word = words.pop(0)
        if word in ours:
            words.pop(0)
        elif word != "--proxy-headers":
            kept.append(word)
    return kept


def words_about() -> str:
    """The machine, for whoever reads the figures later."""
    processor = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        "an unnamed processor",
    )
    memory = next((int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{os.cpu_count()} cores of {processor}, {memory} GB, Python {sys.version.split()[0]}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _stop(running: subprocess.Popen) -> None:
    if running.poll() is None:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(5)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
    for pipe in (running.stdin, running.stdout):
        if pipe:
            pipe.close()
