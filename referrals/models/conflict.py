"""Somebody who must not work with a child: it is her own, her neighbour's, her former partner's."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Conflicts(models.QuerySet["ConflictOfInterest"]):
    def in_force(self) -> "Conflicts":
        return self.filter(lifted_at__isnull=True)


class ConflictOfInterest(models.Model):
    """While it is in force `user` sees nothing of the child: no case, no referral, no concern, nothing below them.

    Declared on a case it is about the `child`. Declared on a referral or a concern it is about that one until somebody
    accepts it, and about the child from then on. It beats every rule (`policy.DENIALS`).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts")
    child = models.ForeignKey("referrals.Child", null=True, on_delete=models.CASCADE, related_name="conflicts")
    referral = models.ForeignKey("referrals.Referral", null=True, on_delete=models.CASCADE, related_name="conflicts")
    concern = models.ForeignKey("referrals.Concern", null=True, on_delete=models.CASCADE, related_name="conflicts")
    reason = models.CharField(max_length=400, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = Conflicts.as_manager()

    class Meta:
        verbose_name_plural = "conflicts of interest"
        indexes = [
            models.Index(fields=["user", "child"], condition=Q(lifted_at__isnull=True), name="conflict_of_user"),
            models.Index(fields=["child"], condition=Q(lifted_at__isnull=True), name="conflict_of_child"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(child__isnull=False) | Q(referral__isnull=False) | Q(concern__isnull=False),
                name="conflict_is_about_something",
            )
        ]

    def __str__(self) -> str:
        return f"conflict {self.pk}"
