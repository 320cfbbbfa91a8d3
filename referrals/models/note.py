"""A note on a case, and who may read it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from referrals.workflow import Noun


class Visibility(models.TextChoices):
    CASE = "case", "Everyone on this case"
    AGENCY = "agency", "My organisation only"
    NAMED = "named", "Only people I choose"


class Note(models.Model):
    NOUN = Noun.NOTE
    MAX_LENGTH = 4_000

    case = models.ForeignKey("referrals.Case", on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    body = models.TextField(max_length=MAX_LENGTH)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.CASE)
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    occurred_on = models.DateField(default=timezone.localdate)
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]

    def __str__(self) -> str:
        return f"note {self.pk}"
