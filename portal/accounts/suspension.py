"""Suspending somebody: the account as a whole, at every agency, at once; and giving it back."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from . import endings, membership, tokens
from .models import Agency, Membership, User


def suspend(user: User, *, as_agency: Agency | None) -> None:
    """`as_agency`: for which agency somebody does it; None where the service does. Nothing, where she is already."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if not locked.is_active:
            return
        User.objects.filter(pk=user.pk).update(
            is_active=False, suspended_at=timezone.now(), suspended_as=as_agency and as_agency.pk
        )
        _mirror(user)
        end_sign_ins(user)


def restore(user: User) -> None:
    """She may sign in again. No session and no token from before counts again."""
    with transaction.atomic():
        end_sign_ins(user)
        User.objects.filter(pk=user.pk).update(is_active=True, suspended_at=None, suspended_as=None)
        _mirror(user)


def end_sign_ins(user: User) -> None:
    """Every session and the token of this person are gone."""
    tokens.revoke(user)
    # A session says whose it is only inside; this is done rarely, and a council has some hundreds of them.
    open_now = Session.objects.filter(expire_date__gt=timezone.now())
    hers = [row.pk for row in open_now.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=hers).delete()
    endings.tell([user.pk])


def _mirror(user: User) -> None:
    for held in Membership.objects.filter(user=user).select_related("agency__group"):
        membership.mirror(held.agency)
