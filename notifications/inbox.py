"""A person's inbox: what she was told, as far as she may still know of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.accounts.actor import Actor
from referrals import policy, protection
from referrals.events import Kind, sentence
from referrals.models import Case, Concern, Event, Referral
from referrals.workflow import Verb

from .audience import RELATED
from .models import Channel, Delivery

PAGE = 50
MOST = 100  # counted no further: shown as "99+"


@dataclass
class Entry:
    number: int
    sentence: str
    at: object
    unread: bool
    href: str


@dataclass
class Group:
    """What happened to one case, referral or concern, newest first."""

    reference: str
    entries: list[Entry] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """ "3 updates (2 notes, 1 decision)"."""
        total = sum(self.kinds.values())
        parts = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for word, n in self.kinds.most_common() if word)
        return f"{total} update{'' if total == 1 else 's'}" + (f" ({parts})" if parts else "")

    @property
    def unread(self) -> int:
        return sum(entry.unread for entry in self.entries)


@dataclass(frozen=True)
class Page:
    groups: list[Group]
    older: int | None  # the number to ask for what came before it, or None at the end


WORDS = {
    Kind.NOTE_ADDED: "note",
    Kind.ACCEPTED: "decision",
    Kind.DECLINED: "decision",
    Kind.RETURNED: "question",
    Kind.SUBMITTED: "referral",
    Kind.RAISED: "concern",
    Kind.INVITED: "invitation",
    Kind.MARKS_ADDED: "set of marks",
}


def of(actor: Actor) -> QuerySet[Delivery]:
    """The actor's inbox, by the same policy as any page, asked now: what she may no longer see is not there."""
    event = OuterRef("event_id")
    seen = policy.visible_to(actor, Event).filter(pk=event)
    asked = Event.objects.filter(
        pk=event,
        kind=Kind.INVITED,
        agency=actor.agency,
        case__in=policy.visible_to(actor, Case, Verb.JOIN),
    )
    return Delivery.objects.filter(Exists(seen) | Exists(asked), person=actor.user, channel=Channel.INBOX)


def unread_count(actor: Actor | None) -> int:
    """How many are unread, counted up to MOST."""
    if actor is None or actor.user is None:
        return 0
    # Every page asks this, and mostly there is nothing: then what she may see of it need not be asked.
    if not Delivery.objects.filter(person=actor.user, channel=Channel.INBOX, read_at__isnull=True).exists():
        return 0
    return of(actor).filter(read_at__isnull=True).order_by()[:MOST].count()


def page(actor: Actor, *, unread_only: bool = False, before: int | None = None) -> Page:
    """The newest PAGE entries (older than event number `before`), gathered by what they are about."""
    rows = of(actor).select_related(*(f"event__{name}" for name in RELATED)).order_by("-event_id")
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if before:
        rows = rows.filter(event_id__lt=before)
    found = list(rows[: PAGE + 1])
    protection.hide_schools_in(row.event for row in found)
    groups: dict[str, Group] = {}
    for row in found[:PAGE]:
        reference = subject(row.event).reference
        group = groups.setdefault(reference, Group(reference))
        group.kinds[WORDS.get(Kind(row.event.kind), "")] += 1
        group.entries.append(
            Entry(
                number=row.pk,
                sentence=sentence(row.event),
                at=row.event.at,
                unread=row.read_at is None,
                href=reverse("notifications:open", args=[row.pk]),
            )
        )
    return Page(list(groups.values()), found[PAGE - 1].event_id if len(found) > PAGE else None)


def mark(actor: Actor, *, read: bool, numbers: Collection[int] | None = None) -> int:
    """Mark these entries of the actor's own, or all of them, as read or unread; returns how many changed."""
    rows = Delivery.objects.filter(person=actor.user, channel=Channel.INBOX, read_at__isnull=read)
    if numbers is not None:
        rows = rows.filter(pk__in=numbers)
    return rows.update(read_at=timezone.now() if read else None)


def subject(event: Event) -> Case | Referral | Concern:
    """What the event's reader wants to see: the case where there is one."""
    return event.case or event.referral or event.concern


def address(thing: Case | Referral | Concern, *, of_la: bool) -> str:
    """The page of `thing`. The attendance team reads concerns and referrals in its intake."""
    if isinstance(thing, Case):
        return reverse("workspace:case", args=[thing.reference])
    if of_la:
        return reverse("workspace:intake-item", args=[thing.reference])
    return reverse("workspace:referral", args=[thing.reference])
