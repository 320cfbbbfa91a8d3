"""`manage.py worker`: one worker process, until SIGTERM or Ctrl-C. Any number may run side by side."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from portal import checks
from portal.accounts.access import declares
from portal.worker import Worker


@declares("operator")
class Command(BaseCommand):
    help = "Fans out events, sends email, keeps the clock and runs Wagtail's tasks."

    def handle(self, *args: Any, **options: Any) -> None:
        checks.refuse_unsafe(checks.BOOT, checks.WORKER)
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        self.stdout.write(f"Worker {worker.name}: {len(worker.jobs)} jobs.")
        worker.run()
        self.stdout.write("Worker stopped.")
