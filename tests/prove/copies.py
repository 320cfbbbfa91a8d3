"""Copies of the database a proof was given, each under a name of its own, gone afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg

from tests.services import no_temporary


@contextlib.contextmanager
def copy_of(name: str, app: str, owner: str) -> Iterator[tuple[str, str]]:
    """The addresses of a copy, as the role of run time and as the tables' owner, of the database that these two name.

    Nobody may be connected to what is copied.
    """
    maintenance = urlsplit(owner)._replace(path="/postgres").geturl()
    source = urlsplit(owner).path.lstrip("/")
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    with psycopg.connect(maintenance, autocommit=True) as server:
        server.execute(drop)
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        server.execute(no_temporary(name))
        try:
            yield urlsplit(app)._replace(path=f"/{name}").geturl(), urlsplit(owner)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(drop)
