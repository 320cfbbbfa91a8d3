"""Mail: the only module that sends any. A mail names nobody: no child, no school, no colleague; it says there is news.

A row is claimed under a lease, the right is asked again, and only then is anything sent. A sender that dies gives the
row back when the lease ends: killed between sending and saying so, one mail is sent twice; none is lost.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from portal.accounts import identity, invitations, reset
from portal.accounts.models import Letter, Membership
from portal.accounts.roles import AgencyKind
from referrals.events import KINDS, Kind
from referrals.models import Event

from . import audience, inbox
from .models import Channel, Delivery, State

log = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=2)
ATTEMPTS = 8
# What happened, without who: whoever reads a mail over somebody's shoulder learns that there is news.
HAPPENED = {
    Kind.RAISED: "A concern was raised",
    Kind.SUBMITTED: "A referral was sent",
    Kind.RETURNED: "More information is needed",
    Kind.ACCEPTED: "The referral was accepted",
    Kind.DECLINED: "The referral was declined",
    Kind.OPENED: "A case was opened, and you lead it",
    Kind.INVITED: "Your organisation was invited to join a case",
    Kind.ASSIGNED: "You lead this case",
    Kind.NOTE_ADDED: "A note was added",
    Kind.CLOSED: "The case was closed",
    Kind.GLASS_BROKEN: "A case was opened in an emergency",
}
BACKOFF = tuple(datetime.timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))


def send_due(limit: int = 200) -> int:
    """Send what is due, one after the other over one connection; returns how many were sent."""
    sent = 0
    transport = get_connection(fail_silently=False)  # opened when there is something to send
    try:
        for _ in range(limit):
            delivery = _claim()
            if delivery is None:
                break
            sent += _send(delivery, transport)
    finally:
        transport.close()
    return sent


@identity.as_worker()
def _claim() -> Delivery | None:
    """The next due row, leased to us; other senders pass over it."""
    with transaction.atomic():
        now = timezone.now()
        due = Delivery.objects.filter(channel=Channel.EMAIL, state=State.WAITING, next_try__lte=now).order_by(
            "next_try", "pk"
        )
        passing_over = connection.features.has_select_for_update_skip_locked
        delivery = due.select_for_update(skip_locked=passing_over).first()
        if delivery is not None:
            delivery.attempts += 1
            delivery.next_try = now + LEASE
            delivery.save(update_fields=["attempts", "next_try"])
        return delivery


def _send(delivery: Delivery, transport) -> bool:
    if delivery.attempts > ATTEMPTS:  # each of its senders died
        _settle(delivery, State.DEAD)
        return False
    try:
        with identity.as_worker():
            event = Event.objects.select_related(*audience.RELATED).get(pk=delivery.event_id)
            if delivery.person_id not in audience.may_know(event, only=delivery.person_id):
                _settle(delivery, State.WITHHELD)
                return False
            mail = written(delivery, event, transport)
        transport.open()
        mail.send()
    except Exception as error:
        # Named by its kind alone: a mail server's answer repeats the address.
        delivery.error = type(error).__name__
        with contextlib.suppress(Exception):
            transport.close()  # the next mail begins afresh
        log.error("Mail for delivery %s failed, attempt %s: %s.", delivery.pk, delivery.attempts, delivery.error)
        if delivery.attempts >= ATTEMPTS:
            _settle(delivery, State.DEAD)
        else:
            delivery.next_try = timezone.now() + BACKOFF[min(delivery.attempts, len(BACKOFF)) - 1]
            with identity.as_worker():
                delivery.save(update_fields=["error", "next_try"])
        return False
    _settle(delivery, State.DONE)
    return True


@identity.as_worker()
def _settle(delivery: Delivery, state: State) -> None:
    delivery.state = state
    delivery.sent_at = timezone.now() if state is State.DONE else None
    delivery.save(update_fields=["state", "sent_at", "error"])


def written(delivery: Delivery, event: Event, transport=None) -> EmailMessage:
    """The mail. Its number is the delivery's, so that a second copy can be told from a second notice."""
    spec = KINDS[Kind(event.kind)]
    thing = getattr(event, spec.noun) or inbox.subject(event)
    theirs = Membership.objects.current().filter(user=delivery.person_id).select_related("agency")
    la = any(membership.agency.kind == AgencyKind.LA_ATTENDANCE for membership in theirs)
    body = render_to_string(
        "notifications/email.txt",
        {
            "reference": thing.reference,
            "happened": HAPPENED.get(Kind(event.kind), "There is news"),
            "link": settings.CASEWORK_URL + inbox.address(thing, of_la=la),
            "council": settings.COUNTY["council"],
        },
    )
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=f"Update on {thing.reference}: {spec.email}",
        body=body,
        to=[delivery.person.email],
        headers={
            "Message-ID": f"<delivery.{delivery.pk}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
        connection=transport,
    )


# --- letters about somebody's access ---------------------------------------------------------------------------------

LETTERS = {
    Letter.Kind.INVITATION: ("You are invited", "letter_invitation.txt"),
    Letter.Kind.CONFIRM: ("Please say who still works with you", "letter_confirm.txt"),
    Letter.Kind.CONFIRM_SOON: ("One week left: please say who still works with you", "letter_confirm.txt"),
    Letter.Kind.PAUSED: ("Your access has been paused", "letter_paused.txt"),
    Letter.Kind.RESET: ("Choose a new password", "letter_reset.txt"),
    Letter.Kind.FACTOR_RESET: ("Your second step was taken away", "letter_factor_reset.txt"),
    Letter.Kind.PASSWORD: ("Your password was changed", "letter_account.txt"),
    Letter.Kind.FACTOR_ADDED: ("A second step was added to your account", "letter_account.txt"),
    Letter.Kind.FACTOR_REMOVED: ("A second step was removed from your account", "letter_account.txt"),
    Letter.Kind.CODES_MADE: ("New recovery codes were made", "letter_account.txt"),
    Letter.Kind.CODE_USED: ("One of your recovery codes was used", "letter_account.txt"),
}
# What was done to her account. Not where from, nor with what: the mail may be read by somebody else.
DONE_TO_ACCOUNT = {
    Letter.Kind.PASSWORD: "The password of your account was changed, and every other device was signed out.",
    Letter.Kind.FACTOR_ADDED: "A second step, an authenticator app or a passkey, was added to your account.",
    Letter.Kind.FACTOR_REMOVED: "A second step for signing in was removed from your account.",
    Letter.Kind.CODES_MADE: "New recovery codes were made for your account. The ones before count no longer.",
    Letter.Kind.CODE_USED: "One of your recovery codes was used instead of your authenticator app or passkey.",
}


def send_letters(limit: int = 200) -> int:
    """Send the letters that are due; returns how many. An invitation's link is made here, and is in its mail alone."""
    sent = 0
    transport = get_connection(fail_silently=False)
    try:
        for _ in range(limit):
            letter = _claim_letter()
            if letter is None:
                break
            sent += _send_letter(letter, transport)
    finally:
        transport.close()
    return sent


def _claim_letter() -> Letter | None:
    """The next due letter, leased to us; other senders pass over it."""
    with transaction.atomic():
        now = timezone.now()
        due = Letter.objects.filter(state=Letter.State.WAITING, next_try__lte=now).order_by("next_try", "pk")
        passing_over = connection.features.has_select_for_update_skip_locked
        letter = due.select_for_update(skip_locked=passing_over).first()
        if letter is not None:
            letter.attempts += 1
            letter.next_try = now + LEASE
            letter.save(update_fields=["attempts", "next_try"])
        return letter


def _send_letter(letter: Letter, transport) -> bool:
    try:
        link = _letter_link(letter)
        if not link:
            letter.state = Letter.State.WITHHELD
            return False
        mail = _written_letter(letter, link, transport)
        transport.open()
        mail.send()
        letter.state, letter.sent_at, letter.error = Letter.State.DONE, timezone.now(), ""
        return True
    except Exception as error:
        letter.error = type(error).__name__  # a mail server's answer repeats the address
        with contextlib.suppress(Exception):
            transport.close()
        log.error("Letter %s failed, attempt %s: %s.", letter.pk, letter.attempts, letter.error)
        if letter.attempts >= ATTEMPTS:
            letter.state = Letter.State.DEAD
        else:
            letter.next_try = timezone.now() + BACKOFF[min(letter.attempts, len(BACKOFF)) - 1]
        return False
    finally:
        letter.save(update_fields=["state", "sent_at", "error", "next_try"])


def _letter_link(letter: Letter) -> str:
    """Where the letter leads; "" where there is nothing to send any more."""
    if letter.kind == Letter.Kind.INVITATION:
        token = invitations.mint(letter.invitation)
        return settings.CASEWORK_URL + reverse("invitation", args=[token]) if token else ""
    if letter.kind == Letter.Kind.RESET:
        path = reset.link(letter.to)
        return settings.CASEWORK_URL + path if path else ""
    if letter.kind in {Letter.Kind.PAUSED, Letter.Kind.FACTOR_RESET}:
        return settings.CASEWORK_URL + reverse("account_login")
    if letter.kind in DONE_TO_ACCOUNT:
        return settings.CASEWORK_URL + reverse("reset_ask")
    return settings.CASEWORK_URL + reverse("workspace:people-confirm")


def _written_letter(letter: Letter, link: str, transport) -> EmailMessage:
    subject, template = LETTERS[Letter.Kind(letter.kind)]
    about = {
        "link": link,
        "council": settings.COUNTY["council"],
        "service": settings.COUNTY["service"],
        "happened": DONE_TO_ACCOUNT.get(Letter.Kind(letter.kind), ""),
        "when": f"{timezone.localtime(letter.made_at):%-d %B %Y at %H:%M}",
    }
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=f"{settings.COUNTY['service']}: {subject[:1].lower()}{subject[1:]}",
        body=render_to_string(f"notifications/{template}", about),
        to=[letter.to],
        headers={
            "Message-ID": f"<letter.{letter.pk}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
        connection=transport,
    )
