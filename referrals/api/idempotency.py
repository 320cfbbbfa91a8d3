"""A POST that carries an Idempotency-Key is carried out once: sent again, it gets the first answer, to the byte.

The key's row, the change and the kept answer are one transaction. Two at the same moment: the second waits for the
first on the unique key, then is given its answer. Kept for KEPT_HOURS; the worker forgets older ones.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from referrals.models import IdempotencyKey

from .problems import KeyReused

KEPT_HOURS = 24
HEADERS = ("Content-Type", "Location")


def once(request: Request, work: Callable[[], Response]) -> HttpResponse:
    """`work()`'s answer, or the one it gave the first time this person sent this key."""
    key = request.headers.get("Idempotency-Key", "")[:200]
    if not key:
        with transaction.atomic():
            return work()
    fingerprint = _fingerprint(request)
    kept = _kept(request, key)
    if kept is None:
        try:
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(user=request.user, key=key, request_hash=fingerprint)
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
            kept = _kept(request, key)
            if kept is None:
                raise
    if kept.request_hash != fingerprint:
        raise KeyReused
    return HttpResponse(bytes(kept.body), status=kept.status, headers={**kept.headers, "Idempotent-Replayed": "true"})


def forget() -> int:
    """Drop keys older than KEPT_HOURS; returns how many. The worker runs this."""
    old = timezone.now() - datetime.timedelta(hours=KEPT_HOURS)
    return IdempotencyKey.objects.filter(created_at__lt=old).delete()[0]


def _kept(request: Request, key: str) -> IdempotencyKey | None:
    return IdempotencyKey.objects.filter(user=request.user, key=key).first()


def _fingerprint(request: Request) -> str:
    plain: HttpRequest = request._request
    return hashlib.sha256(b"\n".join([plain.method.encode(), plain.path.encode(), plain.body])).hexdigest()


def _media_type(request: Request, name: str) -> str:
    return request.accepted_media_type if name == "Content-Type" else ""
