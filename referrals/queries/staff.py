"""The people whose access somebody looks after: who works where, who is asked, who has left, who is to be confirmed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from portal.accounts import second_step_reset
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Invitation, Membership, User
from portal.accounts.second_factor import FACTORS
from referrals.access import reach, term, work
from referrals.models import Case

PAGE = 50
LEFT_LATELY = datetime.timedelta(days=90)


@dataclass(frozen=True)
class Row:
    """One person, with what she holds at agencies the reader looks after."""

    user: User
    held: list[Membership]
    has_factor: bool

    @property
    def works_at(self) -> str:
        return ", ".join(str(membership) for membership in self.held)


def table(actor: Actor, *, agency: str = "", words: str = "", page: str = "") -> Page:
    """A page of Rows by name, of everybody who works at an agency the actor looks after (or at the one asked for)."""
    at = Membership.objects.filter(reach.not_ended(), agency__in=reach.agencies(actor)).select_related("agency")
    found = User.objects.filter(Exists(at.filter(_at(agency), user=OuterRef("pk"))), _called(words))
    return _rows(found, at, page)


def leavers(actor: Actor, page: str = "") -> Page:
    """Those whose time at such an agency ended lately, or has a last day, the latest first."""
    ending = Membership.objects.filter(
        agency__in=reach.agencies(actor), until__gte=timezone.localdate() - LEFT_LATELY
    ).select_related("agency", "user")
    return Paginator(ending.order_by("-until", "user__name", "pk"), PAGE).get_page(page)


def _at(agency: str) -> Q:
    return Q(agency__slug=agency) if agency else Q()


def _called(words: str) -> Q:
    found = Q()
    for word in words.split():
        found &= Q(name__icontains=word) | Q(email__icontains=word)
    return found


def _rows(users: QuerySet[User], at: QuerySet[Membership], page: str) -> Page:
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    found = users.annotate(has_factor=Exists(factors)).order_by("name", "pk")
    found = found.prefetch_related(Prefetch("memberships", at.order_by("agency__name", "pk"), to_attr="held_here"))
    shown = Paginator(found, PAGE).get_page(page)
    shown.object_list = [Row(user, user.held_here, user.has_factor) for user in shown.object_list]
    return shown


def pending(actor: Actor, agency: str = "") -> list[Invitation]:
    """Invitations that wait for an answer, or whose link has run out, the newest first."""
    found = Invitation.objects.pending().filter(_at(agency), agency__in=reach.agencies(actor))
    return list(found.select_related("agency", "invited_as__user").order_by("-made_at", "-pk")[:PAGE])


@dataclass(frozen=True)
class Person:
    """A person's page: what she holds and held at the reader's agencies, and the open cases she leads."""

    user: User
    held: list[Membership]
    ended: list[Membership]
    has_factor: bool
    waits_for_factor: bool
    works_elsewhere: bool
    leads: list[Case] = field(default_factory=list)


def person(actor: Actor, number: int) -> Person | None:
    """None for anybody who never worked at an agency the actor looks after."""
    user = reach.people(actor).filter(pk=number).first()
    if user is None:
        return None
    here = Membership.objects.filter(user=user, agency__in=reach.agencies(actor)).select_related(
        "agency", "confirmed_by"
    )
    return Person(
        user=user,
        held=list(here.filter(reach.not_ended()).order_by("agency__name", "since", "pk")),
        ended=list(here.exclude(reach.not_ended()).order_by("-until", "pk")),
        has_factor=Authenticator.objects.filter(user=user, type__in=FACTORS).exists(),
        waits_for_factor=second_step_reset.waits(user),
        works_elsewhere=not reach.has_all_of(actor, user),
        leads=list(work.led_by(user, seen_by=actor).order_by("reference")),
    )


@dataclass(frozen=True)
class Place:
    agency: Agency
    people: int
    to_confirm: int


def places(actor: Actor) -> list[Place]:
    """The agencies the actor looks after, with how many work there and how many are to be confirmed this term."""
    current = Membership.objects.current().filter(agency__in=reach.agencies(actor))
    people = dict(current.values_list("agency").annotate(Count("user", distinct=True)).order_by())
    waiting = dict(term.to_confirm(actor).values_list("agency").annotate(Count("pk")).order_by())
    return [
        Place(agency, people.get(agency.pk, 0), waiting.get(agency.pk, 0))
        for agency in reach.agencies(actor).order_by("name")
    ]
