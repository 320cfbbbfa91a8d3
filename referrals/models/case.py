"""The shared workspace around one child."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from referrals import reference
from referrals.workflow import STAGES, Noun, Stage

OUTCOMES = {
    "better": "Better and stable",
    "better_watch": "Better, needs watching",
    "elsewhere": "Little change, right support elsewhere",
    "moved": "Moved school or area",
    "home_educated": "Home educated",
    "post_16": "Post-16",
    "no_engagement": "Could not engage, risk considered",
    "error": "Opened in error",
}


def new_reference() -> str:
    return reference.unused(reference.CASE, Case._default_manager)


class Case(models.Model):
    """`last_activity`: when something last happened that everybody on the case may see. Its grants have the same."""

    NOUN = Noun.CASE

    reference = models.CharField(max_length=10, unique=True, default=new_reference)
    stage = models.CharField(
        max_length=20, choices=[(s, w.staff) for s, w in STAGES[Noun.CASE].items()], default=Stage.OPEN
    )
    child = models.ForeignKey("referrals.Child", on_delete=models.PROTECT, related_name="cases")
    school = models.ForeignKey("accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="led_cases"
    )
    aim = models.CharField(max_length=200, blank=True)
    first_contact_by = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    last_activity = models.DateTimeField(default=timezone.now)

    class Meta:
        permissions = [("join_case", "Can join a case that the agency is invited to")]
        indexes = [
            models.Index(fields=["-last_activity", "-id"], name="case_newest"),
            models.Index(fields=["lead", "-last_activity"], name="case_by_lead"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["child"], condition=Q(stage="open"), name="case_open_once_a_child")
        ]

    def __str__(self) -> str:
        return self.reference
