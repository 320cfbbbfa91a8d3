"""THE WORKER: everything that happens without anybody asking for it.

A job is a line in JOBS. Each runs in a thread of its own, so a slow mail server holds up the mail and nothing else.
Jobs find their work in the database, so a worker killed at any moment loses none of it, and two workers do none of it
twice: quick jobs (less than a minute apart) claim the rows they work on; slower ones claim their due run (`ClockRun`).
"""

from __future__ import annotations

import datetime
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass

from django.core.management import call_command
from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.management.commands.db_worker import Worker as WagtailTasks
from django_tasks_db.models import DBTaskResult

from portal.accounts import devices, identity
from portal.accounts.actor import Actor
from portal.accounts.models import Failures, Letter
from portal.audit import heads, misuse
from portal.cache import forget_public_pages
from portal.models import ClockRun, WorkerHeartbeat

log = logging.getLogger(__name__)

MINUTE, HOUR, DAY = 60, 3600, 86_400
QUICK = MINUTE  # jobs more often than this are run by every worker
HEARTBEAT = 15.0
STUCK = datetime.timedelta(minutes=30)
AFTER_FAILURE = 5.0


@dataclass(frozen=True)
class Job:
    """`path` is the dotted path of a function without arguments, called every `every_seconds`."""

    name: str
    every_seconds: float
    path: str

    @property
    def by_the_clock(self) -> bool:
        return self.every_seconds >= QUICK


JOBS = [
    Job("fan out events", 1, "notifications.fanout.sweep"),
    Job("send email", 2, "notifications.email.send_due"),
    Job("send letters about access", 2, "notifications.email.send_letters"),
    Job("run Wagtail's tasks", 2, "portal.worker.run_wagtail_tasks"),
    Job("end grants that have run out", 5 * MINUTE, "portal.worker.end_grants"),
    Job("end emergency access whose hour is over", MINUTE, "portal.worker.end_emergencies"),
    Job("ask every term who still works here", HOUR, "portal.worker.ask_who_still_works_here"),
    Job("keep agencies' groups to their members", HOUR, "portal.accounts.membership.mirror_all"),
    Job("sign the heads of the audit trail", 5 * MINUTE, "portal.worker.sign_heads"),
    Job("look for misuse in the audit trail", MINUTE, "portal.worker.look_for_misuse"),
    Job("publish scheduled pages", 5 * MINUTE, "portal.worker.publish_scheduled"),
    Job("rerun stuck tasks", 5 * MINUTE, "portal.worker.rerun_stuck_tasks"),
    Job("forget what is no longer needed", HOUR, "portal.worker.prune"),
]


class Worker:
    """Runs JOBS until told to stop. `run` blocks; `stop` may be called from any thread."""

    def __init__(self, jobs: list[Job] | None = None) -> None:
        self.jobs = JOBS if jobs is None else jobs
        self.name = f"{socket.gethostname()}:{os.getpid()}"[:80]
        self._stop = threading.Event()

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        threads = [threading.Thread(target=self._keep_doing, args=(job,), name=job.name) for job in self.jobs]
        for thread in threads:
            thread.start()
        while not self._stop.is_set():
            self._attempt("heartbeat", self.beat)
            self._stop.wait(HEARTBEAT)
        for thread in threads:
            thread.join()  # a job that is running finishes what it has begun
        self._attempt("heartbeat", WorkerHeartbeat.objects.filter(worker=self.name).delete)
        connection.close()

    def beat(self) -> None:
        WorkerHeartbeat.objects.update_or_create(worker=self.name, defaults={"beat_at": timezone.now()})

    def _keep_doing(self, job: Job) -> None:
        do = import_string(job.path)
        while not self._stop.is_set():
            if job.by_the_clock:
                well = self._attempt(job.name, lambda: is_ours(job) and do())
                wait = job.every_seconds - time.time() % job.every_seconds  # until the next run is due
            else:
                well = self._attempt(job.name, do)
                wait = job.every_seconds
            self._stop.wait(wait if well else max(wait, AFTER_FAILURE))
        connection.close()

    @staticmethod
    def _attempt(name: str, do) -> bool:
        """Whatever goes wrong is written down and tried again later: no job may end the worker."""
        close_old_connections()
        try:
            do()
        except Exception:
            log.exception("The job %r failed.", name)
            return False
        finally:
            close_old_connections()
        return True


def is_ours(job: Job, now: float | None = None) -> bool:
    """Whether this worker is the first to claim the job's present due run."""
    seconds = time.time() if now is None else now
    due = datetime.datetime.fromtimestamp(seconds - seconds % job.every_seconds, tz=datetime.UTC)
    return ClockRun.objects.get_or_create(job=job.name, due_at=due)[1]


@identity.as_worker()
def end_grants() -> None:
    """The policy looks at the dates itself, at once; this clears up after them and tells those it concerns."""
    from referrals.actions.case.expire import expire_all

    expire_all(by=Actor.machine("worker"))


def sign_heads() -> None:
    """Written outside the database, so that whoever owns it cannot write the trail anew unnoticed."""
    with identity.as_actor(Actor.machine("worker")):
        heads.write_out()


def ask_who_still_works_here() -> None:
    """Asks, reminds, and suspends whom nobody has confirmed when the notice has run."""
    from referrals.access import term

    term.keep()


def end_emergencies() -> None:
    """As with grants: nobody could look once the hour was over, and now it is said."""
    from referrals.actions.case.end_break_glass import end_all

    worker = Actor.machine("worker")
    with identity.as_actor(worker):
        end_all(by=worker)


def look_for_misuse() -> None:
    """What the data protection officer and the manager should look into."""
    with identity.as_actor(Actor.machine("worker")):
        misuse.look()


def run_wagtail_tasks() -> None:
    """Search index and reference index updates: every task that is ready, then return."""
    WagtailTasks(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{socket.gethostname()}:{os.getpid()}"[:64],
        excluded_queue_names=[],
    ).run()


def rerun_stuck_tasks() -> None:
    """A task whose worker was killed stays "running" for ever: after half an hour it is ready again."""
    DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - STUCK).update(status="READY")


def publish_scheduled() -> None:
    """Pages an editor has dated, and pages that have run out."""
    call_command("publish_scheduled", verbosity=0)
    forget_public_pages()


def prune() -> None:
    """What nobody needs any more: ended sessions, answers kept for retries, finished tasks, this module's own rows."""
    from referrals.api import idempotency

    now = timezone.now()
    call_command("clearsessions", verbosity=0)
    call_command("prune_db_task_results", "--queue-name", "*", "--min-age-days", "2", verbosity=0)
    idempotency.forget()
    devices.forget_ended()
    Letter.objects.filter(kind=Letter.Kind.RESET, made_at__lt=now - datetime.timedelta(days=2)).delete()
    Failures.objects.filter(until__lt=now).delete()
    ClockRun.objects.filter(due_at__lt=now - datetime.timedelta(days=2)).delete()
    WorkerHeartbeat.objects.filter(beat_at__lt=now - datetime.timedelta(days=1)).delete()
