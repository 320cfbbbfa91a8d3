"""Emergency access ("break glass"): open one case for an hour, end it, and look at what others opened."""

from __future__ import annotations

import contextlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.step_up import recently_confirmed
from portal.audit import trail
from portal.ui.forms import Form, LongTextField, TextField
from referrals import looking, policy, reference
from referrals.actions._input import BadInput
from referrals.actions.case import review_break_glass as reviewing
from referrals.actions.case.break_glass import LONGEST_REASON, SHORTEST_REASON
from referrals.actions.case.break_glass import break_glass as open_in_an_emergency
from referrals.actions.case.end_break_glass import end_break_glass
from referrals.models import Case
from referrals.models.break_glass import LONGEST_MINUTES
from referrals.queries import glass, unseen
from referrals.workflow import Noun, Verb

from .case.forms import blame
from .gate import find, workspace

# The same for a case that is not there and for one that is kept from whoever asks.
NO_CASE = "There is no case with this reference that you can open. Check it, or ring the attendance team"


class GlassForm(Form):
    reference = TextField(
        label="Reference of the case",
        help_text="Like A-4K7-9M2T. Ask whoever told you about the child.",
        width=20,
        max_length=20,
        error_messages={"required": "Enter the reference of the case"},
    )
    reason = LongTextField(
        label="Why do you need to see it now?",
        help_text="At least 20 characters. It is kept, and read by whoever reviews this. Do not name anybody.",
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        rows=4,
        error_messages={
            **dict.fromkeys(("required", "min_length"), f"Your reason must be {SHORTEST_REASON} characters or more"),
            "max_length": f"Your reason must be {LONGEST_REASON} characters or fewer",
        },
    )


class ReviewForm(Form):
    review = LongTextField(
        label="What did you find?",
        help_text="Was there an emergency, and was it right to look? Say what you did about it. Do not name the child.",
        max_length=reviewing.LONGEST,
        rows=4,
        error_messages={
            "required": "Say what you found",
            "max_length": f"What you found must be {reviewing.LONGEST} characters or fewer",
        },
    )


@workspace("case.break_glass")
@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: HttpRequest) -> HttpResponse:
    policy.require_ever(actor_of(request), Verb.BREAK_GLASS, Noun.CASE)
    return _break(request)


@recently_confirmed
def _break(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    asked = request.POST if request.method == "POST" else None
    form = GlassForm(asked, initial={"reference": request.GET.get("reference", "")[:20]})
    if form.is_valid():
        said = form.cleaned_data
        case = unseen.case_for(actor, Verb.BREAK_GLASS, said["reference"])
        try:
            if case is None:
                raise policy.Invisible(NO_CASE)
            open_in_an_emergency(case, by=actor, reason=said["reason"])
        except BadInput as wrong:
            if glass.on(actor, case):
                return redirect("workspace:case", case.reference)  # pressed twice: it is open
            blame(form, wrong)
        except policy.Invisible:
            typed = reference.parse(said["reference"]) or ""
            trail.write("refused", by=actor, noun="case", reference=typed, decision=trail.REFUSED, rule="break_glass")
            form.add_error("reference", NO_CASE)
        else:
            messages.success(request, "Emergency access is open. Somebody has been told")
            return redirect("workspace:case", case.reference)
    return render(
        request,
        "referrals/glass/break.html",
        {"form": form, "open_now": glass.open_now(actor), "minutes": LONGEST_MINUTES},
    )


@workspace("case.end_break_glass")
@require_POST
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """Ended before its hour is over. Pressed twice, or too late, it is ended all the same."""
    actor = actor_of(request)
    case = find(request, Case, reference, Verb.END_BREAK_GLASS)
    with contextlib.suppress(BadInput):
        end_break_glass(case, by=actor)
    messages.success(request, "Emergency access has ended")
    return redirect("workspace:break-glass" if not actor.is_la else "workspace:break-glass-reviews")


@workspace("case.review_break_glass")
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    policy.require_ever(actor, Verb.REVIEW_BREAK_GLASS, Noun.CASE)
    context = {"waiting": glass.to_review(actor), "done": glass.reviewed(actor), "may_end": actor.is_la}
    context["may_break"] = policy.may_ever(actor, Verb.BREAK_GLASS, Noun.CASE)
    return render(request, "referrals/glass/reviews.html", context)


@workspace("case.review_break_glass")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    policy.require_ever(actor, Verb.REVIEW_BREAK_GLASS, Noun.CASE)
    access = glass.review_of(actor, number)
    if access is None:
        raise Http404("There is no such review.")
    looking.named(actor, "break_glass", access.reference, about=access.glass.case.child_id)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if access.glass.reviewed_at is None and form.is_valid():
        try:
            reviewing.review_break_glass(
                access.glass.case, by=actor, glass=access.glass, review=form.cleaned_data["review"]
            )
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, "Your review is kept")
            return redirect("workspace:break-glass-reviews")
    return render(request, "referrals/glass/review.html", {"access": access, "form": form})


def urls() -> list:
    return [
        path("break-glass/", break_glass, name="break-glass"),
        path("break-glass/reviews/", reviews, name="break-glass-reviews"),
        path("break-glass/reviews/<int:number>/", review, name="break-glass-review"),
        path("break-glass/<reference:reference>/end/", end, name="break-glass-end"),
    ]
