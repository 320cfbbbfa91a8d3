"""Proof 2: every way in has let somebody in and turned somebody away; a new one that has not fails the build.

Ways in: every route of the resolver and every method of an API operation, the socket, the management commands, and the
CMS (a library's views, as one group: each of its addresses that needs no number is asked for by an editor and by an
officer). What was tried is the matrix's own log (`Tally.ways`), and the tries of tests/laws/test_every_route_is_tried.
"""

from __future__ import annotations

from typing import Any

from django.core.management import get_commands, load_command_class
from django.db import transaction
from django.urls import NoReverseMatch, resolve, reverse

from tests import worlds
from tests.laws import test_every_route_is_tried as laws
from tests.laws.routes import Route, routes

from . import table
from .county import build
from .expected import Expected
from .matrix import Tally
from .walker import Walker

OF_OURS = ("portal", "referrals", "content", "notifications")


def undeclared() -> list[str]:
    """Ways in that do not say by which rule they let anybody in."""
    silent = [route.path for route in routes() if not route.rule]
    for name, app in get_commands().items():
        if str(app).split(".")[0] in OF_OURS and not getattr(load_command_class(app, name), "rule", None):
            silent.append(f"manage.py {name}")
    return silent


def open_to_all(route: Route) -> bool:
    """Nobody is turned away from what is everybody's."""
    return "everyone" in route.rule


def from_the_laws(tally: Tally) -> None:
    """Run the laws' own table: one who may and one who may not, at every route of ours."""
    county = worlds.county()
    for name, attempt in laws.keyed().items():
        for who, way in ((attempt.allow, "allow"), (attempt.deny, "deny")):
            if who is None:
                continue
            with transaction.atomic():
                answer = laws.ask(county, name, attempt, who)
                transaction.set_rollback(True)
            away = answer.status_code in laws.SHUT or "/accounts/login/" in answer.headers.get("Location", "")
            if away == (way == "deny") and answer.status_code in laws.OPEN | laws.SHUT:
                tally.ways.setdefault(resolve(answer.request["PATH_INFO"]).route, set()).add(way)


def of_the_library(tally: Tally) -> None:
    """Wagtail's views, as a group: the addresses that need no number, by an editor and by an officer."""
    county = build()
    walker = Walker(county, Expected(county), tally)
    for route in routes():
        if route.rule != ("editors",):
            continue
        try:
            address = reverse(route.name)
        except NoReverseMatch:
            continue
        for name in ("superuser", "editor", "officer"):
            answer = walker.ask(table.PERSONS[name], address)
            walker.walked(
                "get", address, inside=answer.inside and "/cms/" in (answer.headers.get("Location") or "/cms/")
            )


def missing(tally: Tally, found: list[Route]) -> dict[str, list[str]]:
    """{"without_allow": routes, "without_deny": routes}; the library's views stand and fall as one."""
    ours = [route for route in found if route.ours and route.name not in laws.ELSEWHERE]
    library = [tally.ways.get(route.path, set()) for route in found if route.rule == ("editors",)]
    lacking = {
        f"without_{way}": sorted(
            route.path for route in ours if way not in tally.ways.get(route.path, set()) and not _spared(route, way)
        )
        for way in ("allow", "deny")
    }
    for way in ("allow", "deny"):
        if not any(way in tried for tried in library):
            lacking[f"without_{way}"].append("the CMS")
    return lacking


def _spared(route: Route, way: str) -> bool:
    return way == "deny" and (open_to_all(route) or route.rule == ("signed in",))


def run(size: str) -> dict[str, Any]:
    tally = Tally()
    for step in (from_the_laws, of_the_library):
        with transaction.atomic():
            step(tally)
            transaction.set_rollback(True)
    found = routes()
    lacking = missing(tally, found)
    silent = undeclared()
    for title, lines in (("UNDECLARED", silent), *((name.upper(), lines) for name, lines in lacking.items())):
        for line in lines:
            print(f"  {title} {line}")
    return {
        "routes": len(found),
        "ways_tried": len(tally.ways),
        "undeclared": len(silent),
        **{name: len(lines) for name, lines in lacking.items()},
    }
