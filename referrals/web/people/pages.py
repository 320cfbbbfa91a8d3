"""The table of people, one person, and those who leave."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.roles import ROLES_AT
from portal.ui.forms import one_line
from portal.ui.templatetags.ui import said_moment
from referrals.access import reach, suspension, term
from referrals.queries import staff

from .door import looks_after, person_of

COLUMNS = ["Name", "Works as", "Last sign-in", "Second step", "Access"]


@looks_after
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    agency, words, number = (one_line(request.GET.get(key, ""))[:100] for key in ("agency", "words", "page"))
    page = staff.table(actor, agency=agency, words=words, page=number)
    narrowed = {key: value for key, value in (("agency", agency), ("words", words)) if value}
    return render(
        request,
        "referrals/people/list.html",
        {
            "columns": COLUMNS,
            "rows": [_row(row) for row in page.object_list],
            "total": page.paginator.count,
            "agencies": reach.agencies(actor).order_by("name") if reach.is_everywhere(actor) else [],
            "agency": agency,
            "words": words,
            "narrowed": bool(narrowed),
            "pending": [_asked(invitation) for invitation in staff.pending(actor, agency)],
            "to_confirm": term.to_confirm(actor).count(),
            "everywhere": reach.is_everywhere(actor),
            **_turning(page, narrowed),
        },
    )


def _turning(page: Page, narrowed: dict[str, str]) -> dict[str, str]:
    def href(number: int) -> str:
        return "?" + urlencode({**narrowed, "page": number})

    return {
        "previous_href": href(page.previous_page_number()) if page.has_previous() else "",
        "next_href": href(page.next_page_number()) if page.has_next() else "",
    }


def _row(row: staff.Row) -> list[Any]:
    factor = {"text": "Set up", "tone": "success"} if row.has_factor else {"text": "Not set up", "tone": "warning"}
    return [
        {"text": str(row.user), "href": reverse("workspace:person", args=[row.user.pk])},
        row.works_at,
        said_moment(row.user.last_login) or "Never",
        factor,
        _state(row.user, row.held),
    ]


def _state(user: User, held: list[Membership]) -> dict[str, str]:
    if not user.is_active:
        return {"text": "Suspended", "tone": "danger"}
    if not any(membership.until is None for membership in held):
        return {"text": "Leaving", "tone": "warning"}
    return {"text": "Open", "tone": "neutral"}


def _asked(invitation: Invitation) -> dict[str, Any]:
    if invitation.sent_at is None:
        state = "Is being sent"
    elif invitation.expires_at <= timezone.now():
        state = "Has run out"
    else:
        state = f"Good until {said_moment(invitation.expires_at)}"
    return {"invitation": invitation, "state": state}


@looks_after
@require_safe
def person(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    found = person_of(request, number)
    waiting = set(term.unconfirmed(term.term_from()).filter(user=found.user).values_list("pk", flat=True))
    return render(
        request,
        "referrals/people/person.html",
        {
            "found": found,
            "is_self": found.user == actor.user,
            "may_restore": suspension.may_restore(actor, found.user),
            "held": [
                {
                    "membership": held,
                    "confirmed": "Not yet" if held.pk in waiting else "For this term",
                    "other_roles": len(ROLES_AT[held.agency.kind]) > 1,
                }
                for held in found.held
            ],
            "led": len(found.leads),
        },
    )


@looks_after
@require_safe
def leavers(request: HttpRequest) -> HttpResponse:
    page = staff.leavers(actor_of(request), request.GET.get("page", ""))
    rows = [
        [
            {"text": str(held.user), "href": reverse("workspace:person", args=[held.user_id])},
            str(held),
            f"{held.until:%-d %B %Y}",
        ]
        for held in page.object_list
    ]
    return render(
        request,
        "referrals/people/leavers.html",
        {"columns": ["Name", "Worked as", "Last day"], "rows": rows, **_turning(page, {})},
    )
