"""Looking over the work: who may do what, and what was done."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.roles import Role
from referrals import policy
from referrals.workflow import STAGES, Noun, Verb

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
    """The table of rules itself, in words: nothing here is written a second time."""
    policy.require(actor_of(request), Verb.VIEW_PERMISSIONS, Noun.COUNTY)
    groups = [
        {
            "title": title,
            "id": str(noun),
            "caption": f"Who may do what with {title[:1].lower()}{title[1:]}",
            "rows": [_row(rule) for rule in policy.RULES if rule.noun is noun],
        }
        for noun, title in NOUNS.items()
    ]
    return render(request, "referrals/oversight/permissions.html", {"groups": groups, "denials": policy.DENIALS})


def _row(rule: policy.Rule) -> list[str]:
    roles = ", ".join(Role(role).label for role in Role if role in rule.roles) or "No account needed, or the service"
    words = STAGES.get(rule.noun, {})
    stages = ", ".join(words[stage].staff for stage in words if stage in rule.stages) or "Always"
    return [policy.say(rule.verb).capitalize(), roles, rule.tie.says.capitalize(), stages, rule.why]


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
