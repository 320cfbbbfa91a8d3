"""What happened, in order, once: at the same time timeline entry, audit record and outbox item. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from referrals.workflow import Noun


class AppendOnly(models.QuerySet):
    def update(self, **fields):
        if set(fields) - {"fanned_out_at"}:
            raise TypeError("Events are append-only: record another one.")
        return super().update(**fields)

    def delete(self):
        raise TypeError("Events are append-only.")


class Event(models.Model):
    """`id` is the number the doorbell says: increasing over the whole county, and, because an action holds its row's
    lock while it records, in the order of commit within one concern, referral or case. A gap says
    nothing.

    `data` holds what changed as codes, dates and the sentence somebody wrote for the reader (a reason, an advice);
    never the text of a note.
    """

    NOUN = Noun.EVENT

    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    by_machine = models.CharField(max_length=20, blank=True, help_text="Who did it when nobody signed in did")
    concern = models.ForeignKey("referrals.Concern", null=True, on_delete=models.PROTECT, related_name="events")
    referral = models.ForeignKey("referrals.Referral", null=True, on_delete=models.PROTECT, related_name="events")
    case = models.ForeignKey("referrals.Case", null=True, on_delete=models.PROTECT, related_name="events")
    note = models.ForeignKey("referrals.Note", null=True, on_delete=models.PROTECT, related_name="events")
    agency = models.ForeignKey(
        "accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+", help_text="The agency it is about"
    )
    data = models.JSONField(default=dict)
    kept = models.BooleanField(
        default=False, db_default=False, help_text="Only the attendance team may know that it happened"
    )
    fanned_out_at = models.DateTimeField(null=True, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], condition=Q(case__isnull=False), name="event_of_case"),
            models.Index(fields=["referral", "id"], condition=Q(referral__isnull=False), name="event_of_referral"),
            models.Index(fields=["concern", "id"], condition=Q(concern__isnull=False), name="event_of_concern"),
            models.Index(fields=["id"], condition=Q(fanned_out_at__isnull=True), name="event_outbox"),
        ]

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("Events are append-only: record another one.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Events are append-only.")

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"
