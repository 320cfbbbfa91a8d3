"""A PgBouncer in transaction mode in front of a test's own PostgreSQL, where the machine has one or can be given it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests import services

SIZE = 4  # connections to the database: fewer than there are threads, so that they are shared


@dataclass(frozen=True)
class Pooler:
    port: int
    size: int = SIZE


@contextlib.contextmanager
def pooler(database: dict[str, Any]) -> Iterator[Pooler | None]:
    """`database`: Django's settings of the connection it stands before. None where there is no pgbouncer."""
    with services.Services(install=True) as found:
        program = _program(found)
        if program is None:
            yield None
            return
        user = services._unprivileged("postgres", "nobody") if os.geteuid() == 0 else None
        home, port = found.folder("alongside-pgbouncer-", user), services.free_port()
        (home / "users").write_text(f'"{database["USER"]}" ""\n')
        configuration = home / "pgbouncer.ini"
        configuration.write_text(
            "[databases]\n"
            f"* = host={database['HOST']} port={database['PORT']}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {home / 'users'}\n"
            f"pool_mode = transaction\ndefault_pool_size = {SIZE}\nmax_client_conn = 100\n"
            "ignore_startup_parameters = extra_float_digits\n"
        )
        services._give(home, user)

        def answers() -> bool:
            with contextlib.suppress(psycopg.Error):
                psycopg.connect(
                    host="127.0.0.1", port=port, user=database["USER"], dbname=database["NAME"], connect_timeout=2
                ).close()
                return True
            return False

        found.start_server(
            [program, str(configuration)], home=home, user=user, last_words=signal.SIGQUIT, ready=answers
        )
        yield Pooler(port)


def _program(found: services.Services) -> str | None:
    for attempt in range(2):
        for place in (shutil.which("pgbouncer"), "/usr/sbin/pgbouncer"):
            if place and Path(place).exists():
                return place
        if attempt == 0:
            found._apt("pgbouncer")
    return None
