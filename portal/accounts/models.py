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

from . import endings
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
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_as = models.ForeignKey(
        "Agency",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="For which agency somebody suspended her; null where the service did",
    )
    token_confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When she last signed in for her programs' token, with all that is asked"
    )

    objects = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args, **kwargs) -> None:
        new_password = self.pk is not None and self._password is not None
        super().save(*args, **kwargs)
        if new_password:  # every session and token sealed with the old one has ended
            endings.tell([self.pk])

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
    confirmed_on = models.DateField(
        null=True, blank=True, help_text="The last day on which somebody said that she still works here"
    )
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

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


class Invitations(models.QuerySet["Invitation"]):
    def pending(self) -> Invitations:
        """Neither accepted nor withdrawn; the link may not have been sent yet, or may have run out."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def good(self) -> Invitations:
        """Those whose link lets somebody in now: sent, in time, to an open agency, by somebody who still works here."""
        inviting = Membership.objects.current()
        return self.pending().filter(
            Q(agency__closed_on__isnull=True) | Q(agency__closed_on__gt=timezone.localdate()),
            expires_at__gt=timezone.now(),
            invited_as__in=inviting,
        )


class Invitation(models.Model):
    """An address is asked to work at an agency in a role. The membership is made when it is accepted, and not before.

    The token is made when the mail is sent and is in the mail alone: here is its SHA-256, empty until then.
    """

    email = models.EmailField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    invited_as = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    token_hash = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = Invitations.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "-made_at"])]
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="invitation_token_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.agency}"


class Letter(models.Model):
    """A mail about somebody's access, waiting to be sent: a fixed text. notifications/email.py claims and sends it."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", "You are invited"
        CONFIRM = "confirm", "Say who still works with you"
        CONFIRM_SOON = "confirm_soon", "Say who still works with you: one week left"
        PAUSED = "paused", "Nobody has said that you still work here"
        RESET = "reset", "Choose a new password"
        PASSWORD = "password", "Your password was changed"
        FACTOR_ADDED = "factor_added", "A second step was added"
        FACTOR_REMOVED = "factor_removed", "A second step was removed"
        FACTOR_RESET = "factor_reset", "Your second step was taken away"
        CODES_MADE = "codes_made", "New recovery codes were made"
        CODE_USED = "code_used", "A recovery code was used"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be sent"
        DONE = "done", "Sent"
        WITHHELD = "withheld", "Not sent: it holds no more"
        DEAD = "dead", "Given up"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    to = models.EmailField()
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.CASCADE, related_name="letters", help_text="Of that kind"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    next_try = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=80, blank=True, help_text="The kind of the last failure; never an address")

    class Meta:
        indexes = [models.Index(fields=["next_try"], condition=Q(state="waiting"), name="letter_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"


class AskedToConfirm(models.Model):
    """Those who look after an agency's people were asked, for this term, who still works there."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="asked_to_confirm")
    term_from = models.DateField(help_text="The first day of the term")
    asked_on = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "term_from"], name="asked_once_a_term")]

    def __str__(self) -> str:
        return f"{self.agency}, term from {self.term_from}"


class Device(models.Model):
    """One sign-in that may still count: its session's key, and what its owner recognises it by. No address is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    since = models.DateTimeField(default=timezone.now)
    description = models.CharField(max_length=80, help_text='In plain words: "Firefox on Windows"')
    shared = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.description}, since {self.since:%d %B %H:%M}"


class Failures(models.Model):
    """When something failed lately: `times` in seconds since 1970, under a name that tells nobody whose (limits.py)."""

    name = models.CharField(max_length=64, primary_key=True)
    times = models.JSONField(default=list)
    until = models.DateTimeField(db_index=True, help_text="From then on the row says nothing")

    class Meta:
        verbose_name_plural = "failures"

    def __str__(self) -> str:
        return f"{len(self.times)} failures"


class SecondStepReset(models.Model):
    """Somebody's second step was taken away, since she lost it: she sets up another with a code that she was told.

    The row stays until she has done so, whether the code still counts or not: as long as it is there, a password alone
    sets up nothing (docs/adr/0017).
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_step_reset")
    by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Null: the operator"
    )
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}, until {self.expires_at:%d %B %H:%M}"


class ProviderIdentity(models.Model):
    """Who a person is at the single sign-on provider: there, one identity is hers (sso.py)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="provider_identities")
    issuer = models.URLField(max_length=255)
    subject = models.CharField(max_length=255)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "provider identities"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="provider_subject_once"),
            models.UniqueConstraint(fields=["user", "issuer"], name="provider_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"
