"""What an accepted referral carries across to everybody on the case, so that no family is asked twice."""

from typing import Any

from django.db import models
from django.utils import timezone

# {task: its answers that the case page shows}; nothing else of a referral leaves it.
CARRIED = {
    "voices": ("voice_words", "voice_wants"),
    "barriers": ("barriers", "strengths"),
    "asking": ("hoped_outcome",),
}


class Told(models.Model):
    """Copied when the referral is accepted: the case page reads this, so that a partner never needs the referral."""

    case = models.ForeignKey("referrals.Case", on_delete=models.CASCADE, related_name="told")
    referral = models.OneToOneField("referrals.Referral", on_delete=models.PROTECT, related_name="told")
    answers = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "told"
        indexes = [models.Index(fields=["case", "-at"], name="told_of_case")]

    def __str__(self) -> str:
        return f"told {self.pk}"


def carried(answers: dict[str, Any]) -> dict[str, Any]:
    """The part of a referral's answers that the case page shows, in the shape they had."""
    found = {
        task: {name: answers[task][name] for name in names if name in answers[task]}
        for task, names in CARRIED.items()
        if task in answers
    }
    parents = answers.get("voices", {}).get("parents", [])
    if parents:
        found["voices"]["parents"] = [
            {name: parent[name] for name in ("name", "view_words") if name in parent} for parent in parents
        ]
    return found
