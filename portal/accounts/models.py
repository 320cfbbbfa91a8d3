"""WHO: people, agencies, and the memberships that tie them.

Rights hang on a Membership (a role in an agency, from a day, until a day), never on the person.
"""

from __future__ import annotations

import datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.mixins import GuardianUserMixin

from .roles import AgencyKind, Role


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        if not email:
            raise ValueError("A person needs an email address to sign in with.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> User:
        """For the first editor of a new site. `is_superuser` opens Wagtail; it opens no casework."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str) -> User:
        return self.get(email__iexact=username)


class User(GuardianUserMixin, AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What she may do follows from her memberships, not from this row."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """ "A. Jones": how staff are named to each other on screen."""
        first, _, last = self.name.partition(" ")
        return f"{first[:1]}. {last}" if last else first


class Agencies(models.QuerySet["Agency"]):
    def open(self, today: datetime.date | None = None) -> Agencies:
        """Agencies that have not closed: `closed_on` is the first day on which an agency is no more."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today or timezone.localdate()))


class Agency(models.Model):
    """An organisation: a school, the attendance team, Early Help... `kind` is data.

    Each agency has one auth group, which holds exactly its current members; a case's grants are guardian rows to that
    group (docs/adr/0004).
    """

    kind = models.CharField(max_length=20, choices=AgencyKind.choices)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    urn = models.CharField("URN", max_length=6, blank=True, help_text="A school's unique reference number, 6 digits")
    phase = models.CharField(max_length=20, blank=True)
    town = models.CharField(max_length=60, blank=True)
    trust = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="schools")
    email = models.EmailField(blank=True, help_text="The agency's own inbox, for what is sent to nobody by name")
    closed_on = models.DateField(null=True, blank=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="agency")

    objects = Agencies.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        indexes = [models.Index(fields=["kind", "name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_school(self) -> bool:
        return self.kind == AgencyKind.SCHOOL


class Memberships(models.QuerySet["Membership"]):
    def current(self, today: datetime.date | None = None) -> Memberships:
        """Memberships that count today: started, not ended, of an active person in an open agency."""
        today = today or timezone.localdate()
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=today),
            Q(agency__closed_on__isnull=True) | Q(agency__closed_on__gt=today),
            since__lte=today,
            user__is_active=True,
        )


class Membership(models.Model):
    """A person in an agency with a role, from a day (inclusive) until a day (inclusive, or open)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)

    objects = Memberships.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "role"]), models.Index(fields=["user"])]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"], condition=Q(until__isnull=True), name="membership_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.agency}"
