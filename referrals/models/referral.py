"""What a school sends to the council."""

from django.conf import settings
from django.db import models

from referrals import reference
from referrals.workflow import STAGES, Noun, Stage

from .intake import Arrival


def new_reference() -> str:
    return reference.unused(reference.REFERRAL, Referral._default_manager)


class Referral(Arrival):
    NOUN = Noun.REFERRAL

    reference = models.CharField(max_length=10, unique=True, default=new_reference)
    stage = models.CharField(
        max_length=20, choices=[(s, w.staff) for s, w in STAGES[Noun.REFERRAL].items()], default=Stage.DRAFT
    )
    school = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="referrals")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    upn = models.CharField("UPN", max_length=13, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    return_items = models.JSONField(default=dict, help_text="What the council asked for, by task: {task: sentence}")
    version = models.PositiveIntegerField(default=1)
    case = models.ForeignKey(
        "referrals.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )

    likely = models.ForeignKey(
        "referrals.Child",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Until it is accepted: whom it is probably about. Who must not see the child does not see it",
    )

    class Meta:
        indexes = [
            models.Index(fields=["stage", "-risk", "submitted_at"]),
            models.Index(fields=["school", "-changed_at"]),
        ]

    def __str__(self) -> str:
        return self.reference
