"""What a family, or a worried person, told the council through the public site."""

from django.db import models

from referrals import reference
from referrals.workflow import STAGES, Noun, Stage

from .intake import Arrival


def new_reference() -> str:
    return reference.unused(reference.CONCERN, Concern._default_manager)


class Concern(Arrival):
    NOUN = Noun.CONCERN

    reference = models.CharField(max_length=10, unique=True, default=new_reference)
    stage = models.CharField(
        max_length=20, choices=[(s, w.staff) for s, w in STAGES[Noun.CONCERN].items()], default=Stage.RECEIVED
    )
    raiser_type = models.CharField(max_length=20)
    school = models.ForeignKey(
        "accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    source_protected = models.BooleanField(
        default=False, help_text="The person asked that the school is not told who raised this"
    )
    case = models.ForeignKey("referrals.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="concerns")

    likely = models.ForeignKey(
        "referrals.Child",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Until it is accepted: whom it is probably about. Who must not see the child does not see it",
    )

    class Meta:
        indexes = [models.Index(fields=["stage", "-risk", "created_at"])]

    def __str__(self) -> str:
        return self.reference
