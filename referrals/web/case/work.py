"""Who leads the work on a case, its end, and its beginning again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.accounts.middleware import actor_of
from referrals import policy
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput
from referrals.actions.case.assign import assign as give_to
from referrals.actions.case.close import READABLE_DAYS
from referrals.actions.case.close import close as end
from referrals.actions.case.reopen import reopen as begin_again
from referrals.models import Case
from referrals.queries import activity, people
from referrals.web.gate import workspace
from referrals.workflow import Noun, Verb, transition

from .forms import CloseForm, LeadForm, ReasonForm, blame
from .frame import case_of, show

page = require_http_methods(["GET", "HEAD", "POST"])


@workspace("case.assign")
@page
def assign(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    policy.require(actor, Verb.ASSIGN, case)
    form = LeadForm(
        request.POST if request.method == "POST" else None,
        people=people.who_can_lead(),
        initial={"lead": str(case.lead_id or "")},
    )
    if form.is_valid():
        if form.lead_chosen == case.lead:  # nothing changes: nothing happened
            return redirect("workspace:case-people", case.reference)
        try:
            give_to(case, by=actor, lead=form.lead_chosen)
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, "The lead has changed")
            return redirect("workspace:case-people", case.reference)
    return show(request, "assign", case, allowed, form=form)


@workspace("case.close")
@page
def close(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    if _done_already(request, case, Verb.CLOSE):
        return redirect("workspace:case", case.reference)
    policy.require(actor, Verb.CLOSE, case)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            end(case, by=actor, **form.cleaned_data)
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, f"Case closed. The agencies can read it for {READABLE_DAYS} days")
            return redirect("workspace:case", case.reference)
    return show(request, "close", case, allowed, form=form, days=READABLE_DAYS)


@workspace("case.reopen")
@page
def reopen(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    if _done_already(request, case, Verb.REOPEN):
        return redirect("workspace:case", case.reference)
    policy.require(actor, Verb.REOPEN, case)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, asks="What has changed?", needed="Tell us what has changed"
    )
    if form.is_valid():
        try:
            begin_again(case, by=actor, reason=form.cleaned_data["reason"])
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, "Case reopened")
            return redirect("workspace:case", case.reference)
    return show(request, "reopen", case, allowed, form=form)


def _done_already(request: HttpRequest, case: Case, verb: Verb) -> bool:
    """True where the sender has just done it (pressed twice). Raises Conflict where somebody else was quicker."""
    if request.method != "POST" or case.stage != transition(Noun.CASE, verb).after:
        return False
    if activity.was_last_moved_by(actor_of(request), case, verb):
        return True
    raise Conflict(
        f"This case is already {case.get_stage_display().lower()}: somebody else was quicker. "
        "What you typed is below; look at the case as it is now."
    )
