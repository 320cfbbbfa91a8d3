"""The ways in that are no address: the management commands, and the socket. What is tried of them for proof 2.

A command is for whoever has a shell on the server: the operating system lets her in or does not, and nothing of ours
turns anybody away. So an "allow" is that it does what it is for, as the database's role of run time; a "deny" is that
it refuses what it must not do, and says so. That no address runs one, a test says (test_coverage.py).
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from notifications.routing import websocket_urlpatterns
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind, Role
from tests.bench.machine import ROOT
from tests.services import free_port

from .county import build
from .served import Server, here, signed_in


@dataclass(frozen=True)
class Asked:
    """`does`: what is typed, and done. `refused`: what is typed, and refused. `apart`: in a process of its own."""

    does: tuple[str, ...]
    refused: tuple[str, ...]
    apart: bool = False


COMMANDS = {
    "add_agency": Asked(("Green Lane School", "--kind", "school"), ("Hillside", "--kind", "school")),
    "add_person": Asked(
        ("sen@example.org", "--agency", "health", "--role", "partner"),
        ("sen@example.org", "--agency", "health", "--role", "head"),
    ),
    "audit": Asked(("key",), ("verify", "--key", "bm90IGEga2V5")),
    "demo": Asked(("--sign-ins",), ()),  # never built where there are people
    "docs": Asked((), ("--check",)),
    "forget_second_step": Asked(("lead@example.org",), ("nobody.here@example.org",)),
    "undelivered": Asked(("--retry",), ("--all",)),
    "migrate": Asked(("--check",), ("--database", "another"), apart=True),
    "serve": Asked(("--no-demo",), ("--port", "none"), apart=True),
    "worker": Asked((), ("--as", "somebody"), apart=True),
}
SOCKETS = frozenset({"ws/"})  # opened by somebody who works here, and by nobody else


def sockets() -> list[str]:
    return [str(pattern.pattern) for pattern in websocket_urlpatterns]


def try_commands(tally: Any) -> None:
    """Those that can be tried in this process, in a county of their own."""
    with transaction.atomic():
        build()
        with tempfile.TemporaryDirectory() as folder, override_settings(BASE_DIR=Path(folder)):
            (Path(folder) / "docs").mkdir()
            for name, asked in COMMANDS.items():
                if not asked.apart:
                    _note(tally, name, "deny", _fails(name, asked.refused))
                    _note(tally, name, "allow", not _fails(name, asked.does))
        transaction.set_rollback(True)


def _note(tally: Any, name: str, way: str, it_did: bool) -> None:
    if it_did:
        tally.ways.setdefault(f"manage.py {name}", set()).add(way)


def _fails(name: str, typed: tuple[str, ...]) -> bool:
    try:
        with transaction.atomic(), contextlib.redirect_stdout(io.StringIO()):
            call_command(name, *typed, stdout=io.StringIO(), stderr=io.StringIO())
    except CommandError:
        return True
    return False


def try_apart(tally: Any) -> None:
    """Those that take a process of their own, on this database; and the socket, of what `serve` serves."""
    _note(tally, "migrate", "allow", _ends("migrate", COMMANDS["migrate"].does) == 0)
    for name in ("migrate", "serve", "worker"):
        _note(tally, name, "deny", _ends(name, COMMANDS[name].refused) != 0)
    with _begun("worker", COMMANDS["worker"].does) as worker:
        says = iter(worker.stdout.readline, b"")  # type: ignore[union-attr]
        well = any(b" jobs." in line for line in says)
        worker.send_signal(signal.SIGTERM)
        _note(tally, "worker", "allow", well and worker.wait(60) == 0)
    port = free_port()
    with _begun("serve", (*COMMANDS["serve"].does, "--port", str(port))) as serving:
        server = Here(port, serving)
        server.wait()
        _note(tally, "serve", "allow", True)
        with somebody() as (member, stranger):
            try_sockets(tally, lambda user: not server.refuses(signed_in(user) if user else ""), member, stranger)


def try_sockets(tally: Any, opens: Callable[[User | None], bool], member: User, stranger: User) -> None:
    """`opens(user)`: whether the socket opens for her (None: for nobody)."""
    for path in sockets():
        if path in SOCKETS:
            ways = tally.ways.setdefault(f"socket {path}", set())
            if opens(member):
                ways.add("allow")
            if not opens(stranger) and not opens(None):
                ways.add("deny")


@contextlib.contextmanager
def somebody() -> Iterator[tuple[User, User]]:
    """Somebody who works here and somebody who does not, there for others to see; gone afterwards."""
    member = User.objects.create_user("socket.member@example.org", "x", name="A Member")
    stranger = User.objects.create_user("socket.stranger@example.org", "x", name="A Stranger")
    group = Group.objects.create(name="agency: socket")
    agency = Agency.objects.create(kind=AgencyKind.LA_ATTENDANCE, name="Socket", slug="socket", group=group)
    held = Membership.objects.create(user=member, agency=agency, role=Role.LA_OFFICER, since=timezone.localdate())
    try:
        yield member, stranger
    finally:
        for thing in (held, agency, group, member, stranger):
            thing.delete()


class Here(Server):
    """A server that `manage.py serve` has begun."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process, self._kept = port, process, threading.local()
        self.said = tempfile.TemporaryFile()  # noqa: SIM115  what it says goes to its own output


def _command(name: str, typed: tuple[str, ...]) -> dict[str, Any]:
    return {
        "args": [sys.executable, "manage.py", name, *typed],
        "cwd": ROOT,
        "env": {**os.environ, **here(), "WEB_CONCURRENCY": "1"},
    }


def _ends(name: str, typed: tuple[str, ...]) -> int:
    return subprocess.run(**_command(name, typed), capture_output=True, check=False).returncode


@contextlib.contextmanager
def _begun(name: str, typed: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(**_command(name, typed), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()  # type: ignore[union-attr]
