"""Looking over the work: who may do what, and what was done."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from portal.accounts.middleware import actor_of
from referrals import policy, tables
from referrals.workflow import Noun, Verb

from .gate import workspace

NOUNS = {
    Noun.CONCERN: "A concern",
    Noun.REFERRAL: "A referral",
    Noun.CASE: "A case",
    Noun.NOTE: "A note on a case",
    Noun.EVENT: "An entry of a timeline",
    Noun.COUNTY: "The county as a whole",
}


@workspace("county.view_permissions")
@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """The rules themselves, in the sentences of docs/permissions.md: nothing here is written a second time."""
    policy.require(actor_of(request), Verb.VIEW_PERMISSIONS, Noun.COUNTY)
    groups = [
        {
            "title": title,
            "id": str(noun),
            "caption": f"Who may do what with {title[:1].lower()}{title[1:]}",
            "rows": tables.said(noun),
        }
        for noun, title in NOUNS.items()
    ]
    context = {
        "groups": groups,
        "order": tables.IN_ORDER,
        "all_of_it": tables.ALL_OF_IT,
        "denials": tables.denials(),
        "people": tables.people(),
    }
    return render(request, "referrals/oversight/permissions.html", context)


@workspace("county.view_activity")
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """What was done stands in the audit trail now, with who looked."""
    policy.require(actor_of(request), Verb.VIEW_ACTIVITY, Noun.COUNTY)
    asked = {"reference": about} if (about := request.GET.get("reference", "").strip()[:40]) else {}
    return redirect(f"{reverse('workspace:audit')}?{urlencode({'action': 'change', **asked})}")


def urls() -> list:
    return [
        path("permissions/", permissions, name="permissions"),
        path("activity/", activity, name="activity"),
    ]
