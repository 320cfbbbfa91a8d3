"""The chain: what exactly is hashed, and how.

A row is one line: its columns in the order of COLUMNS with a tab between them, an instant as microseconds since 1970,
nothing for NULL. Its hash is the SHA-256 of that line. The line begins with the hash of the row before it in its shard,
so whoever changes a row, or takes one out, would have to write every row after it anew, and the heads that are kept
outside the database (heads.py) would still say what they were.

The line is what PostgreSQL's COPY writes, so that `verify` hashes the bytes as they come. No text in a row can hold a
backslash or a control character (they become spaces when it is written): COPY escapes those, and so a row into which
one has been put can never look like another.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from django.db.backends.utils import CursorWrapper

from .models import ZERO

SHARDS = 16
COLUMNS = (
    "previous",
    "id",
    "shard",
    "n",
    "at",
    "action",
    "user_id",
    "membership_id",
    "agency_id",
    "actor",
    "noun",
    "reference",
    "about",
    "decision",
    "rule",
    "why",
    "channel",
    "flag",
)
UNSAFE = dict.fromkeys((*range(32), 92, 127), " ")


def hash_of(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


# Asked with: `at` as text, each column from `action` on, and the rest of the line from `at` on.
INTO_SQLITE = f"""
INSERT INTO audit_entry ({", ".join(COLUMNS)}, hash)
SELECT h.previous, h.n * {SHARDS}, 0, h.n, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
       audit_hash(h.previous || char(9) || (h.n * {SHARDS}) || char(9) || 0 || char(9) || h.n || char(9) || %s)
FROM (SELECT coalesce((SELECT n FROM audit_head WHERE shard = 0), 0) + 1 AS n,
             coalesce((SELECT hash FROM audit_head WHERE shard = 0), '{ZERO}') AS previous) AS h
"""


def clean(value: Any) -> Any:
    return value.translate(UNSAFE) if isinstance(value, str) else value


def append_on_sqlite(cursor: CursorWrapper, row: tuple[Any, ...]) -> None:
    """`row`: microseconds, then the columns from `action` on, cleaned. SQLite has one writer, so one shard."""
    seconds, micros = divmod(row[0], 1_000_000)
    rest = "\t".join("" if value is None else str(value) for value in row)
    cursor.connection.create_function("audit_hash", 1, hash_of, deterministic=True)
    cursor.execute(INTO_SQLITE, (_as_django_writes(seconds, micros), *row[1:], rest))


def _as_django_writes(seconds: int, micros: int) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC).replace(tzinfo=None)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{micros:06d}"
