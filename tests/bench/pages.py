"""Bars 3 and 4: whole pages, HTTP in to HTML out, as the county grows.

Django's own test client: middleware, session, sign-in, view and template are all there; only the socket is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.actor import Actor
from referrals.models import Case

from .bar import Measured, Target, ms
from .county import County
from .machine import Machine
from .stopwatch import Timing, once

TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
QUERIES = Target(12)
WHO = ("ordinary", "forty", "officer")


@contextmanager
def using(database: str, superuser: str = "") -> Iterator[None]:
    """Django's connection on another of the run's databases. Only for code that runs in this one thread.

    As the role that the product runs as, or as `superuser`, a name.
    """
    before = {name: connection.settings_dict[name] for name in ("NAME", "USER")}
    connection.close()
    connection.settings_dict.update(NAME=database, USER=superuser or before["USER"])
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def signed_in(actor: Actor, **options: bool) -> Client:
    client = Client(**options)
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    return answer.content


def queries(work: Callable[[], object]) -> list[str]:
    """The statements of `work`, but for those that begin and end a transaction."""
    with CaptureQueriesContext(connection) as captured:
        work()
    statements = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in statements if not sql.upper().startswith(TRANSACTIONS)]


def growth(machine: Machine, fewer: tuple[str, County], more: tuple[str, County]) -> Iterator[Measured]:
    """Bar 3: the list's whole page for the ordinary person, in the small county and in the large."""
    address = reverse("workspace:cases")
    clients: dict[str, Client] = {}
    seconds: dict[str, list[float]] = {fewer[0]: [], more[0]: []}
    for database, county in (fewer, more):
        with using(database):
            clients[database] = signed_in(county.actor("ordinary"))
    batch = 10
    for _ in range(max(1, machine.sizes.pages // batch)):
        for database, client in clients.items():
            with using(database):
                for _ in range(3):
                    get(client, address)
                seconds[database] += [once(lambda client=client: get(client, address)) for _ in range(batch)]
    small, large = (Timing.of(seconds[database]) for database, _ in (fewer, more))
    yield Measured(
        3,
        f"case list, whole page, {fewer[1].cases:,} → {more[1].cases:,} cases",
        ms(small.median),
        ms(large.median),
        large.median / small.median,
        Target(1.2),
        beside={"fewer": small.ms(), "more": large.ms()},
    )


def counts(fewer: tuple[str, County, Case], more: tuple[str, County, Case]) -> Iterator[Measured]:
    """Bar 4: queries a page, for ten times the cases, and the case that is opened with ten times the notes."""
    found: dict[str, dict[str, list[int]]] = {}
    for database, county, case in (fewer, more):
        with using(database):
            pages = {
                "case list": reverse("workspace:cases"),
                "case page": reverse("workspace:case", args=[case.reference]),
                "timeline": reverse("workspace:case-timeline", args=[case.reference]),
                "API list": reverse("api:cases"),
            }
            for who in WHO:
                client = signed_in(county.actor(who))
                for name, address in pages.items():
                    get(client, address)  # what a process asks once, it has asked now
                    asked = len(queries(lambda client=client, address=address: get(client, address)))
                    found.setdefault(name, {}).setdefault(who, []).append(asked)
    for name, people in found.items():
        before, after = max(n[0] for n in people.values()), max(n[1] for n in people.values())
        grows = any(n[0] != n[1] for n in people.values())
        yield Measured(
            4,
            f"queries: {name}, ×1 → ×10 cases and notes{' (THEY GROW)' if grows else ''}",
            f"{before} queries",
            f"{after} queries",
            float("inf") if grows else after,
            QUERIES,
            says=f"{after}",
            beside={"×1, ×10 by person": people},
        )
