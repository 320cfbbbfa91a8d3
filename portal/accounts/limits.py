"""How often something may fail: exact across processes, because the database counts.

A failure takes a place under a lock on its counter; whoever finds no place is told to wait, and not whether she was
right. Somebody who was right asks once more before she is let in. So of any number of tries at the same time no more
are ever answered than there are places, and nobody who is right uses one up: 200 people of one school may sign in from
one address in the same minute.

What is sent without an account is counted the same way (CONCERN): each is one, whatever becomes of it.
"""

from __future__ import annotations

import datetime
import ipaddress
import time
from dataclasses import dataclass

from allauth.core.internal.httpkit import get_client_ip
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .models import Failures


@dataclass(frozen=True)
class Limit:
    """At most `failures` in any `seconds`."""

    name: str
    failures: int
    seconds: int


ACCOUNT = Limit("account", 5, 5 * 60)
SOURCE = Limit("source", 30, 60)
BROWSER = Limit("browser", 5, 5 * 60)  # one in which she has signed in before (known.py)
CODE = Limit("code", 5, 5 * 60)
RESET_ACCOUNT = Limit("reset account", 3, 60 * 60)
RESET_SOURCE = Limit("reset source", 60, 60 * 60)
CONCERN = Limit("concern", 20, 60 * 60)  # from one source: a family sends one, a library's computer some

# A restriction on a member of staff names her by address, and a mistyped one has to be said: it would protect nobody,
# and whoever set it would rely on it. So few are said that nobody finds out by it who works here.
NAMED = Limit("named by address", 20, 60 * 60)


def source(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or the /64 of an IPv6 one, which is one customer's line.

    A proxy's word counts only as far as TRUSTED_PROXY_COUNT says.
    """
    try:
        address = ipaddress.ip_address(get_client_ip(request) or "")
    except ValueError:
        return "unknown"
    if address.version == 6:
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def is_full(limit: Limit, whose: str) -> bool:
    row = Failures.objects.filter(pk=_name(limit, whose)).first()
    return row is not None and len(_lately(row, limit)) >= limit.failures


def fail(limit: Limit, whose: str) -> bool:
    """Count one failure. False where there was no place left for it: what was tried is then not answered."""
    with transaction.atomic():
        name = _name(limit, whose)
        until = datetime.datetime.fromtimestamp(time.time() + limit.seconds, tz=datetime.UTC)
        Failures.objects.bulk_create([Failures(name=name, until=until)], ignore_conflicts=True)
        row = Failures.objects.select_for_update().get(pk=name)
        times = _lately(row, limit)
        if len(times) >= limit.failures:
            return False
        row.times, row.until = [*times, time.time()], until
        row.save(update_fields=["times", "until"])
        return True


def forget(limit: Limit, whose: str) -> None:
    Failures.objects.filter(pk=_name(limit, whose)).delete()


def _lately(row: Failures, limit: Limit) -> list[float]:
    since = time.time() - limit.seconds
    return [at for at in row.times if at > since]


def _name(limit: Limit, whose: str) -> str:
    """The counter's name says neither whose it is nor from where."""
    return salted_hmac("portal.accounts.limits", f"{limit.name}:{whose}", algorithm="sha256").hexdigest()
