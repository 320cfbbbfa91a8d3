"""A POST that carries an Idempotency-Key is carried out once: sent again, it is answered that it has been done.

The key's row and the change are one transaction. Two at the same moment: the second waits for the first on the unique
key, then is answered as a repetition. Kept for KEPT_HOURS; the worker forgets older ones.

Kept is the fact alone: that it was done, with which status, and to what (its reference, or a note's number). What is
said of that thing is said anew, as whoever asks may see it now: rights end at once, and what has been protected since
is protected here too. It is answered only to the membership that did it.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts import identity
from portal.accounts.actor import Actor
from referrals.models import IdempotencyKey

from .problems import KeyReused

KEPT_HOURS = 24
LONGEST = 200  # characters of a key
HEADERS = ("Location",)
GOODBYE = {"reference", "stage", "allowed_actions"}  # all that is said where what was done was to go out of sight


class Done(NamedTuple):
    """The first answer, and the fact that stays of it: {"reference": …} or {"id": …} of a note, or all of a GOODBYE."""

    response: Response
    fact: dict[str, Any]


def once(
    request: Request, actor: Actor, work: Callable[[], Done], again: Callable[[dict[str, Any]], dict[str, Any]]
) -> Response:
    """`work()`'s answer, or that it was done when this person, in this membership, sent this key for the first time.

    `again(fact)`: what the actor is told of the thing now; it raises Http404 where she no longer sees it.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise ParseError(f"An Idempotency-Key is up to {LONGEST} letters, digits and signs of ASCII.")
    if not key:
        with transaction.atomic():
            return work().response
    fingerprint = _fingerprint(request)
    kept = _kept(actor, key)
    if kept is None:
        try:
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(
                    user=actor.user, membership=actor.membership, key=key, request_hash=fingerprint
                )
                response, fact = work()
                kept.status, kept.body = response.status_code, orjson.dumps(fact)
                kept.headers = {name: response[name] for name in HEADERS if name in response}
                kept.save()
                return response
        except IntegrityError:
            kept = _kept(actor, key)
            if kept is None:
                raise
    if kept.request_hash != fingerprint:
        raise KeyReused
    fact = orjson.loads(bytes(kept.body))
    said = fact if fact.keys() == GOODBYE else again(fact)
    headers = {name: value for name, value in kept.headers.items() if name in HEADERS}
    return Response(said, status=kept.status, headers={**headers, "Idempotent-Replayed": "true"})


@identity.as_worker()
def forget() -> int:
    """Drop keys older than KEPT_HOURS; returns how many. The worker runs this."""
    old = timezone.now() - datetime.timedelta(hours=KEPT_HOURS)
    return IdempotencyKey.objects.filter(created_at__lt=old).delete()[0]


def _kept(actor: Actor, key: str) -> IdempotencyKey | None:
    return IdempotencyKey.objects.filter(user=actor.user, membership=actor.membership, key=key).first()


def _fingerprint(request: Request) -> str:
    plain: HttpRequest = request._request
    return hashlib.sha256(b"\n".join([plain.method.encode(), plain.path.encode(), plain.body])).hexdigest()
