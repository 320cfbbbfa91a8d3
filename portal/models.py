"""What the running processes know of each other."""

from django.db import models


class WorkerHeartbeat(models.Model):
    """A worker says it is alive. `/readyz` calls the worker gone when the newest is older than 60 seconds."""

    worker = models.CharField(max_length=80, unique=True, help_text="host:process")
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.worker} at {self.beat_at:%H:%M:%S}"


class ClockRun(models.Model):
    """One due run of one clock job. Whoever inserts the row runs it, so two workers never run the same one."""

    job = models.CharField(max_length=60)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "due_at"], name="clock_run_once")]

    def __str__(self) -> str:
        return f"{self.job} due {self.due_at:%d %B %H:%M}"
