"""Agencies come to a case and leave it: asked, joining or not, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.accounts.middleware import actor_of
from portal.accounts.models import Agency
from portal.accounts.step_up import recently_confirmed
from referrals import policy
from referrals.actions._grant import Invitation
from referrals.actions._input import BadInput
from referrals.actions.case.invite import invite as ask
from referrals.actions.case.join import join as take_part
from referrals.actions.case.refuse import refuse as say_no
from referrals.actions.case.remove import remove as end_part
from referrals.models import Case
from referrals.queries import activity, people
from referrals.web.gate import workspace
from referrals.workflow import Verb

from .forms import AgencyForm, ReasonForm, blame
from .frame import case_of, show

page = require_http_methods(["GET", "HEAD", "POST"])


def _why_not(data=None) -> ReasonForm:
    return ReasonForm(data, asks="Why not?", hint="For example, who would be better to ask. Do not name the family.")


@workspace("case.join")
@page
def join(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Before anything about the child is shown: who asks, why, until when, and the three rules."""
    case, allowed = case_of(request, reference, Verb.JOIN, Verb.VIEW)
    if Verb.JOIN not in allowed:
        return redirect("workspace:case", case.reference)
    if request.method == "POST":
        take_part(case, by=actor_of(request))
        messages.success(request, "You have joined this case")
        return redirect("workspace:case", case.reference)
    return _asked(request, case, _why_not())


@workspace("case.refuse")
@page
def refuse(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    actor = actor_of(request)
    try:
        case, allowed = case_of(request, reference, Verb.REFUSE, Verb.VIEW)
    except Http404:
        if request.method == "POST" and activity.has_refused(actor, reference):
            return redirect("workspace:cases")  # pressed twice: it is done
        raise
    if Verb.REFUSE not in allowed:
        raise policy.Refused("Your organisation has joined this case. Ask the case lead if you want to leave it.")
    form = _why_not(request.POST if request.method == "POST" else None)
    if form.is_valid():
        say_no(case, by=actor, reason=form.cleaned_data["reason"])
        messages.success(request, "We have told the case lead that you will not take part")
        return redirect("workspace:cases")
    return _asked(request, case, form)


def _asked(request: HttpRequest, case: Case, form: ReasonForm) -> HttpResponse:
    actor = actor_of(request)
    return show(
        request, "join", case, frozenset(), last=0, form=form, part=people.part_of(case, actor.agency), role=actor
    )


@workspace("case.invite")
@page
def invite(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    policy.require(actor_of(request), Verb.INVITE, case)
    return _invite(request, case, allowed)


@recently_confirmed
def _invite(request: HttpRequest, case: Case, allowed: frozenset[Verb]) -> HttpResponse:
    actor = actor_of(request)
    sent = request.method == "POST"
    agencies = people.agencies_to_ask(case)
    if sent and people.has_been_asked(case, actor, request.POST.get("agency", "")):
        return redirect("workspace:case-people", case.reference)  # pressed twice: it is done
    form = AgencyForm(request.POST if sent else None, agencies=agencies)
    if form.is_valid():
        said = form.cleaned_data
        try:
            ask(
                case, by=actor, invitation=Invitation(form.agency_chosen, said["purpose"], said["until"], form.shares())
            )
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, "Invitation sent")
            return redirect("workspace:case-people", case.reference)
    return show(request, "invite", case, allowed, form=form)


@workspace("case.remove")
@page
def remove(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Asked once more before an agency's access ends; it ends with the press of the button."""
    case, allowed = case_of(request, reference)
    policy.require(actor_of(request), Verb.REMOVE, case)
    return _remove(request, case, allowed)


@recently_confirmed
def _remove(request: HttpRequest, case: Case, allowed: frozenset[Verb]) -> HttpResponse:
    number = request.POST.get("agency") or request.GET.get("agency", "")
    agency = Agency.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    part = people.part_of(case, agency) if agency else None
    if part is None:
        return redirect("workspace:case-people", case.reference)  # gone already, by this press or another's
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        asks="Why does their part end?",
        hint="It stays in the history of the case.",
    )
    if form.is_valid():
        end_part(case, by=actor_of(request), agency=agency, reason=form.cleaned_data["reason"])
        messages.success(request, "Their access has ended")
        return redirect("workspace:case-people", case.reference)
    return show(request, "remove", case, allowed, form=form, agency=agency, part=part)
