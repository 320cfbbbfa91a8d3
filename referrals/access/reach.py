"""Whose access somebody looks after: at which agencies, and which people and roles there."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import ROLES_AT, AgencyKind, Role
from referrals import policy
from referrals.workflow import Noun, Verb


def agencies(actor: Actor | None) -> QuerySet[Agency]:
    """The open agencies whose people the actor looks after: everywhere, her own, or none."""
    if policy.can(actor, Verb.MANAGE_PEOPLE, Noun.COUNTY):
        return Agency.objects.open()
    if policy.can(actor, Verb.MANAGE_OWN_PEOPLE, Noun.COUNTY):
        return Agency.objects.open().filter(pk=actor.agency.pk)
    return Agency.objects.none()


def is_everywhere(actor: Actor | None) -> bool:
    return policy.can(actor, Verb.MANAGE_PEOPLE, Noun.COUNTY)


def not_ended() -> Q:
    """Memberships whose last day has not passed, of people suspended or not (a condition on Membership)."""
    return Q(until__isnull=True) | Q(until__gte=timezone.localdate())


def held(user: User) -> QuerySet[Membership]:
    """What the person holds, or will, at agencies that are open; also while she is suspended."""
    found = Membership.objects.filter(not_ended(), user=user, agency__in=Agency.objects.open())
    return found.select_related("agency").order_by("agency__name", "since", "pk")


def people(actor: Actor | None) -> QuerySet[User]:
    """Everybody who works, or worked, at an agency the actor looks after."""
    at = Membership.objects.filter(agency__in=agencies(actor))
    return User.objects.filter(Exists(at.filter(user=OuterRef("pk"))))


def has_all_of(actor: Actor, user: User) -> bool:
    """Whether every agency the person works at is the actor's to look after: only then is her account as a whole."""
    return is_everywhere(actor) or not held(user).exclude(agency__in=agencies(actor)).exists()


def require_agency(actor: Actor | None, agency: Agency) -> None:
    """Raises policy.Refused where the actor does not look after the people of this agency."""
    if not agencies(actor).filter(pk=agency.pk).exists():
        raise policy.Refused("You do not look after who has access there. Ask the attendance team.")


def require_role(agency: Agency, role: str) -> None:
    """Raises policy.Refused for a role that nobody can hold at an agency of this kind."""
    if role not in ROLES_AT[agency.kind]:
        raise policy.Refused("Nobody can have this role at an organisation of this kind.")


def require_another(actor: Actor, user: User) -> None:
    """Nobody changes her own access: neither more, nor less, nor by mistake."""
    if actor.user == user:
        raise policy.Refused("You cannot change your own access. Ask somebody else who looks after it.")


def lock_the_managers() -> None:
    """One change at a time to who manages the attendance team: two managers cannot remove each other at once."""
    list(Agency.objects.select_for_update().filter(kind=AgencyKind.LA_ATTENDANCE).order_by("pk").values("pk"))


def is_last_manager(user: User) -> bool:
    """Whether nobody else manages the attendance team for good. Ask it under `lock_the_managers`."""
    managers = Membership.objects.current().filter(
        agency__kind=AgencyKind.LA_ATTENDANCE, role=Role.LA_MANAGER, until__isnull=True
    )
    return managers.filter(user=user).exists() and not managers.exclude(user=user).exists()


def require_another_manager(user: User) -> None:
    if is_last_manager(user):
        raise policy.Refused(
            "Nobody else manages the attendance team. Make somebody else a manager first, then try again."
        )
