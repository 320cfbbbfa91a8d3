"""This adult must not learn that address, that school, or how to reach them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

# What a restriction can cover, in the order of the form; each is a `covers_…` column.
DETAILS = {
    "address": "Where they live",
    "school": "Which school the child goes to",
    "contact": "Phone, email and how to reach them",
}


STANDING = Q(lifted_at__isnull=True)


class Restrictions(models.QuerySet["Restriction"]):
    def in_force(self) -> "Restrictions":
        return self.filter(lifted_at__isnull=True)


class Restriction(models.Model):
    """In force until it is lifted, which takes two people: one asks, another lifts.

    `protects`: whose details, a carer's or (null) the child's, which are those of the home the child lives in.
    `from_carer`: the adult who must not learn them; `from_user`: the member of staff who is that adult, who sees
    nothing of the child at all. What is covered is masked for everybody, and revealed one by one, with a reason.
    """

    child = models.ForeignKey("referrals.Child", on_delete=models.CASCADE, related_name="restrictions")
    protects = models.ForeignKey("referrals.Carer", null=True, on_delete=models.PROTECT, related_name="protected_by")
    from_carer = models.ForeignKey("referrals.Carer", null=True, on_delete=models.PROTECT, related_name="restricted_by")
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="restricted_by"
    )
    covers_address = models.BooleanField(default=True)
    covers_school = models.BooleanField(default=True)
    covers_contact = models.BooleanField(default=True)
    reason = models.CharField(max_length=400)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_by_agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lift_asked_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=400, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = Restrictions.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["from_user", "child"], condition=Q(lifted_at__isnull=True), name="restriction_of_user"
            ),
            models.Index(fields=["child"], condition=Q(lifted_at__isnull=True), name="restriction_of_child"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_carer__isnull=False) | Q(from_user__isnull=False),
                name="restriction_is_from_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"
