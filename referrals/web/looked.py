"""Who looked: the audit trail on a page and as a file, and what in it should be looked into."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.step_up import recently_confirmed
from portal.audit import misuse, trail
from portal.audit.models import Prompt
from portal.ui.forms import Form, LongTextField, RadiosField
from referrals import looking, policy
from referrals.queries import looked
from referrals.workflow import Noun, Verb

from .gate import workspace


class ReviewForm(Form):
    outcome = RadiosField(
        label="What was it?",
        choices=Prompt.Outcome.choices,
        error_messages={"required": "Select what it was"},
    )
    said = LongTextField(
        label="What did you find?",
        help_text="It is kept with the prompt. Do not name a child.",
        max_length=500,
        rows=4,
        error_messages={
            "required": "Say what you found",
            "max_length": "What you found must be 500 characters or fewer",
        },
    )


@workspace("county.view_activity")
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Who looked at what, when, and by which rule: newest first, narrowed by what is asked."""
    actor = actor_of(request)
    asked, typed, wrong = _asked(request)
    found = looked.page(actor, asked, after=request.GET.get("after", "")[:60])
    if typed:
        trail.write("search", by=actor, noun="audit", reference=asked.reference or "trail")
    else:
        trail.write("list", by=actor, noun="audit", reference="trail")
    address = reverse("workspace:audit")
    return render(
        request,
        "referrals/oversight/audit.html",
        {
            "page": found,
            "typed": {key: request.GET.get(key, "")[:80] for key in ("who", "agency", "reference", "action", *DAYS)},
            "narrowed": bool(typed),
            "wrong": [{"href": f"#{key}", "text": said} for key, said in wrong.items()],
            "has_errors": bool(wrong),
            **{f"wrong_{key}": said for key, said in wrong.items()},
            "agencies": looked.agencies(),
            "actions": sorted(looked.WORDS.items(), key=lambda pair: pair[1]),
            "first_href": f"{address}?{urlencode(typed)}" if "after" in request.GET else "",
            "older_href": f"{address}?{urlencode({**typed, 'after': found.older})}" if found.older else "",
            "export_href": f"{reverse('workspace:audit-export')}?{urlencode(typed)}",
        },
    )


DAYS = ("since", "until")


def _asked(request: HttpRequest) -> tuple[looked.Asked, dict[str, str], dict[str, str]]:
    """What is asked for, as it was typed, and what of it cannot be read, by the field."""
    typed = {
        key: value
        for key in ("who", "agency", "reference", "action", *DAYS)
        if (value := request.GET.get(key, "").strip()[:80].replace("\0", ""))
    }
    days: dict[str, datetime.date | None] = {}
    wrong: dict[str, str] = {}
    for key, named in zip(DAYS, ("From", "Until"), strict=True):
        try:
            days[key] = datetime.date.fromisoformat(typed[key]) if key in typed else None
        except ValueError:
            days[key] = None
            wrong[key] = f"{named} must be a day, like {timezone.localdate().isoformat()}"
    if days["since"] and days["until"] and days["since"] > days["until"]:
        wrong["until"] = "Until must be the same day as From, or later"
    agency = typed.get("agency", "")
    asked = looked.Asked(
        who=typed.get("who", ""),
        agency=int(agency) if agency.isascii() and agency.isdigit() and len(agency) < 19 else 0,
        about=typed.get("reference", ""),
        action=typed.get("action", ""),
        **days,
    )
    return asked, typed, wrong


@workspace("county.view_activity")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    policy.require(actor_of(request), Verb.VIEW_ACTIVITY, Noun.COUNTY)
    return _file(request)


@recently_confirmed
def _file(request: HttpRequest) -> HttpResponse:
    asked, _, _ = _asked(request)
    answer = HttpResponse(looked.export(actor_of(request), asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate().isoformat()}.csv"'
    return answer


@workspace("county.view_activity")
@require_safe
def prompts(request: HttpRequest) -> HttpResponse:
    found = looked.questions(actor_of(request))
    context = {
        "waiting": [one for one in found if one.prompt.reviewed_at is None],
        "done": [one for one in found if one.prompt.reviewed_at is not None],
    }
    return render(request, "referrals/oversight/prompts.html", context)


@workspace("county.view_activity")
@require_http_methods(["GET", "HEAD", "POST"])
def prompt(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    found = looked.question(actor, number) if number < 2**63 else None
    if found is None:
        raise Http404("There is no such prompt.")
    looking.named(actor, "prompt", number)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if found.prompt.reviewed_at is None and form.is_valid():
        if misuse.review(found.prompt, by_user=actor.user.pk, **form.cleaned_data):
            trail.write("review", by=actor, noun="prompt", reference=str(number), why=form.cleaned_data["outcome"])
            messages.success(request, "Your review is kept")
        else:
            messages.info(request, "Somebody else has reviewed this already")
        return redirect("workspace:audit-prompts")
    rows = urlencode(
        {
            "since": timezone.localdate(found.prompt.since).isoformat(),
            "until": timezone.localdate(found.prompt.until).isoformat(),
            "who": found.who,
        }
    )
    context: dict[str, Any] = {"one": found, "form": form, "rows_href": f"{reverse('workspace:audit')}?{rows}"}
    return render(request, "referrals/oversight/prompt.html", context)


def urls() -> list:
    return [
        path("audit/", audit, name="audit"),
        path("audit/export/", export, name="audit-export"),
        path("audit/prompts/", prompts, name="audit-prompts"),
        path("audit/prompts/<int:number>/", prompt, name="audit-prompt"),
    ]
