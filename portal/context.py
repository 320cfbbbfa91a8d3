"""What every template knows: whose service this is, and for staff who is asking and where they may go.

Costs a public page nothing: whatever needs the database is asked for only when a template prints it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from notifications.inbox import unread_count
from portal.accounts.actor import Actor
from portal.accounts.devices import SHARED
from portal.accounts.middleware import actor_of
from portal.accounts.roles import CASEWORK_ROLES, LA_ROLES, SCHOOL_ROLES, Role

# Where each role may go, in this order: (title, route, roles).
PLACES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("Home", "workspace:home", frozenset(Role)),
    ("Intake", "workspace:intake", LA_ROLES),
    ("Referrals", "workspace:referrals", SCHOOL_ROLES),
    ("Cases", "workspace:cases", CASEWORK_ROLES),
    ("People", "workspace:people", frozenset({Role.LA_MANAGER, Role.HEAD})),
    ("Permissions", "workspace:permissions", frozenset({Role.LA_MANAGER, Role.DPO})),
    ("Who looked", "workspace:audit", frozenset({Role.LA_MANAGER, Role.DPO})),
    ("Emergency access", "workspace:break-glass-reviews", frozenset({Role.LA_MANAGER, Role.DPO})),
)


def names() -> dict[str, str]:
    """The names of this county, its council and its service, as its county file gives them."""
    return {
        "county_name": settings.COUNTY["name"],
        "council_name": settings.COUNTY["council"],
        "service_name": settings.COUNTY["service"],
        "strapline": settings.COUNTY["council"],
    }


def service(request: HttpRequest) -> dict[str, Any]:
    """The context processor of every page."""
    staff = request.path.startswith("/workspace/")
    actor = SimpleLazyObject(lambda: _actor(request))
    return {
        **names(),
        "actor": actor,
        **({"acting_as": SimpleLazyObject(lambda: _acting_as(_actor(request)))} if staff else {}),
        "workspace_navigation": SimpleLazyObject(lambda: workspace_navigation(_actor(request), request.path)),
        "unread_count": SimpleLazyObject(lambda: _unread(_actor(request))),
        "single_sign_on": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "account_navigation": [{"href": "/accounts/", "text": "Your account"}],
        "shared_device": SimpleLazyObject(lambda: _is_shared(request)),
        "session_left": SimpleLazyObject(lambda: _session_left(request)),
        "is_live": staff,
    }


def _actor(request: HttpRequest) -> Actor | None:
    """None where nobody is signed in, and on a page made before sign-in was looked at (an early error page)."""
    return actor_of(request) if hasattr(request, "user") else None


def _is_shared(request: HttpRequest) -> bool:
    """She said so when she signed in: nothing is kept in this browser (templates/base/workspace.html, data-shared)."""
    return hasattr(request, "session") and bool(request.session.get(SHARED))


def _session_left(request: HttpRequest) -> int:
    """Seconds until she is signed out, for the page to warn before it."""
    return request.session.left() if hasattr(request, "session") else 0


def _acting_as(actor: Actor | None) -> str:
    """The membership a form of this page will be sent as; a page sent as another is refused (referrals/web/gate.py)."""
    return str(actor.membership.pk) if actor else ""


def _unread(actor: Actor | None) -> int:
    return unread_count(actor) if actor else 0


def workspace_navigation(actor: Actor | None, path: str) -> list[dict[str, Any]]:
    """`[{"text", "href", "current", "within"}]`: the places this actor's role may go, the current one by the path."""
    if actor is None:
        return []
    items = []
    for title, route, roles in PLACES:
        if actor.role in roles:
            href = reverse(route)
            here = path == href or (route != "workspace:home" and path.startswith(href))
            items.append({"text": title, "href": href, "current": here, "within": here and path != href})
    return items
