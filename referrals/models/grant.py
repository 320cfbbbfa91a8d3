"""One agency's part in one case: a django-guardian row in a direct-foreign-key table, with what we need beside it.

A row is a living participation. When it ends the row goes and the event stays, so that guardian's own API gives the
same answer as the policy (docs/adr/0004).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.managers import GroupObjectPermissionManager
from guardian.models import GroupObjectPermissionBase

from portal.register.calendar import day_month_year

from .case import Case

# The guardian permission a row carries says how far the agency has come: asked to join, or taking part.
INVITED, JOINED = "join_case", "view_case"


class Capacity(models.TextChoices):
    SCHOOL = "school", "The child's school"
    MEMBER = "member", "Working on the case"


def in_force(today, prefix: str = "") -> Q:
    """Grants whose last day has not passed. `until` is the last day on which the agency may look."""
    return Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gte": today})


class CurrentGrants(GroupObjectPermissionManager):
    """What guardian asks: joined, and not past its last day."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(in_force(timezone.localdate()), joined_at__isnull=False)


# The sections of a case that a grant shares or keeps back, in the order of the pages; each is a `shares_…` column.
SECTIONS = {
    "story": "The timeline and its notes",
    "attendance": "Attendance",
    "people": "People and how to reach them",
    "told": "What the referral said",
}


class Grant(GroupObjectPermissionBase):
    """`joined_at` empty (and permission INVITED): not yet taking part.

    `shares_…` say which sections of the case the agency reads; `shares_from`, that it reads only what happened from
    then on (notes, events and marks). All four and no `shares_from` is the whole case.

    `last_activity` is the case's, repeated here so that an agency's work list can be sought on one index.
    """

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants", db_column="case_id")
    capacity = models.CharField(max_length=10, choices=Capacity.choices, default=Capacity.MEMBER)
    purpose = models.CharField(max_length=200)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shares_story = models.BooleanField(default=True, db_default=True)
    shares_attendance = models.BooleanField(default=True, db_default=True)
    shares_people = models.BooleanField(default=True, db_default=True)
    shares_told = models.BooleanField(default=True, db_default=True)
    shares_from = models.DateTimeField(null=True, blank=True)
    last_activity = models.DateTimeField(default=timezone.now)

    objects = CurrentGrants()
    everything = models.Manager()

    class Meta(GroupObjectPermissionBase.Meta):
        base_manager_name = "everything"
        indexes = [
            models.Index(
                fields=["group", "-last_activity", "-content_object"],
                include=["until", "joined_at"],
                name="grant_work_list",
            )
        ]
        constraints = [models.UniqueConstraint(fields=["group", "content_object"], name="grant_once_an_agency")]

    @property
    def agency(self):
        return self.group.agency

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(section for section in SECTIONS if getattr(self, f"shares_{section}"))

    @property
    def shares_whole_case(self) -> bool:
        return len(self.sections) == len(SECTIONS) and self.shares_from is None

    @property
    def shared(self) -> str:
        """ "The whole case", "Attendance and what the referral said, from 3 November 2026": for whoever asks."""
        found = [SECTIONS[section] for section in self.sections]
        if len(found) == len(SECTIONS):
            said = "The whole case"
        elif found:
            first, *rest = found
            lowered = [words[:1].lower() + words[1:] for words in rest]
            said = first if not rest else ", ".join([first, *lowered[:-1]]) + f" and {lowered[-1]}"
        else:
            said = "That there is a case, and whose"
        if self.shares_from is None:
            return said
        return f"{said}, from {day_month_year(timezone.localdate(self.shares_from))}"

    def is_in_force(self) -> bool:
        return self.until is None or self.until >= timezone.localdate()
