"""The pages of raising a concern: start, one question each, check, sent, and the way out."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal import county
from portal.accounts import limits
from portal.accounts.access import declares
from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from portal.ui.words import long_date
from referrals.actions.concern.raise_ import raise_
from referrals.questions import concern as questions
from referrals.questions.concern import BY_NAME, CARDS, Question, Step

from .journey import Expired, Journey, forget, receipt

View = Callable[..., HttpResponse]
FIRST = questions.STEPS[0]
CHECK = "check"


def public(view: View) -> View:
    """A page for everyone; an hour without touching it ends in a page that says so."""

    @functools.wraps(view)
    def friendly(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Expired:
            return _gone(request, BY_NAME.get(kwargs.get("name", "")))

    return declares("everyone")(friendly)


def _gone(request: HttpRequest, current: Step | None = None) -> HttpResponse:
    """What was kept is gone; what is being sent at this moment is the person's to copy."""
    fields = current.form.base_fields if current and current.form else {}
    typed = [
        {"label": field.label or name, "value": request.POST[name], "rows": min(12, 2 + len(request.POST[name]) // 70)}
        for name, field in fields.items()
        if isinstance(field, forms.CharField) and request.POST.get(name, "").strip()
    ]
    return render(request, "referrals/concern/expired.html", {"typed": typed}, status=410)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What it is, who sees it, how long it takes. Sent as a form, it starts again from nothing."""
    if request.method == "POST":
        forget(request.session)
        Journey.begin(request.session)
        return redirect("concern:step", FIRST.name)
    started = Journey.of(request.session)
    return render(
        request,
        "referrals/concern/start.html",
        {
            "first": reverse("concern:step", args=[FIRST.name]),
            "started": bool(started and started.answers),
            "contact_days": county.rules().concern_first_contact_target_school_days,
        },
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    current = BY_NAME.get(name)
    if current is None:
        raise Http404("There is no such question.")
    journey = Journey.of(request.session)
    if journey is None:
        if request.method == "POST":
            return _gone(request, current)
        if current is not FIRST:
            return redirect("concern:start")
        journey = Journey.begin(request.session)
    if elsewhere := _too_early(current, journey):
        return redirect("concern:step", elsewhere.name)
    if current.form is None:
        return _note(request, current, journey)
    return _question(request, current, current.form, journey)


def _too_early(current: Step, journey: Journey) -> Step | None:
    """The question to answer first, where this one is not theirs or comes after one that is not answered."""
    on_path = questions.path(journey.answers)
    unanswered = next((BY_NAME[name] for name in questions.missing(journey.answers)), None)
    if current not in on_path:
        return unanswered or FIRST
    if unanswered and on_path.index(unanswered) < on_path.index(current):
        return unanswered
    return None


def _note(request: HttpRequest, current: Step, journey: Journey) -> HttpResponse:
    if request.method == "POST":
        return _onward(request, current, journey)
    return render(
        request,
        f"referrals/concern/notes/{current.name.replace('-', '_')}.html",
        {"step": current, "title": current.title, "back": _back(request, current, journey)}
        | _return_to(request)
        | {"you": questions.is_young_person(journey.answers)},
    )


def _question(request: HttpRequest, current: Step, form_class: type[Question], journey: Journey) -> HttpResponse:
    if request.method == "POST":
        if form_class is questions.School and _is_a_search(request, journey):
            journey.answer({"school_search": questions.searched_for(request.POST.get("school_search", ""))})
            return HttpResponseRedirect(f"{request.path}{'?return=check' if _return_to(request)['return_to'] else ''}")
        form = form_class(request.POST, answers=journey.answers)
        if form.is_valid():
            journey.answer(questions.stored(form))
            return _onward(request, current, journey)
    else:
        form = form_class(answers=journey.answers, initial=questions.initial(journey.answers))
    return render(
        request,
        f"referrals/concern/{'school' if form_class is questions.School else 'question'}.html",
        {
            "step": current,
            "title": form.title,
            "form": form,
            "you": questions.is_young_person(journey.answers),
            "third_party": questions.is_third_party(journey.answers),
            "back": _back(request, current, journey),
            "part": CARDS[current.card],
        }
        | _return_to(request),
    )


def _is_a_search(request: HttpRequest, journey: Journey) -> bool:
    """The search button; or Continue with new words to look for and nothing chosen."""
    if "find" in request.POST and not request.POST.get("school_other"):
        return True
    words = questions.searched_for(request.POST.get("school_search", ""))
    return bool(words) and not request.POST.get("school_id") and words != journey.answers.get("school_search")


def _return_to(request: HttpRequest) -> dict[str, bool]:
    """Whether the person came from "Change" on the check page."""
    asked = request.POST if request.method == "POST" else request.GET
    return {"return_to": asked.get("return") == CHECK}


def _onward(request: HttpRequest, current: Step, journey: Journey) -> HttpResponse:
    """The next step; after a change, back to the check page by way of whatever the change has made necessary."""
    if _return_to(request)["return_to"]:
        follow = questions.after(current, journey.answers)
        unanswered = next(iter(questions.missing(journey.answers)), None)
        if follow and follow.form is None and follow.name.startswith(current.name):
            unanswered = follow.name  # the note that belongs to the answer just given
        if unanswered is None:
            return redirect("concern:check")
        return HttpResponseRedirect(f"{reverse('concern:step', args=[unanswered])}?return={CHECK}")
    follow = questions.after(current, journey.answers)
    return redirect("concern:step", follow.name) if follow else redirect("concern:check")


def _back(request: HttpRequest, current: Step, journey: Journey) -> str:
    if _return_to(request)["return_to"]:
        return reverse("concern:check")
    previous = questions.before(current, journey.answers)
    return reverse("concern:step", args=[previous.name]) if previous else reverse("concern:start")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    journey = Journey.of(request.session)
    if journey is None:
        # The second of two presses, or a page kept open: what was sent was received.
        if receipt(request.session):
            return redirect("concern:sent")
        return _gone(request) if request.method == "POST" else redirect("concern:start")
    unanswered = next(iter(questions.missing(journey.answers)), None)
    if unanswered:
        return redirect("concern:step", unanswered)
    if request.method == "POST":
        return _send(request, journey)
    last = questions.path(journey.answers)[-1]
    return render(
        request,
        "referrals/concern/check.html",
        {"cards": _cards(journey), "back": reverse("concern:step", args=[last.name])},
    )


def _send(request: HttpRequest, journey: Journey) -> HttpResponse:
    """Received; or, where very many came from one place within the hour, kept here to be sent a little later."""
    if not limits.fail(limits.CONCERN, limits.source(request)):
        return render(request, "referrals/concern/later.html", status=429)
    answers = questions.kept(journey.answers)
    school_id = answers.get("school_id", "")
    school = Agency.objects.filter(pk=int(school_id)).first() if school_id.isdecimal() else None
    concern = raise_(answers, by=Actor.public(), submission_key=journey.key, school=school)
    journey.finish(concern, can_reply=questions.can_reply(answers))
    return redirect("concern:sent")


def _cards(journey: Journey) -> list[dict[str, Any]]:
    """`[{"title", "rows"}]` for the summary cards, each row with its link to change."""
    said = questions.said(journey.answers, empty=True)
    you = questions.is_young_person(journey.answers)
    cards = []
    for card, title in CARDS.items():
        rows = [
            {
                "key": one.key,
                "value": one.value,
                "lines": one.lines,
                "href": f"{reverse('concern:step', args=[one.step.name])}?return={CHECK}",
            }
            for one in said
            if one.step.card == card
        ]
        if rows:
            cards.append({"title": "About you" if you and card == "child" else title, "rows": rows})
    return cards


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The receipt, for the session that sent it. Anybody else who has the address learns nothing from it."""
    found = receipt(request.session)
    if found is None:
        return render(request, "referrals/concern/no_receipt.html", status=410)
    due = long_date(datetime.date.fromisoformat(found["due_on"])) if found["due_on"] else ""
    return render(request, "referrals/concern/sent.html", {**found, "due": due})


@public
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Forgets first, then leaves for a neutral site."""
    forget(request.session)
    if not request.user.is_authenticated:
        request.session.flush()
    response = HttpResponseRedirect(settings.COUNTY["exit_to"])
    response["Referrer-Policy"] = "no-referrer"
    return response
