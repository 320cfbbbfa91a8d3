"""Proof 6: words planted in every field about a child, a day of everybody at everything, and every byte read.

The county (county.py) carries a token of its own in every free text. Everybody walks every channel (channels.py); each
answer, its headers and its cookies are read for tokens that are not hers (table.py says whose). Beside the answers: the
log, the cache, the mail, the doorbells, and the audit trail, where no token belongs at all, whoever looks.
"""

from __future__ import annotations

import io
import logging
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import models, transaction

from . import channels
from .county import SAID, TOKEN, County, build
from .expected import Expected
from .matrix import Tally

# Columns of the tables about children in which nobody writes: codes, names of things, numbers, keys of the service.
CODES = frozenset(
    [
        "reference",
        "stage",
        "outcome",
        "year_group",
        "send_status",
        "raiser_type",
        "kind",
        "by_machine",
        "visibility",
        "capacity",
        "relationship",
        "parental_responsibility",
        "request_hash",
        "headers",
        "object_pk",
        "text",
    ]
)


def unplanted() -> list[str]:
    """Text and JSON columns of the casework's models that are neither planted nor known to hold codes alone."""
    found = []
    for model in apps.get_app_config("referrals").get_models():
        for column in model._meta.concrete_fields:
            holds_words = isinstance(
                column, models.CharField | models.TextField | models.JSONField | models.BinaryField
            )
            if holds_words and column.name not in {*SAID.get(model, ()), *CODES}:
                found.append(f"{model.__name__}.{column.name}")
    return found


def everywhere_else(county: County, log: str) -> dict[str, str]:
    """{where: all that is there} of the places in which no word about a child belongs."""
    kept = getattr(getattr(cache, "_cache", None), "items", None)
    trail = apps.get_app_config("audit").get_models() if apps.is_installed("portal.audit") else ()
    return {
        "log": log,
        "cache": repr(list(kept()))
        if kept and not settings.CACHES["default"]["BACKEND"].endswith("RedisCache")
        else redis(),
        "mail": "\n".join(message.message().as_string() for message in getattr(mail, "outbox", [])),
        "audit": "\n".join(repr(row) for model in trail for row in model._default_manager.values()),
    }


def redis() -> str:
    """Everything Redis holds, cache and doorbells alike."""
    if not settings.CACHES["default"]["BACKEND"].endswith("RedisCache"):
        return ""
    import redis as client

    server = client.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    return "\n".join(repr(server.dump(key)) + repr(key) for key in server.scan_iter())


def run(size: str) -> dict[str, Any]:
    tally = Tally()
    log = io.StringIO()
    listening = logging.StreamHandler(log)
    logging.getLogger().addHandler(listening)
    try:
        with transaction.atomic():
            county = build()
            expected = Expected(county)
            walker = channels.walk(county, expected, tally, size, "canaries")
            elsewhere = everywhere_else(county, log.getvalue())
            transaction.set_rollback(True)
    finally:
        logging.getLogger().removeHandler(listening)
    sightings = [line for line in tally.leaks if line.startswith(("shown", "mailed"))]
    sightings += sighted(expected, elsewhere)
    for line in sightings[:40]:
        print(f"  SIGHTED {line}")
    return {
        "tokens": len(expected.tokens),
        "fields_not_planted": len(unplanted()),
        "requests": walker.requests,
        "bytes_scanned": walker.bytes + sum(map(len, elsewhere.values())),
        "sightings": len(sightings),
    }


def sighted(expected: Expected, elsewhere: dict[str, str]) -> list[str]:
    return [
        f"in the {where}: {token}, of {expected.where(token)}"
        for where, text in elsewhere.items()
        for token in sorted({found.replace(" ", "") for found in TOKEN.findall(text)})
        if token in expected.tokens
    ]
