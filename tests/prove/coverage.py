"""Proof 2: every way in has let somebody in and turned somebody away; a new one that has not fails the build.

Ways in: every page, every operation of the API (path and method), the socket, the management commands (commands.py says
what letting in and turning away is there), and the CMS (a library's views, as one group: each of its addresses that
needs no number is asked for by an editor and by an officer). What was tried is written down as it is tried: the table
of tests/laws/test_every_route_is_tried, the CMS, the commands and the sockets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.management import get_commands, load_command_class
from django.db import transaction
from django.urls import NoReverseMatch, resolve, reverse

from tests import worlds
from tests.laws import test_every_route_is_tried as laws
from tests.laws.routes import Route, methods_of, routes

from . import commands, table
from .county import build
from .expected import Expected
from .matrix import Tally
from .walker import Walker

OF_OURS = ("portal", "referrals", "content", "notifications")
CMS = "the CMS"


@dataclass(frozen=True)
class Way:
    """`for_all`: it is everybody's, so there is nobody to turn away."""

    name: str
    for_all: bool = False


def ways_in(found: list[Route] | None = None) -> list[Way]:
    ways = [Way(CMS)]
    for route in routes() if found is None else found:
        if route.ours and route.name not in laws.ELSEWHERE:
            names = [f"{method} {route.path}" for method in methods_of(route)] or [route.path]
            ways += [Way(name, "everyone" in route.rule) for name in names]
    ways += [Way(f"manage.py {name}") for name in our_commands()]
    return ways + [Way(f"socket {path}") for path in commands.sockets()]


def our_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if str(app).split(".")[0] in OF_OURS)


def undeclared() -> list[str]:
    """Ways in that do not say by which rule they let anybody in."""
    silent = [route.path for route in routes() if not route.rule]
    app_of = get_commands()
    return silent + [
        f"manage.py {name}"
        for name in our_commands()
        if not getattr(load_command_class(app_of[name], name), "rule", None)
    ]


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
                route, method = resolve(answer.request["PATH_INFO"]).route, answer.request["REQUEST_METHOD"]
                for tried in (route, f"{method} {route}"):
                    tally.ways.setdefault(tried, set()).add(way)


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
            inside = answer.inside and "/cms/" in (answer.headers.get("Location") or "/cms/")
            tally.ways.setdefault(CMS, set()).add("allow" if inside else "deny")


def missing(tally: Tally, ways: list[Way]) -> dict[str, list[str]]:
    """{"without_allow": ways in, "without_deny": ways in}."""
    return {
        "without_allow": sorted(way.name for way in ways if "allow" not in tally.ways.get(way.name, set())),
        "without_deny": sorted(
            way.name for way in ways if not way.for_all and "deny" not in tally.ways.get(way.name, set())
        ),
    }


def run(size: str) -> dict[str, Any]:
    tally = Tally()
    for step in (from_the_laws, of_the_library):
        with transaction.atomic():
            step(tally)
            transaction.set_rollback(True)
    commands.try_commands(tally)
    ways = ways_in()
    if size == "full":
        commands.try_apart(tally)
    else:  # what takes processes of its own is for the full size; that it is in the table is asked of it here
        apart = {f"manage.py {name}" for name, asked in commands.COMMANDS.items() if asked.apart}
        apart |= {f"socket {path}" for path in commands.SOCKETS}
        ways = [way for way in ways if way.name not in apart]
    lacking, silent = missing(tally, ways), undeclared()
    for title, lines in (("UNDECLARED", silent), *((name.upper(), lines) for name, lines in lacking.items())):
        for line in lines:
            print(f"  {title} {line}")
    return {
        **counted(ways),
        "undeclared": len(silent),
        **{name: len(lines) for name, lines in lacking.items()},
        "tried_elsewhere": len(laws.ELSEWHERE),
    }


def counted(ways: list[Way]) -> dict[str, int]:
    """How many of each kind."""
    kinds: dict[str, tuple[str, ...]] = {
        "commands": ("manage.py ",),
        "sockets": ("socket ",),
        "api_operations": tuple(f"{method} " for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    }
    found = {kind: sum(way.name.startswith(start) for way in ways) for kind, start in kinds.items()}
    pages = len(ways) - 1 - sum(found.values())
    return {"ways_in": len(ways), "pages": pages, **found, "cms_groups": 1}
