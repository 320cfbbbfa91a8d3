"""Cursor pages: `results` and `next`. A cursor names the last row of the page before, and only we can read it."""

from __future__ import annotations

import base64
import datetime
import hmac
import secrets
import struct
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGE, LARGEST = 25, 100
Mark = tuple[datetime.datetime, int]

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MARK = struct.Struct(">qq")  # microseconds since 1970, primary key
NONCE = SEAL = 16


def size(request: Request) -> int:
    """How many rows were asked for by `?limit=` (1 to 100; 25 where nothing was said)."""
    text = request.query_params.get("limit", str(PAGE))
    if not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= LARGEST:
        raise ValidationError({"limit": f"Limit must be a number from 1 to {LARGEST}"})
    return int(text)


def after(request: Request) -> Mark | None:
    """The row the page begins after, from `?cursor=`."""
    text = request.query_params.get("cursor")
    if not text:
        return None
    mark = read(text, request.path)
    if mark is None:
        raise ValidationError({"cursor": "This cursor is not one of ours. Start again without it"})
    return mark


# A cursor is nonce, mark and seal. The mark is hidden by a pad that is used once (HMAC of the nonce) and the seal is an
# HMAC of both, each by a key of its own for this list: an invited agency must not read a case's number out of it.


def cursor(mark: Mark, path: str) -> str:
    moment, pk = mark
    nonce = secrets.token_bytes(NONCE)
    hidden = _hide(MARK.pack((moment - EPOCH) // datetime.timedelta(microseconds=1), pk), nonce, path)
    return base64.urlsafe_b64encode(nonce + hidden + _seal(nonce + hidden, path)).decode().rstrip("=")


def read(text: str, path: str) -> Mark | None:
    """None for a cursor we did not make, or made for another list."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"==")
    except ValueError:
        return None
    nonce, hidden, seal = raw[:NONCE], raw[NONCE:-SEAL], raw[-SEAL:]
    if len(hidden) != MARK.size or not hmac.compare_digest(seal, _seal(nonce + hidden, path)):
        return None
    micros, pk = MARK.unpack(_hide(hidden, nonce, path))
    return EPOCH + datetime.timedelta(microseconds=micros), pk


def _hide(mark: bytes, nonce: bytes, path: str) -> bytes:
    pad = salted_hmac(f"referrals.api.cursor.pad:{path}", nonce, algorithm="sha256").digest()
    return bytes(a ^ b for a, b in zip(mark, pad, strict=False))


def _seal(hidden: bytes, path: str) -> bytes:
    return salted_hmac(f"referrals.api.cursor.seal:{path}", hidden, algorithm="sha256").digest()[:SEAL]


def newest(rows: QuerySet, field: str, mark: Mark | None, limit: int) -> list[Any]:
    """The newest `limit` rows by (`field`, pk), from after `mark`."""
    if mark:
        moment, pk = mark
        rows = rows.filter(Q(**{f"{field}__lt": moment}) | Q(**{field: moment, "pk__lt": pk}))
    return list(rows.order_by(f"-{field}", "-pk")[:limit])


def page(request: Request, found: Sequence[Any], limit: int, place: Callable[[Any], Mark], row: Callable) -> dict:
    """`found` holds up to `limit` + 1 things; the one too many says that there is a next page."""
    shown = found[:limit]
    following = None
    if len(found) > limit:
        query = request.query_params.copy()
        query["cursor"] = cursor(place(shown[-1]), request.path)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {"results": [row(thing) for thing in shown], "next": following}
