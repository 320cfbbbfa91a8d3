"""Cursor pages: `results` and `next`. A cursor is opaque to clients; it names the last row of the page before."""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGE, LARGEST = 25, 100
Mark = tuple[datetime.datetime, int]


def size(request: Request) -> int:
    """How many rows were asked for by `?limit=` (1 to 100; 25 where nothing was said)."""
    text = request.query_params.get("limit", str(PAGE))
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST:
        raise ValidationError({"limit": f"Limit must be a number from 1 to {LARGEST}"})
    return int(text)


def after(request: Request) -> Mark | None:
    """The row the page begins after, from `?cursor=`."""
    text = request.query_params.get("cursor")
    if not text:
        return None
    try:
        moment, _, pk = base64.urlsafe_b64decode(text.encode() + b"==").decode().partition("|")
        return datetime.datetime.fromisoformat(moment), int(pk)
    except (binascii.Error, ValueError, UnicodeError):
        raise ValidationError({"cursor": "This cursor is not one of ours. Start again without it"}) from None


def cursor(moment: datetime.datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{pk}".encode()).decode().rstrip("=")


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
        query["cursor"] = cursor(*place(shown[-1]))
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {"results": [row(thing) for thing in shown], "next": following}
