"""The pages of a case that are only read, and the list they are reached from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.roles import CASEWORK_ROLES
from portal.ui.charts import charts_of
from referrals import policy, protection
from referrals.models import Case
from referrals.models.case import OUTCOMES
from referrals.queries import attendance as register
from referrals.queries import case_list, case_page, timeline
from referrals.queries import history as changes
from referrals.queries import people as around
from referrals.questions.referral.pupil import SEN_STATUS
from referrals.web.gate import workspace
from referrals.workflow import Noun, Stage, Verb

from .frame import case_of, older, read_by, show


@workspace("case.view", "case.join")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Tabs: my cases (led by me, or my organisation's), all of them for the attendance team, and closed ones."""
    actor = actor_of(request)
    if actor.role not in CASEWORK_ROLES:
        raise policy.Refused("Cases are for people who work with children and families.")
    everything = not case_list.comes_in_by_grant(actor)
    tabs = [("mine", "My cases" if everything else "My organisation’s cases"), ("closed", "Closed")]
    if everything:
        tabs.insert(1, ("all", "All"))
    here = request.GET.get("show", "mine")
    here = here if here in dict(tabs) else "mine"
    found = case_list.page(
        actor,
        stage=Stage.CLOSED if here == "closed" else Stage.OPEN,
        led_by=actor.user if everything and here == "mine" else None,
        after=case_list.Cursor.read(request.GET.get("after", "")),
    )
    address = reverse("workspace:cases")
    return render(
        request,
        "referrals/case/list.html",
        {
            "tabs": [
                {"text": text, "href": f"{address}?{urlencode({'show': key})}", "current": key == here}
                for key, text in tabs
            ],
            "title": dict(tabs)[here],
            "here": here,
            "page": found,
            "first_href": f"{address}?{urlencode({'show': here})}" if "after" in request.GET else "",
            "next_href": f"{address}?{urlencode({'show': here, 'after': found.next})}" if found.next else "",
            "invitations": [] if everything else case_list.invitations(actor),
            "may_break_glass": bool(policy.rules_of(Noun.CASE, {Verb.BREAK_GLASS}, actor.role)),
        },
    )


@workspace("case.view", "case.join")
@require_safe
def overview(request: HttpRequest, reference: str) -> HttpResponse:
    """The child's situation. Somebody who has only been asked to join is shown what she is asked first."""
    case, allowed = case_of(request, reference, Verb.VIEW, Verb.JOIN)
    if Verb.VIEW not in allowed:
        return redirect("workspace:case-verb", reference=case.reference, verb=Verb.JOIN)
    found = case_page.overview(actor_of(request), case, allowed)
    return show(
        request,
        "overview",
        case,
        allowed,
        here="case",
        last=found.recent.last,
        overview=found,
        outcome=OUTCOMES.get(case.outcome, ""),
    )


@workspace("case.view_attendance")
@require_safe
def attendance(request: HttpRequest, reference: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    read_by(request, case, allowed, Verb.VIEW_ATTENDANCE)
    marks, picture = register.of_case(actor_of(request), case)
    return show(
        request,
        "attendance",
        case,
        allowed,
        here="case-attendance",
        marks=marks,
        picture=picture,
        charts=charts_of(picture, level=2) if picture else [],
    )


@workspace("case.view_people")
@require_safe
def people(request: HttpRequest, reference: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    read_by(request, case, allowed, Verb.VIEW_PEOPLE)
    return show(
        request,
        "people",
        case,
        allowed,
        here="case-people",
        **_family(case, allowed),
        parts=around.parts(case),
        audience=around.audience(case),
        concerns=around.concerns(actor_of(request), case),
    )


def _family(case: Case, allowed: frozenset[Verb]) -> dict[str, Any]:
    return {
        "adults": around.adults(case, allowed),
        "school": protection.school_of(case),
        "hides_school": protection.of_case(case).hides_school,
        "sen": dict(SEN_STATUS).get(case.child.send_status, case.child.send_status),
    }


@workspace("case.view_story")
@require_safe
def history(request: HttpRequest, reference: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 19 else None
    actor = actor_of(request)
    read_by(request, case, allowed, Verb.VIEW_STORY)
    found = changes.page(actor, case, before=before)
    oversees = policy.can(actor, Verb.VIEW_ACTIVITY, Noun.COUNTY)
    return show(
        request,
        "history",
        case,
        allowed,
        here="case-history",
        last=found.last,
        page=found,
        older_href=older(case, "case-history", found.older),
        looked_href=f"{reverse('workspace:audit')}?{urlencode({'reference': case.reference})}" if oversees else "",
    )


@workspace("case.view")
@require_safe
def printed(request: HttpRequest, reference: str) -> HttpResponse:
    """The case on paper: what this person reads of it on its pages, protected details masked as there."""
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    return show(
        request,
        "print",
        case,
        allowed,
        overview=case_page.overview(actor, case, allowed),
        story=timeline.page(actor, case) if Verb.VIEW_STORY in allowed else None,
        by=actor.user.name,
        at=timezone.now(),
        outcome=OUTCOMES.get(case.outcome, ""),
        **(_family(case, allowed) if Verb.VIEW_PEOPLE in allowed else {}),
    )
