"""What a concern and a referral have in common: both arrive, wait in one queue, and are decided."""

import uuid

from django.db import models


class Risk(models.IntegerChoices):
    NORMAL = 0, "Normal"
    HIGH = 1, "High"
    URGENT = 2, "Urgent"


class Arrival(models.Model):
    """Abstract. `answers` is what was said, by question; the columns beside it are what the queue shows and sorts by.

    `due_on`: the day by which whoever's turn it is has promised to act. `submission_key` makes sending twice one thing.
    """

    answers = models.JSONField(default=dict)
    child_first_name = models.CharField(max_length=80, blank=True)
    child_last_name = models.CharField(max_length=80, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    year_group = models.CharField(max_length=12, blank=True)
    risk = models.PositiveSmallIntegerField(choices=Risk.choices, default=Risk.NORMAL)
    risk_reasons = models.JSONField(default=list)
    due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    @property
    def child_initials(self) -> str:
        return f"{self.child_first_name[:1]}{self.child_last_name[:1]}"
