"""Every tampering with the audit trail is found, and said where; and how fast it is written and verified.

On PostgreSQL the tampering is done as the role that owns the tables (TEST_OWNER_URL), looked for as the role of run
time, and taken back after each. Where it rewrites a chain whole, with its hashes and its head, only the heads that were
signed and kept outside can tell.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
import threading
import time
from collections import Counter
from typing import Any

from django.db import connection
from django.test import override_settings

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.audit import chain, heads, trail, verify
from portal.audit.models import Entry, Head
from tests.audit.tamper import Tamperer

SIZES = {"full": (5_200, 200_000, 4_000), "sample": (80, 600, 100)}  # tampers, rows to verify, rows to append
SMALL = 40  # rows a shard that is tampered with
WRITERS = 8
WORKER = Actor.machine("worker")
COLUMNS = [column for column in (*chain.COLUMNS, "hash") if column not in {"id", "shard"}]


def run(size: str) -> dict[str, Any]:
    tampers, rows, appended = SIZES[size]
    with tempfile.TemporaryDirectory() as folder, override_settings(AUDIT_HEADS=folder):
        side_by_side(SMALL)
        found = tampered(tampers)
        alarms = untouched(20 if size == "sample" else 300)
        figures = {**found, "false_alarms": alarms, **speed(rows), **appending(appended)}
    return figures


def side_by_side(rows: int) -> None:
    """So many rows by each of several writers, a connection each: on PostgreSQL they take shards of their own."""
    if connection.vendor != "postgresql":
        write(rows)
        return

    def work() -> None:
        write(rows)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def write(rows: int) -> None:
    """A row a transaction."""
    for number in range(rows):
        with identity.as_actor(WORKER):
            trail.write(
                random.choice(["view", "list", "change", "reveal"]),
                by=WORKER,
                noun="case",
                reference=f"A-{number:07}",
                about=f"child {number % 97}",
                rule="la_team",
                why="Because of é and “quotes”" if number % 5 == 0 else "",
            )


def tampered(tampers: int) -> dict[str, Any]:
    chance = random.Random(2026)
    with identity.as_actor(WORKER):
        heads.write_out()
        outside = list(heads.kept())
        shards = [shard for shard, n in Head.objects.filter(n__gte=4).values_list("shard", "n")]
    missed: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    misplaced = 0
    for shard in shards:
        with Tamperer.at(shard) as tamperer:
            tamperer.remember()
            for kind in WAYS:
                for _ in range(-(-tampers // (len(WAYS) * len(shards)))):
                    place = WAYS[kind](tamperer, chance)
                    with identity.as_actor(WORKER):
                        report = verify.verify(outside, shards=[shard])
                    kinds[kind] += 1
                    if not report.findings:
                        missed[kind] += 1
                    elif not any(finding.shard == shard for finding in report.findings) or (
                        kind == "edit" and not any(abs((finding.n or 0) - place) <= 1 for finding in report.findings)
                    ):
                        misplaced += 1
                    tamperer.take_back()
    return {
        "tampers": kinds.total(),
        "missed": missed.total(),
        "misplaced": misplaced,
        **{f"tampers_{kind}": number for kind, number in sorted(kinds.items())},
    }


def edit(tamperer: Tamperer, chance: random.Random) -> int:
    place = chance.randint(1, tamperer.rows)
    tamperer.change(place, chance.choice(COLUMNS))
    return place


def delete(tamperer: Tamperer, chance: random.Random) -> int:
    place = chance.randint(1, tamperer.rows)
    for n in range(place, min(place + chance.randint(1, 3), tamperer.rows + 1)):
        tamperer.remove(n)
    return place


def insert(tamperer: Tamperer, chance: random.Random) -> int:
    place = chance.randint(2, tamperer.rows)
    tamperer.insert(place)
    return place


def reorder(tamperer: Tamperer, chance: random.Random) -> int:
    one, other = chance.sample(range(1, tamperer.rows + 1), 2)
    tamperer.swap(one, other)
    return one


def cut(tamperer: Tamperer, chance: random.Random) -> int:
    place = chance.randint(1, tamperer.rows)
    tamperer.cut(place, with_head=chance.random() < 0.5)
    return place


def rewrite(tamperer: Tamperer, chance: random.Random) -> int:
    """By somebody who owns everything in the database: every hash after the row, and the head, fit again."""
    place = chance.randint(1, tamperer.rows)
    tamperer.rewrite(place, why=f"another reason {chance.random()}")
    return place


def rewrite_and_cut(tamperer: Tamperer, chance: random.Random) -> int:
    place = chance.randint(1, tamperer.rows)
    tamperer.rewrite(place, user_id=chance.randint(10**6, 10**7))
    tamperer.cut(chance.randint(place, tamperer.rows), with_head=True)
    return place


def head(tamperer: Tamperer, chance: random.Random) -> int:
    tamperer.set_head(tamperer.rows - chance.randint(0, 1), hashlib.sha256(str(chance.random()).encode()).hexdigest())
    return tamperer.rows


WAYS = {way.__name__: way for way in (edit, delete, insert, reorder, cut, rewrite, rewrite_and_cut, head)}


def untouched(times: int) -> int:
    """Verified again and again while it grows: how often something was found that was not."""
    alarms = 0
    for number in range(times):
        write(1)
        with identity.as_actor(WORKER):
            if number % 10 == 0:
                heads.write_out()
            alarms += len(verify.verify().findings)
    return alarms


def speed(rows: int) -> dict[str, Any]:
    """Of verifying, beside that of hashing the same bytes and nothing else."""
    fill(rows)
    with identity.as_actor(WORKER):
        best = max((verify.verify() for _ in range(3)), key=lambda report: report.rows / report.seconds)
        lines = [line for shard in range(chain.SHARDS) for line in verify._lines(shard)]
    started = time.perf_counter()
    for line in lines:
        hashlib.sha256(line).hexdigest()
    alone = len(lines) / (time.perf_counter() - started)
    a_second = best.rows / best.seconds
    return {
        "rows_verified": best.rows,
        "rows_a_second": round(a_second),
        "hashlib_alone_rows_a_second": round(alone),
        "ratio_to_hashlib": round(a_second / alone, 3),
        "false_alarms_at_speed": len(best.findings),
    }


def fill(rows: int) -> None:
    if connection.vendor != "postgresql":
        write(rows)
        return
    with Tamperer.at(0) as tamperer:
        for _ in range(-(-rows // 500)):
            tamperer.run(
                "SELECT count(audit_append(1790000000000000 + g, 'view', g, g, g, '', 'case', 'A-4K7-9M2T', "
                "'0b0e4f6e-1111-2222-3333-444455556666', 'allowed', 'la_team', '', 'page', '')) "
                "FROM generate_series(1, 500) AS g"
            )


def appending(rows: int) -> dict[str, Any]:
    """By one writer, and by several at once."""
    started = time.perf_counter()
    write(rows)
    figures = {"append_a_second_one_writer": round(rows / (time.perf_counter() - started))}
    if connection.vendor == "postgresql":
        started = time.perf_counter()
        side_by_side(rows // WRITERS)
        figures[f"append_a_second_{WRITERS}_writers"] = round(rows / (time.perf_counter() - started))
        figures["shards_used"] = Entry.objects.values("shard").distinct().count()
    return figures
