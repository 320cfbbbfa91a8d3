"""A POST that carries an Idempotency-Key is carried out once: sent again, it gets the first answer, to the byte.

The key's row, the change and the kept answer are one transaction. Two at the same moment: the second waits for the
first on the unique key, then is given its answer. Kept for KEPT_HOURS; the worker forgets older ones.

An answer is repeated only to the membership that it was given to, and only while she may still see what it is about:
rights end at once, for what was said before as well.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
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
HEADERS = ("Content-Type", "Location")
GOODBYE = {"reference", "stage", "allowed_actions"}  # all that is said where what was done was to go out of sight


def once(
    request: Request, actor: Actor, work: Callable[[], Response], still_sees: Callable[[dict[str, Any]], bool]
) -> HttpResponse:
    """`work()`'s answer, or the one it gave the first time this person, in this membership, sent this key.

    `still_sees(answer)`: whether the actor may still see the thing that the first answer is about; else Http404.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise ParseError(f"An Idempotency-Key is up to {LONGEST} letters, digits and signs of ASCII.")
    if not key:
        with transaction.atomic():
            return work()
    fingerprint = _fingerprint(request)
    kept = _kept(actor, key)
    if kept is None:
        try:
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(
                    user=actor.user, membership=actor.membership, key=key, request_hash=fingerprint
                )
                response = work()
                response.accepted_renderer = request.accepted_renderer
                response.accepted_media_type = request.accepted_media_type
                response.renderer_context = {"request": request}
                kept.status = response.status_code
                kept.body = response.rendered_content
                kept.headers = {
                    name: value for name in HEADERS if (value := response.get(name) or _media_type(request, name))
                }
                kept.save()
                return response
        except IntegrityError:
            kept = _kept(actor, key)
            if kept is None:
                raise
    if kept.request_hash != fingerprint:
        raise KeyReused
    said = orjson.loads(bytes(kept.body))
    if said.keys() != GOODBYE and not still_sees(said):
        raise Http404
    return HttpResponse(bytes(kept.body), status=kept.status, headers={**kept.headers, "Idempotent-Replayed": "true"})


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


def _media_type(request: Request, name: str) -> str:
    return request.accepted_media_type if name == "Content-Type" else ""
