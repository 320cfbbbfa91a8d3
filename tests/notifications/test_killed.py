"""A worker killed at any moment loses no notice and tells nobody twice; a mail is sent twice at most once a kill.

ALONGSIDE_KILLS says how often it is killed (20).
"""

import contextlib
import datetime
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from notifications import fanout
from notifications.models import Channel, Delivery, State, Stuck
from referrals.actions.case.add_note import add_note
from referrals.events import Kind
from referrals.models import Event
from tests import worlds

KILLS = int(os.environ.get("ALONGSIDE_KILLS", "20"))
NOTES_EACH = 6


class Nursery:
    def __init__(self, folder: Path) -> None:
        self.mail = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.notifications.nursery"],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "portal.settings.test",
                "DATABASE_NAME": str(connection.settings_dict["NAME"]),
                "MAIL_FOLDER": str(folder),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def worker(self) -> int:
        self.process.stdin.write("one\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait(10)

    def mails(self) -> Counter[str]:
        """How many copies there are of each mail, by its number."""
        lines = (line for path in self.mail.glob("*") for line in path.read_text(errors="replace").splitlines())
        return Counter(line for line in lines if line.startswith("Message-ID:"))


def kill(worker: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_moment_loses_nothing_and_tells_nobody_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(fanout, "nudge", lambda number: None)
    monkeypatch.setattr("referrals.events._listeners", [])
    world = worlds.staffed()
    case = worlds.opened_case(world, joined=("early help",))
    luck = random.Random(5)
    with Nursery(tmp_path) as nursery:
        worker = nursery.worker()
        for _ in range(KILLS):
            for _ in range(NOTES_EACH):
                add_note(case, by=world.early_help, body="x")
            time.sleep(luck.uniform(0.01, 0.2))
            kill(worker)
            worker = nursery.worker()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            # What a killed sender held is given back when its lease ends; here it ends at once.
            Delivery.objects.filter(state=State.WAITING).update(next_try=timezone.now() - datetime.timedelta(seconds=1))
            if not (
                Event.objects.filter(fanned_out_at=None).exists()
                or Delivery.objects.filter(state=State.WAITING).exists()
            ):
                break
            time.sleep(0.2)
        kill(worker)

    assert not Event.objects.filter(fanned_out_at=None).exists()
    assert not Stuck.objects.exists()
    notes = Event.objects.filter(kind=Kind.NOTE_ADDED)
    assert notes.count() == KILLS * NOTES_EACH
    school = {"lead", "colleague", "senco", "head", "dsl", "former"}
    readers = {"officer", "early help colleague", "restricted staff"} | school
    inbox = Delivery.objects.filter(event__in=notes, channel=Channel.INBOX)
    told = Counter(inbox.values_list("event", flat=True))
    assert set(told.values()) == {len(readers)}
    assert len(told) == notes.count()
    mails = Delivery.objects.filter(channel=Channel.EMAIL)
    assert set(mails.values_list("state", flat=True)) == {State.DONE}
    copies = nursery.mails()
    assert len(copies) == mails.count()
    assert sum(copies.values()) - len(copies) <= KILLS + 1
