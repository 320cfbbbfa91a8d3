"""What is told to whom by which channel, and what could not be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Channel(models.TextChoices):
    INBOX = "inbox", "Inbox"
    EMAIL = "email", "Email"


class State(models.TextChoices):
    WAITING = "waiting", "Waiting to be sent"
    DONE = "done", "Delivered"
    WITHHELD = "withheld", "Not sent: the person may no longer see it"
    DEAD = "dead", "Given up"


class Delivery(models.Model):
    """One event told to one person by one channel: never twice, whoever tries again.

    An inbox row is DONE from the start and waits for `read_at`. An email row is WAITING until `next_try`; a sender that
    takes it moves `next_try` on by a lease, so that a sender that dies gives it back.
    """

    event = models.ForeignKey("referrals.Event", on_delete=models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=80, blank=True, help_text="The kind of the last failure; never an address")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["event", "person", "channel"], name="delivery_once")]
        indexes = [
            models.Index(fields=["person", "-event"], condition=Q(channel="inbox"), name="delivery_inbox"),
            models.Index(
                fields=["person", "-event"], condition=Q(channel="inbox", read_at__isnull=True), name="delivery_unread"
            ),
            models.Index(fields=["next_try"], condition=Q(channel="email", state="waiting"), name="delivery_due"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of event {self.event_id}: {self.state}"


class Stuck(models.Model):
    """An event whose fan-out failed. It is tried again at `next_try`, until `given_up_at`; then somebody must look."""

    event = models.OneToOneField("referrals.Event", on_delete=models.CASCADE, related_name="stuck", primary_key=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField()
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name_plural = "stuck events"

    def __str__(self) -> str:
        return f"event {self.event_id}, tried {self.attempts} times"
