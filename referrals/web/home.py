"""The home of each role: today's work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.roles import SCHOOL_ROLES, Role
from referrals.queries import home as today
from referrals.workflow import Verb

from .gate import workspace

# Where an item's page is: the route for each kind of place.
PLACES = {"intake": "workspace:intake-item", "referral": "workspace:referral", "case": "workspace:case"}

# What a role may start from its home: (text, route), beside its lists.
QUICK: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(SCHOOL_ROLES - {Role.HEAD}, (("Make a referral", "workspace:referral-new"),)),
    Role.DPO: (("See who looked", "workspace:audit"), ("See who may do what", "workspace:permissions")),
    Role.EDITOR: (("Edit the public site", "wagtailadmin_home"),),
}


@workspace("signed in")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found = today.home(actor)
    return render(
        request,
        "referrals/home/home.html",
        {
            "today": today.today_line(timezone.localdate()),
            "figures": [
                {"number": f.counted, "text": f.text, "href": f"{reverse(f.route)}{f.query}", "tone": f.tone}
                for f in found.figures
            ],
            "panels": [_panel(panel) for panel in found.panels],
            "quick": [{"text": text, "href": reverse(route)} for text, route in QUICK.get(actor.role, ())],
            "first_name": actor.user.get_full_name().partition(" ")[0],
        },
    )


def _panel(panel: today.Panel) -> dict:
    return {
        "title": panel.title,
        "items": [
            {"href": _href(item), "text": item.text, "note": item.note, "status": item.status, "tone": item.tone}
            for item in panel.items
        ],
        "empty": panel.nothing,
        "href": reverse(panel.route) if panel.route and panel.items else "",
    }


def _href(item: today.Item) -> str:
    if item.place == "join":
        return reverse("workspace:case-verb", kwargs={"reference": item.reference, "verb": Verb.JOIN})
    return reverse(PLACES[item.place], args=[item.reference])


def urls() -> list:
    return [path("", home, name="home")]
