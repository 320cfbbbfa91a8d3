"""Somebody's access changes: another role, a last day, suspended, given back; and what she led is handed over."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts import second_step_reset
from portal.accounts.middleware import actor_of
from referrals import policy
from referrals.access import reach, second_step, standing, suspension
from referrals.actions.case.assign import assign
from referrals.queries import staff
from referrals.queries.people import who_can_lead
from referrals.web.case.forms import LeadForm

from .door import ask, changes, held_by, person_of
from .forms import EndForm, RoleForm, WhyForm

page = require_http_methods(["GET", "HEAD", "POST"])


def _back(person: staff.Person) -> str:
    return reverse("workspace:person", args=[person.user.pk])


def _sent(request: HttpRequest):
    return request.POST if request.method == "POST" else None


@changes
@page
def role(request: HttpRequest, number: int, membership: int) -> HttpResponse:
    """The old role ends and the new one begins today: both stay to be read."""
    person = person_of(request, number)
    held = held_by(person, membership)
    reach.require_another(actor_of(request), person.user)
    form = RoleForm(_sent(request), agency=held.agency, now=held.role)
    if form.is_valid():
        standing.change_role(held, by=actor_of(request), **form.cleaned_data)
        messages.success(request, "The role has changed")
        return redirect(_back(person))
    return ask(
        request,
        title="Change role",
        caption=f"{person.user}, {held}",
        words=["It takes effect at once."],
        button="Change role",
        back=_back(person),
        form=form,
    )


@changes
@page
def end(request: HttpRequest, number: int, membership: int) -> HttpResponse:
    """Somebody leaves. Open cases are handed over first."""
    actor = actor_of(request)
    person = person_of(request, number)
    held = held_by(person, membership)
    reach.require_another(actor, person.user)
    if standing.leaves_work_behind(held, by=actor):
        messages.info(request, f"{person.user} leads open cases. Hand them over first")
        return redirect("workspace:person-hand-over", number)
    form = EndForm(_sent(request))
    if form.is_valid():
        standing.end(held, by=actor, **form.cleaned_data)
        messages.success(request, "The last day is set" if form.cleaned_data["last_day"] else "Access has ended")
        return redirect(_back(person))
    return ask(
        request,
        title="End access",
        caption=f"{person.user}, {held}",
        words=["What they wrote stays. To work here again they would be invited again."],
        button="End access",
        kind="warning",
        back=_back(person),
        form=form,
    )


@changes
@page
def suspend(request: HttpRequest, number: int) -> HttpResponse:
    """At once, for safety: also where open cases are left without a lead."""
    actor = actor_of(request)
    person = person_of(request, number)
    reach.require_another(actor, person.user)
    if not reach.has_all_of(actor, person.user):
        raise policy.Refused(
            "This person also works elsewhere, so only the attendance team can suspend the account. "
            "You can end what the person does at your organisation."
        )
    if not person.user.is_active:
        return redirect(_back(person))
    form = WhyForm(_sent(request))
    if form.is_valid():
        suspension.suspend(person.user, by=actor, **form.cleaned_data)
        messages.success(request, f"{person.user} is suspended and signed out everywhere")
        return redirect(_back(person))
    words = ["They are signed out everywhere, and cannot sign in until somebody gives access back."]
    if person.leads:
        words.append(
            f"They lead {len(person.leads)} open case{'s' * (len(person.leads) != 1)}. "
            "These stay on your home page until somebody else leads them."
        )
    return ask(
        request,
        title="Suspend this account",
        caption=str(person.user),
        words=words,
        button="Suspend now",
        kind="warning",
        back=_back(person),
        form=form,
    )


@changes
@page
def restore(request: HttpRequest, number: int) -> HttpResponse:
    person = person_of(request, number)
    if person.user.is_active:
        return redirect(_back(person))
    form = WhyForm(_sent(request))
    if form.is_valid():
        suspension.restore(person.user, by=actor_of(request), **form.cleaned_data)
        messages.success(request, f"{person.user} can sign in again")
        return redirect(_back(person))
    return ask(
        request,
        title="Give access back",
        caption=str(person.user),
        words=["They sign in anew. Anything that was connected to the account before has to be connected again."],
        button="Give access back",
        back=_back(person),
        form=form,
    )


@changes
@page
def lost_second_step(request: HttpRequest, number: int) -> HttpResponse:
    """The code is on the answer to this one POST, and nowhere kept. It is told, not sent: a mailbox must not let in."""
    actor = actor_of(request)
    person = person_of(request, number)
    second_step.require(actor, person.user)
    if not (person.has_factor or person.waits_for_factor):
        return redirect(_back(person))
    form = WhyForm(_sent(request))
    if form.is_valid():
        code = second_step.take_away(person.user, by=actor, **form.cleaned_data)
        context = {"title": f"Tell {person.user} this code", "code": second_step_reset.in_fours(code)}
        return render(request, "referrals/people/code.html", {**context, "person": person.user, "back": _back(person)})
    return ask(
        request,
        title="Take away a lost second step",
        caption=str(person.user),
        words=[
            "Make sure that it is really they who ask: meet them, or ring a number your organisation has for them. "
            "An email that asks for this may be from somebody else.",
            "They are signed out everywhere. Next you are shown a code to tell them.",
        ],
        button="Take it away",
        kind="warning",
        back=_back(person),
        form=form,
    )


@changes
@page
def hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """All open cases somebody leads go to a colleague, each by the case's own action and with its own event."""
    actor = actor_of(request)
    person = person_of(request, number)
    if not person.leads:
        return redirect(_back(person))
    colleagues = [other for other in who_can_lead() if other != person.user]
    form = LeadForm(_sent(request), people=colleagues)
    form.fields["lead"].label = "Who will lead them?"
    if form.is_valid():
        with transaction.atomic():
            for case in person.leads:
                assign(case, by=actor, lead=form.lead_chosen)
        number_of = len(person.leads)
        messages.success(request, f"{number_of} case{'s' * (number_of != 1)} handed over")
        return redirect(_back(person))
    return ask(
        request,
        title="Hand over open work",
        caption=str(person.user),
        words=[
            f"They lead {len(person.leads)} open case{'s' * (len(person.leads) != 1)}. All go to one colleague; "
            "you can change who leads a single case on its own page."
        ],
        cases=person.leads,
        button="Hand over",
        back=_back(person),
        form=form,
    )
