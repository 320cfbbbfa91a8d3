"""A referral's own page: the task list while it is being written, the whole story afterwards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portal.accounts.middleware import actor_of
from portal.ui.charts import RegisterCalendar
from referrals import policy
from referrals.actions.referral.decline import REASONS
from referrals.queries.referral_page import MORE, Page, page
from referrals.web.gate import workspace
from referrals.workflow import Verb

from . import _open


@workspace("referral.view")
def referral(request: HttpRequest, reference: str) -> HttpResponse:
    found = _open.seen(request, reference)
    actor = actor_of(request)
    allowed = policy.allowed(actor, found)
    shown = page(actor, found)
    writing = Verb.EDIT in allowed
    context = {"page": shown, "referral": found, "allowed": {str(verb) for verb in allowed}}
    if writing:
        return render(request, "referrals/referral/tasks.html", {**context, **task_list(shown)})
    return render(request, "referrals/referral/summary.html", {**context, **story(shown)})


def task_list(shown: Page) -> dict[str, object]:
    reference = shown.referral.reference
    groups = []
    for title, lines in shown.groups:
        items = []
        for line in lines:
            href = reverse("workspace:referral-task", args=[reference, line.key])
            hint = f"They ask: {line.asked}" if line.status == MORE else line.problem or line.hint
            items.append({"text": line.title, "href": href, "hint": hint, "status": line.status, "tone": line.tone})
        groups.append({"title": title, "items": items, "prefix": lines[0].key})
    ready = shown.ready
    send = {
        "text": "Check your answers and send",
        "href": reverse("workspace:referral-check", args=[reference]) if ready else "",
        "status": "Ready" if ready else "Cannot start yet",
        "tone": "success" if ready else "",
        "hint": "" if ready else "Complete the other tasks first.",
    }
    groups.append({"title": "Send", "items": [send], "prefix": "send"})
    return {"groups": groups}


def story(shown: Page) -> dict[str, object]:
    event = shown.decision
    return {
        "calendar": RegisterCalendar(shown.picture, level=3) if shown.picture else None,
        "because": REASONS.get(event.data.get("reason", ""), "") if event else "",
    }
