"""Is the trail as it was written? Every row is hashed again, and every shard held against the heads inside and outside.

What can be found: a row that was changed, taken out, put in or moved; a chain that was cut short; a head that was
moved; and, by the heads outside, a chain that somebody wrote anew from some row on, its hashes and its head with it.
What cannot: a change to rows younger than the newest heads outside (five minutes), by somebody who owns the database.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import connection
from django.utils import timezone
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from . import heads as outside_heads
from .chain import COLUMNS, SHARDS
from .heads import Signed
from .models import ZERO, Entry, Head

BLOCK = 5_000
# Of a line: the hash of the row before it, what was hashed, and the row's own hash. Behind that is the end of the line.
PREVIOUS, HASHED, HASH = slice(64), slice(-66), slice(-65, -1)
NOWHERE = 2**63  # no place is as far
SHOWN = 100  # findings a shard: the first say enough


@dataclass(frozen=True)
class Finding:
    """`kind`: changed · missing · inserted · moved · cut · head · rewritten · outside. `n`: the place in the shard."""

    shard: int | None
    n: int | None
    kind: str
    says: str

    def __str__(self) -> str:
        where = "" if self.shard is None else f"shard {self.shard}, row {self.n}: "
        return f"{where}{self.kind}: {self.says}"


@dataclass
class Report:
    rows: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    newest_outside: datetime.datetime | None = None

    @property
    def well(self) -> bool:
        return not self.findings


def verify(records: Iterable[Signed] | None = None, *, shards: Iterable[int] = range(SHARDS)) -> Report:
    """The whole trail, `records` being what is kept outside (all of it, by default)."""
    started = time.perf_counter()
    report = Report()
    asked = sorted(set(shards))
    said: dict[int, dict[int, tuple[str, datetime.datetime]]] = {shard: {} for shard in asked}
    for record in outside_heads.kept() if records is None else records:
        if record.wrong:
            report.findings.append(Finding(None, None, "outside", record.wrong))
        report.newest_outside = max(record.at, report.newest_outside or record.at)
        for shard, (n, digest) in record.heads.items():
            if shard not in said:
                continue
            first = said[shard].setdefault(n, (digest, record.at))
            if first[0] != digest:
                report.findings.append(Finding(shard, n, "rewritten", "the heads outside tell two stories of it"))
    for shard in asked:
        _verify_shard(shard, said[shard], report)
    known = set(asked) if asked != list(range(SHARDS)) else set(range(SHARDS))
    if len(known) == SHARDS and (stray := Entry.objects.exclude(shard__in=known).first()):
        report.findings.append(Finding(stray.shard, stray.n, "inserted", "there is no such shard"))
    report.seconds = time.perf_counter() - started
    return report


def age(report: Report) -> datetime.timedelta | None:
    """How old the newest heads outside are; None where there are none."""
    return timezone.now() - report.newest_outside if report.newest_outside else None


def _verify_shard(shard: int, said: dict[int, tuple[str, datetime.datetime]], report: Report) -> None:
    found: list[Finding] = []
    head = _head(shard)
    last = ZERO.encode()
    rows = expected = 0  # how many rows there are, and the place of the last of them
    head_hash: bytes | None = last if head[0] == 0 else None
    places = sorted({*said, head[0]})  # of which something else than the row itself speaks
    waiting = iter(places)
    next_place = next(waiting, NOWHERE)
    for line in _lines(shard):  # some 1.5 microseconds a row, half of them the hash: every word here is paid for
        rows += 1
        expected += 1
        digest = line[HASH]
        if line[PREVIOUS] != last or sha256(line[HASHED]).hexdigest().encode() != digest:
            expected = _what_is_wrong(shard, line, last, expected, found)
        last = digest
        while expected >= next_place:
            if expected == head[0]:
                head_hash = digest
            if expected == next_place and next_place in said and said[next_place][0].encode() != digest:
                found.append(_rewritten(shard, next_place, said[next_place][1]))
            next_place = next(waiting, NOWHERE)
    report.rows += rows
    if beyond := [n for n in places if n >= next_place and n in said]:
        at = said[beyond[0]][1]
        found.append(
            Finding(shard, expected + 1, "cut", f"there were {beyond[0]} rows at {at:%Y-%m-%d %H:%M}, says outside")
        )
    if head[0] > expected:
        found.append(Finding(shard, expected + 1, "cut", f"the head says there are {head[0]} rows"))
    elif head_hash is None or head_hash.decode() != head[1]:
        found.append(Finding(shard, head[0], "head", "the head is not the hash of that row"))
    elif expected > head[0] and _head(shard)[0] < expected:  # written while we read, if the head has moved on too
        found.append(Finding(shard, head[0] + 1, "head", f"there are {expected} rows, and the head says {head[0]}"))
    report.findings += found[:SHOWN]


def _rewritten(shard: int, n: int, at: datetime.datetime) -> Finding:
    return Finding(shard, n, "rewritten", f"it had another hash at {at:%Y-%m-%d %H:%M}, says outside")


def _what_is_wrong(shard: int, line: bytes, last: bytes, expected: int, found: list[Finding]) -> int:
    """Says what about the row; returns its own place, so that what follows is held against where it stands."""
    columns = line.split(b"\t")
    try:
        n = int(columns[3])
    except (IndexError, ValueError):
        found.append(Finding(shard, expected, "changed", "its place cannot be read"))
        return expected
    if sha256(line[HASHED]).hexdigest().encode() != line[HASH]:
        found.append(Finding(shard, n, "changed", "it is not what was hashed when it was written"))
    if line[PREVIOUS] != last:
        if n > expected:
            says = f"{n - expected} before it {'is' if n - expected == 1 else 'are'} not there"
            found.append(Finding(shard, expected, "missing", says))
        else:
            found.append(Finding(shard, n, "moved", "it does not follow the row before it"))
    return n


def _head(shard: int) -> tuple[int, str]:
    row = Head.objects.filter(shard=shard).values_list("n", "hash").first()
    return row or (0, ZERO)


# --- the rows as lines, as they were hashed, and their hash ----------------------------------------------------------


def _on_postgres(column: str) -> str:
    if column == "at":
        return "(date_part('epoch', at) * 1000000)::bigint"  # exact: a double holds microseconds until the year 2255
    return column


def _on_sqlite(column: str) -> str:
    if column == "at":
        return "CAST(strftime('%s', at) AS INTEGER) || substr(at, 21)"
    return f"coalesce({column}, '')"


POSTGRES = f"""
COPY (SELECT {", ".join(map(_on_postgres, (*COLUMNS, "hash")))} FROM audit_entry WHERE shard = {{shard:d}} ORDER BY n)
TO STDOUT (NULL '')
"""
SQLITE = f"""
SELECT {" || char(9) || ".join(map(_on_sqlite, (*COLUMNS, "hash")))} || char(10)
FROM audit_entry WHERE shard = %s ORDER BY n
""".replace("'%s'", "'%%s'")


def _lines(shard: int) -> Iterator[bytes]:
    """One after the other, each with its end, however many there are.

    The database puts the columns beside each other as ours say: nothing is asked of it that somebody who owns it could
    have written anew.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            yield from _copied(connection.connection.pgconn, POSTGRES.format(shard=shard))
            return
        cursor.execute(SQLITE, [shard])
        while block := cursor.fetchmany(BLOCK):
            for (line,) in block:
                yield line.encode()


def _copied(server: PGconn, statement: str) -> Iterator[bytes]:
    """What COPY writes, a row at a time, from libpq itself: psycopg's own way there costs as much as the hash does.

    Raises what the database raised, were it after the last row: a trail that was not read to its end is not well.
    """
    server.send_query(statement.encode())
    answers = [server.get_result()]
    if answers[0] and answers[0].status == ExecStatus.COPY_OUT:
        take = server.get_copy_data
        size, line = take(0)
        while size > 0:
            yield bytes(line)
            size, line = take(0)
    answers += iter(server.get_result, None)
    for answer in answers:
        if answer and answer.status not in {ExecStatus.COPY_OUT, ExecStatus.COMMAND_OK}:
            raise error_from_result(answer)
