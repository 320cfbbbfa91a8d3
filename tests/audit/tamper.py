"""What somebody who owns the database could do to the trail: every statement goes past the product.

As the role of run time none of it is possible on PostgreSQL, so there it connects as the owner of the tables, with the
second wall's word for "inside" (TEST_OWNER_URL): tests/prove/audit.py does, on a database of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connection

from portal.audit import chain
from portal.audit.models import ZERO, Entry, Head


class Tamperer:
    def __init__(self, shard: int | None = None) -> None:
        if shard is None:
            shard = Head.objects.order_by("-n").values_list("shard", flat=True)[0]
        self.shard = shard
        self._owner: Any = None

    @classmethod
    @contextlib.contextmanager
    def at(cls, shard: int) -> Iterator[Tamperer]:
        """With one connection of the owner's for all that is done; what is done is committed at once."""
        tamperer = cls(shard)
        if connection.vendor != "postgresql":
            yield tamperer
            return
        with psycopg.connect(os.environ["TEST_OWNER_URL"], options="-c alongside.inside=yes", autocommit=True) as owner:
            tamperer._owner = owner
            yield tamperer

    def remember(self) -> None:
        """The shard as it is, to be put back by `take_back`."""
        for table in ("audit_entry", "audit_head"):
            self.run(f"DROP TABLE IF EXISTS saved_{table}")
            self.run(f"CREATE TEMPORARY TABLE saved_{table} AS SELECT * FROM {table} WHERE shard = {self.shard:d}")
        with self.owner() as cursor:
            cursor.execute("SELECT n FROM saved_audit_head")
            self.rows = cursor.fetchone()[0]

    def take_back(self) -> None:
        for table in ("audit_entry", "audit_head"):
            self.run(f"DELETE FROM {table} WHERE shard = {self.shard:d}")
            self.run(f"INSERT INTO {table} SELECT * FROM saved_{table}")

    # --- the crude ways -------------------------------------------------------------------------------------------

    def change(self, n: int, column: str) -> None:
        new = {
            "at": "2001-02-03 04:05:06.000007",
            "n": 10**6 + n,
            "user_id": 999_999,
            "membership_id": 999_999,
            "agency_id": 999_999,
            "hash": "f" * 64,
            "previous": "e" * 64,
        }.get(column, "changed")
        self.run(f"UPDATE audit_entry SET {column} = %s WHERE shard = %s AND n = %s", new, self.shard, n)

    def remove(self, n: int) -> None:
        self.run("DELETE FROM audit_entry WHERE shard = %s AND n = %s", self.shard, n)

    def insert(self, n: int) -> None:
        """A forged row at `n`, those from there on moved up by one: first out of the way, for each place is unique."""
        far = 10**9
        self.run(
            "UPDATE audit_entry SET n = n + %s, id = id + %s WHERE shard = %s AND n >= %s", far, far, self.shard, n
        )
        self.run(
            "UPDATE audit_entry SET n = n - %s, id = id - %s WHERE shard = %s AND n >= %s",
            far - 1,
            far - chain.SHARDS,
            self.shard,
            far,
        )
        self._copy_of(n - 1, n)

    def swap(self, one: int, other: int) -> None:
        far = 10**9
        for start, end in ((one, far), (other, one), (far, other)):
            self.run("UPDATE audit_entry SET n = %s WHERE shard = %s AND n = %s", end, self.shard, start)

    def cut(self, n: int, *, with_head: bool = False) -> None:
        """Everything from `n` on; `with_head`: the head says that it was never there."""
        self.run("DELETE FROM audit_entry WHERE shard = %s AND n >= %s", self.shard, n)
        if with_head:
            self.set_head(n - 1, self.hash_at(n - 1))

    def stray(self) -> None:
        self._copy_of(1, 1, shard=chain.SHARDS + 1)

    # --- the thorough way -----------------------------------------------------------------------------------------

    def rewrite(self, n: int, **new: Any) -> None:
        """Row `n` says something else, and every row after it, and the head, has the hash that it would have had."""
        rows = list(Entry.objects.filter(shard=self.shard, n__gte=n).order_by("n"))
        last = self.hash_at(n - 1)
        for column, value in new.items():
            setattr(rows[0], column, value)
        for row in rows:
            row.previous = last
            row.hash = last = hashlib.sha256(line_of(row).encode()).hexdigest()
        with self.owner() as cursor:
            cursor.executemany(
                "UPDATE audit_entry SET previous = %s, hash = %s, why = %s, user_id = %s WHERE id = %s",
                [(row.previous, row.hash, row.why, row.user_id, row.pk) for row in rows],
            )
        self.set_head(rows[-1].n, last)

    # ---

    def hash_at(self, n: int) -> str:
        return Entry.objects.filter(shard=self.shard, n=n).values_list("hash", flat=True).first() or ZERO

    def set_head(self, n: int, digest: str) -> None:
        self.run("UPDATE audit_head SET n = %s, hash = %s WHERE shard = %s", n, digest, self.shard)

    def _copy_of(self, source: int, n: int, shard: int | None = None) -> None:
        """Inserted past the trigger that would move the head on."""
        shard = self.shard if shard is None else shard
        columns = [column for column in (*chain.COLUMNS, "hash") if column not in {"id", "shard", "n"}]
        before = Head.objects.filter(shard=shard).values_list("n", "hash").first()
        self.run(
            f"INSERT INTO audit_entry (id, shard, n, {', '.join(columns)}) "
            f"SELECT %s, %s, %s, {', '.join(columns)} FROM audit_entry WHERE shard = %s AND n = %s",
            10**12 + random.randrange(10**9),
            shard,
            n,
            self.shard,
            source,
        )
        if before and connection.vendor == "sqlite":
            self.set_head(*before)

    def run(self, sql: str, *values: Any) -> None:
        with self.owner() as cursor:
            cursor.execute(sql, values)

    @contextlib.contextmanager
    def owner(self) -> Iterator[Any]:
        """A cursor of the role that owns the tables; what it did is committed when it is closed."""
        if self._owner is not None:
            yield self._owner.cursor()
        elif connection.vendor == "postgresql":
            with psycopg.connect(os.environ["TEST_OWNER_URL"], options="-c alongside.inside=yes") as owner:
                yield owner.cursor()
        else:
            with connection.cursor() as cursor:
                yield cursor


def line_of(row: Entry) -> str:
    from portal.audit.trail import EPOCH, MICROSECOND

    said = ((row.at - EPOCH) // MICROSECOND if column == "at" else getattr(row, column) for column in chain.COLUMNS)
    return "\t".join("" if value is None else str(value) for value in said)
