"""The pupil, and the adults around the pupil."""

import uuid

from django.db import models
from django.db.models import Q


class Child(models.Model):
    """The pupil. Known inside by an opaque UUID; the UPN is an attribute that may be missing, temporary or replaced."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    known_as = models.CharField(max_length=80, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    upn = models.CharField("UPN", max_length=13, blank=True)
    year_group = models.CharField(max_length=12, blank=True)
    school = models.ForeignKey(
        "accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="pupils"
    )
    send_status = models.CharField("SEN provision", max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "children"
        indexes = [models.Index(fields=["date_of_birth", "last_name"])]
        constraints = [models.UniqueConstraint(fields=["upn"], condition=~Q(upn=""), name="child_upn_once")]

    def __str__(self) -> str:
        return f"{self.called} {self.last_name}"

    @property
    def called(self) -> str:
        return self.known_as or self.first_name

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}"


class Carer(models.Model):
    """An adult around a child, with the safe-contact rules: a channel that is not safe is blocked, not just noted.

    Which of an adult's details are protected is not kept here: it follows from the restrictions in force (Restriction).
    """

    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.TextField(max_length=400, blank=True, db_default="")
    language = models.CharField(max_length=60, blank=True)
    safe_to_call = models.BooleanField(default=True)
    safe_to_leave_message = models.BooleanField(default=True)
    safe_to_text = models.BooleanField(default=True)
    safe_to_write = models.BooleanField(default=True, help_text="By letter")
    safe_to_email = models.BooleanField(default=True)
    safe_contact_detail = models.CharField(max_length=500, blank=True)
    children = models.ManyToManyField(Child, through="Care", related_name="carers")

    def __str__(self) -> str:
        return self.name


class Care(models.Model):
    """How one carer stands to one child."""

    class Responsibility(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_KNOWN = "not_known", "Not known"

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="care")
    carer = models.ForeignKey(Carer, on_delete=models.CASCADE, related_name="care")
    relationship = models.CharField(max_length=60)
    parental_responsibility = models.CharField(
        max_length=10, choices=Responsibility.choices, default=Responsibility.NOT_KNOWN
    )
    lives_with_child = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "carer"], name="care_once")]

    def __str__(self) -> str:
        return f"care {self.pk}"
