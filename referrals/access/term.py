"""Every term somebody says who still works here. Nobody loses access without thirty days' notice."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.accounts import letters, membership, suspension
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, AskedToConfirm, Letter, Membership, User
from portal.accounts.roles import AgencyKind, Role
from portal.audit import trail

from . import reach

NOTICE = datetime.timedelta(days=30)
A_DAY = datetime.timedelta(days=1)
LAST_CALL = datetime.timedelta(days=7)  # before the notice ends


def term_from(today: datetime.date | None = None) -> datetime.date | None:
    """The first day of the latest term that has begun, as the county's calendar has it."""
    begun = [t["from"] for t in settings.COUNTY["calendar"]["terms"] if t["from"] <= (today or timezone.localdate())]
    return max(begun, default=None)


def unconfirmed(term: datetime.date | None) -> QuerySet[Membership]:
    """Current memberships from before the term that nobody has confirmed since it began."""
    if term is None:
        return Membership.objects.none()
    found = Membership.objects.current().filter(since__lt=term)
    return found.filter(Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=term)).select_related("user", "agency")


def to_confirm(actor: Actor) -> QuerySet[Membership]:
    """Those of them the actor can say something about: everybody she looks after but herself."""
    found = unconfirmed(term_from()).filter(agency__in=reach.agencies(actor))
    return found.exclude(user=actor.user).order_by("agency__name", "user__name", "pk")


def confirm(numbers: Iterable[int], *, by: Actor) -> int:
    """The memberships with these numbers go on; those that are not the actor's to confirm are passed over."""
    with transaction.atomic():
        theirs = list(to_confirm(by).filter(pk__in=list(numbers)))
        Membership.objects.filter(pk__in=[m.pk for m in theirs]).update(
            confirmed_on=timezone.localdate(), confirmed_by=by.user
        )
        for each in theirs:
            trail.write("permission", by=by, noun="person", reference=str(each.user_id), rule=f"confirmed:{each.role}")
    return len(theirs)


def deadline(agency: Agency) -> datetime.date | None:
    """The day after which unconfirmed people of the agency lose access; None where nobody was asked this term."""
    asked = AskedToConfirm.objects.filter(agency=agency, term_from=term_from()).first()
    return asked.asked_on + NOTICE if asked else None


# --- what the worker does --------------------------------------------------------------------------------------------


def keep() -> None:
    """Once a day is enough, and more often does no harm: ask, remind, and after the notice suspend."""
    term = term_from()
    by_agency = itertools.groupby(unconfirmed(term).order_by("agency_id", "pk"), key=lambda m: m.agency)
    for agency, held in by_agency:
        _keep(agency, list(held), term)


def _keep(agency: Agency, held: list[Membership], term: datetime.date) -> None:
    """Notice runs from the day on which somebody was asked, not from the first day of the term."""
    today = timezone.localdate()
    with transaction.atomic():
        asked, new = AskedToConfirm.objects.select_for_update().get_or_create(
            agency=agency, term_from=term, defaults={"asked_on": today}
        )
        if new:
            _write_to_those_who_look_after(agency, Letter.Kind.CONFIRM)
        elif today > asked.asked_on + NOTICE:
            for membership_ in held:
                _lapse(membership_)
        elif asked.reminded_on is None and today >= asked.asked_on + NOTICE - LAST_CALL:
            asked.reminded_on = today
            asked.save(update_fields=["reminded_on"])
            _write_to_those_who_look_after(agency, Letter.Kind.CONFIRM_SOON)


def _write_to_those_who_look_after(agency: Agency, kind: Letter.Kind) -> None:
    for person in who_looks_after(agency):
        today = Letter.objects.filter(kind=kind, to=person.email, made_at__gt=timezone.now() - A_DAY)
        if not today.exists():  # a manager looks after many agencies: one letter
            letters.post(kind, person.email)


def who_looks_after(agency: Agency) -> QuerySet[User]:
    """A school's own heads, and for whom they do not look after, themselves among them, the team's managers."""
    heads = Membership.objects.current().filter(agency=agency, agency__kind=AgencyKind.SCHOOL, role=Role.HEAD)
    managers = Membership.objects.current().filter(agency__kind=AgencyKind.LA_ATTENDANCE, role=Role.LA_MANAGER)
    return User.objects.filter(Q(pk__in=heads.values("user")) | Q(pk__in=managers.values("user"))).order_by("pk")


def _lapse(held: Membership) -> None:
    """Suspend her; where something else she holds stands, only what nobody has confirmed ends."""
    service = Actor.machine("worker")
    reach.lock_the_managers()
    if reach.is_last_manager(held.user):
        return
    late = AskedToConfirm.objects.filter(term_from=term_from(), asked_on__lt=timezone.localdate() - NOTICE)
    lapsed = unconfirmed(term_from()).filter(agency__in=late.values("agency"))
    if Membership.objects.current().filter(user=held.user).exclude(pk__in=lapsed.values("pk")).exists():
        membership.leave(held)
        rule = "ended_unconfirmed"
    else:
        suspension.suspend(held.user, as_agency=None)
        rule = "suspended_unconfirmed"
    letters.post(Letter.Kind.PAUSED, held.user.email)
    trail.write("permission", by=service, noun="person", reference=str(held.user_id), rule=rule, channel="job")
