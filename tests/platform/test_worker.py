"""The worker: what nobody asks for is done all the same, once, and one job's trouble is not another's."""

import threading
import time

import pytest
from django.utils.module_loading import import_string

from portal.models import ClockRun, WorkerHeartbeat
from portal.worker import HOUR, JOBS, MINUTE, Job, Worker, is_ours

DONE: list[str] = []


def quick() -> None:
    DONE.append("quick")


def broken() -> None:
    DONE.append("broken")
    raise RuntimeError("no")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_names_a_function(job: Job):
    assert callable(import_string(job.path))


@pytest.mark.django_db
def test_a_due_run_belongs_to_whoever_claims_it_first():
    job = Job("tidy", HOUR, "x.y")
    assert is_ours(job, now=7200.0)
    assert not is_ours(job, now=7201.0)
    assert not is_ours(job, now=10799.0)
    assert is_ours(job, now=10800.0)
    assert is_ours(Job("another", HOUR, "x.y"), now=7200.0)
    assert ClockRun.objects.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("job", [job for job in JOBS if job.path.startswith("portal.")], ids=lambda job: job.name)
def test_our_own_jobs_run_on_an_empty_database(job: Job, wagtail_root):
    import_string(job.path)()


@pytest.mark.django_db(transaction=True)
def test_it_runs_its_jobs_beats_and_stops_when_told():
    DONE.clear()
    worker = Worker(
        [
            Job("quick", 0.05, f"{__name__}.quick"),
            Job("broken", 0.05, f"{__name__}.broken"),
            Job("by the clock", MINUTE, f"{__name__}.quick"),
        ]
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    deadline = time.monotonic() + 10
    while DONE.count("quick") < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert WorkerHeartbeat.objects.filter(worker=worker.name).exists()
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert DONE.count("quick") >= 3
    assert DONE.count("broken") == 1  # it failed, and waits before it tries again
    assert not WorkerHeartbeat.objects.filter(worker=worker.name).exists()


@pytest.mark.django_db
def test_a_task_whose_worker_was_killed_is_run_again():
    import datetime

    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from portal.worker import rerun_stuck_tasks

    def task(minutes_ago: int) -> DBTaskResult:
        started = timezone.now() - datetime.timedelta(minutes=minutes_ago)
        return DBTaskResult.objects.create(
            status="RUNNING",
            started_at=started,
            args_kwargs={"args": [], "kwargs": {}},
            task_path="x.y",
            backend_name="default",
        )

    stuck, busy = task(31), task(5)
    rerun_stuck_tasks()
    stuck.refresh_from_db()
    busy.refresh_from_db()
    assert (stuck.status, busy.status) == ("READY", "RUNNING")
