"""Bar 13: saving a note, HTTP in to committed, ÷ one bare insert and commit of the same row by the raw driver.

Ours goes through the real middleware, CSRF, session, view, policy under the row's lock, event, and the new moment on
the case and its grants. The fan-out that follows happens after the answer, in a thread of its own; it is waited for
between two notes and counted in neither.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from portal.accounts import identity
from referrals.models import Case, Note
from referrals.workflow import Verb

from .bar import Measured, Target, ms
from .county import BODY, County
from .machine import Machine
from .pages import queries, signed_in, using
from .stopwatch import Timing, once

INSERT = """
    INSERT INTO referrals_note
        (case_id, author_id, agency_id, body, visibility, occurred_on, created_at, submission_key)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""


@identity.as_worker()
def _notes(case: Case) -> int:
    return Note.objects.filter(case=case).count()


PATIENCE = 30.0  # seconds the fan-out gets


def measure(machine: Machine, database: str, county: County, case: Case) -> Iterator[Measured]:
    with using(database), machine.connect(database) as raw, machine.connect(database, autocommit=True) as watcher:
        officer = county.actor("officer")
        client = signed_in(officer, enforce_csrf_checks=True)
        client.get(reverse("workspace:case-timeline", args=[case.reference]))
        token = client.cookies["csrf"].value
        address = reverse("workspace:case-verb", kwargs={"reference": case.reference, "verb": Verb.ADD_NOTE})
        today = timezone.localdate()

        def ours() -> None:
            answer = client.post(
                address,
                {
                    "body": BODY, "visibility": "case", "occurred_on_day": today.day, "occurred_on_month": today.month,
                    "occurred_on_year": today.year, "submission_key": str(uuid.uuid4()), "csrfmiddlewaretoken": token,
                },
            )  # fmt: skip
            assert answer.status_code == 302, f"a note was answered with {answer.status_code}"

        def floor() -> None:
            row = (case.pk, officer.user.pk, officer.agency.pk, BODY, "case", today, timezone.now(), uuid.uuid4())
            raw.execute(INSERT, row, prepare=True)
            raw.commit()

        def settle() -> None:
            """Until the fan-out of what has been saved is done."""
            deadline = time.monotonic() + PATIENCE
            waiting = "SELECT count(*) FROM referrals_event WHERE fanned_out_at IS NULL"
            while watcher.execute(waiting).fetchone()[0] and time.monotonic() < deadline:
                time.sleep(0.002)

        before = _notes(case)
        for _ in range(3):
            ours(), floor(), settle()
        assert _notes(case) == before + 6
        asked = queries(ours)
        settle()
        seconds: tuple[list[float], list[float]] = ([], [])
        for _ in range(machine.sizes.pages):
            for way, found in zip((ours, floor), seconds, strict=True):
                found.append(once(way))
                settle()
        our, bare = (Timing.of(found) for found in seconds)
    yield Measured(
        13, "a note saved, HTTP in to committed", ms(bare.median), ms(our.median), our.median / bare.median, Target(25),
        beside={"ours": our.ms(), "floor": bare.ms()},
    )  # fmt: skip
    yield Measured(
        13, "queries for it", "1 query", f"{len(asked)} queries", len(asked), Target(15), says=f"{len(asked)}",
        beside={"statements": [sql[:160] for sql in asked]},
    )  # fmt: skip
