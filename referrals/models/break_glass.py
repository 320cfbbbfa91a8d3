"""One person's look at one case in an emergency: for an hour at most, with a reason, and with somebody told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LONGEST_MINUTES = 60


class BrokenGlass(models.QuerySet["BreakGlass"]):
    def in_force(self) -> "BrokenGlass":
        return self.filter(ended_at__isnull=True, ends_at__gt=timezone.now())


class BreakGlass(models.Model):
    """`ends_at` is at most LONGEST_MINUTES after `since`; `ended_at` says that it was ended before.

    It opens what the membership it was broken with could not see otherwise, never what a denial keeps from the person.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("referrals.Case", on_delete=models.CASCADE, related_name="broken_glass")
    reason = models.CharField(max_length=400)
    since = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    told = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review = models.CharField(max_length=400, blank=True)

    objects = BrokenGlass.as_manager()

    class Meta:
        verbose_name_plural = "broken glass"
        indexes = [
            models.Index(fields=["membership", "case"], condition=Q(ended_at__isnull=True), name="glass_of_membership"),
            models.Index(fields=["case"], condition=Q(ended_at__isnull=True), name="glass_of_case"),
        ]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("since")), name="glass_ends_after_it_began")]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"
