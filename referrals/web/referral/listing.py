"""The list of a school's referrals, and the door to a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.accounts.middleware import actor_of
from portal.ui.forms import Form, SentOnce
from referrals import policy
from referrals.actions.referral.start import start
from referrals.queries.referral_list import TABS, Row, listing
from referrals.web.gate import workspace
from referrals.workflow import Noun, Verb


class NewReferral(SentOnce, Form):
    """Only the key that makes a double click one draft."""


COLUMNS = ["Reference", "Pupil", "Stage", "Waiting on", "Due by", "Started by"]


@workspace("referral.view")
def referrals(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not policy.rules_of(Noun.REFERRAL, {Verb.VIEW}, actor.role):
        raise policy.Refused("Referrals are between a school and the attendance team. You work on cases.")
    found = listing(actor, request.GET.get("tab", ""), request.GET.get("after", ""))
    here = reverse("workspace:referrals")
    tabs = [
        {
            "text": f"{title} ({found.counts[key]})",
            "href": f"{here}?tab={key}",
            "current": key == found.tab,
        }
        for key, (title, _) in TABS.items()
    ]
    return render(
        request,
        "referrals/referral/list.html",
        {
            "listing": found,
            "tab_title": TABS[found.tab][0],
            "tabs": tabs,
            "columns": COLUMNS,
            "rows": [cells(row) for row in found.rows],
            "older": f"{here}?tab={found.tab}&after={found.older}" if found.older else "",
            "form": NewReferral(),
            "may_start": policy.can(actor, Verb.START, Noun.REFERRAL),
        },
    )


def cells(row: Row) -> list[dict[str, Any] | str]:
    where = reverse("workspace:referral", args=[row.referral.reference])
    waited = f"{row.days} school day{'s' * (row.days != 1)}" if row.days else "since today"
    return [
        {"href": where, "text": row.referral.reference},
        row.pupil,
        {"text": row.stage, "tone": row.tone},
        f"{row.waiting_on}, {waited}" if row.waiting_on else "Nobody",
        _due(row),
        row.started_by,
    ]


def _due(row: Row) -> str:
    if not row.by:
        return "No date"
    return f"{row.by:%a} {row.by.day} {row.by:%b}{' (late)' if row.late else ''}"


@workspace("referral.start")
def new(request: HttpRequest) -> HttpResponse:
    """What a referral needs, and the button that starts a draft. One key, one draft."""
    actor = actor_of(request)
    policy.require(actor, Verb.START, Noun.REFERRAL)
    form = NewReferral(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        draft = start(by=actor, submission_key=form.cleaned_data["submission_key"])
        return redirect("workspace:referral", draft.reference)
    return render(request, "referrals/referral/new.html", {"form": form})
