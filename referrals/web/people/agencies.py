"""The organisations: how many people work there, and one that closes."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.roles import AgencyKind
from portal.accounts.step_up import recently_confirmed
from referrals import policy
from referrals.access import agency as closing
from referrals.access import reach
from referrals.queries import staff
from referrals.web.gate import workspace
from referrals.workflow import Noun, Verb

from .door import ask, looks_after
from .forms import WhyForm


@looks_after
@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    may_close = policy.can(actor_of(request), Verb.CLOSE_AGENCY, Noun.COUNTY)
    rows = [
        [
            {"text": place.agency.name, "href": f"{reverse('workspace:people')}?agency={place.agency.slug}"},
            place.agency.get_kind_display(),
            str(place.people),
            {
                "text": "Close",
                "hidden": place.agency.name,
                "href": reverse("workspace:people-close-agency", args=[place.agency.slug]),
            }
            if may_close and place.agency.kind != AgencyKind.LA_ATTENDANCE
            else "–",
        ]
        for place in staff.places(actor_of(request))
    ]
    columns = ["Organisation", "Kind", {"text": "People", "numeric": True}, "Closing"]
    return render(request, "referrals/people/agencies.html", {"columns": columns, "rows": rows})


@workspace("county.close_agency")
def close(request: HttpRequest, agency: str) -> HttpResponse:
    policy.require(actor_of(request), Verb.CLOSE_AGENCY, Noun.COUNTY)
    return _close(request, agency)


@recently_confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def _close(request: HttpRequest, slug: str) -> HttpResponse:
    agency = reach.agencies(actor_of(request)).filter(slug=slug).first()
    if agency is None:
        raise Http404("There is no such organisation.")
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        closing.close(agency, by=actor_of(request), **form.cleaned_data)
        messages.success(request, f"{agency} is closed. Nobody has access as somebody who works there")
        return redirect("workspace:people-agencies")
    return ask(
        request,
        title="Close this organisation",
        caption=agency.name,
        words=[
            "Everybody who works there loses access the moment you press the button, and invitations to it end. "
            "What they wrote stays.",
        ],
        button="Close it",
        kind="warning",
        back=reverse("workspace:people-agencies"),
        form=form,
    )
