"""Inviting somebody, and what can be done with an invitation that waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.middleware import actor_of
from portal.accounts.models import Invitation, Membership
from portal.accounts.roles import Role
from portal.ui.forms import one_line
from referrals.access import invitation as asking
from referrals.access import reach

from .door import ask, changes
from .forms import InviteForm, WhereForm


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """First where, unless there is only one place; then whom and as what."""
    actor = actor_of(request)
    agencies = list(reach.agencies(actor).order_by("name"))
    slug = one_line(request.GET.get("agency", ""))
    agency = agencies[0] if len(agencies) == 1 else next((a for a in agencies if a.slug == slug), None)
    if agency is None:
        where = WhereForm(request.GET if "agency" in request.GET else None, agencies=agencies)
        return render(request, "referrals/people/where.html", {"form": where})
    form = InviteForm(request.POST if request.method == "POST" else None, agency=agency)
    if form.is_valid():
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        here = Membership.objects.filter(reach.not_ended(), user__email__iexact=email, agency=agency, role=role)
        if email.casefold() == actor.user.email.casefold():
            form.add_error("email", "You cannot invite yourself. Ask somebody else who looks after access")
        elif here.exists():  # she is on the list in front of whoever invites: this tells nothing
            form.add_error("email", f"They already work here as {Role(role).label}")
        else:
            asking.invite(by=actor, email=email, agency=agency, role=role)
            messages.success(request, "Invitation sent. It is good for 72 hours")
            return redirect("workspace:people")
    return ask(
        request,
        title="Invite somebody",
        caption=agency,
        words=["They get a mail with a link, choose a password, and set up a second step for signing in."],
        button="Send the invitation",
        back=reverse("workspace:people"),
        form=form,
    )


@changes
@require_POST
def again_or_not(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: "again" sends a new link, "withdraw" ends it."""
    actor = actor_of(request)
    pending = Invitation.objects.pending().filter(agency__in=reach.agencies(actor))
    found = pending.select_related("agency").filter(pk=number).first()
    if found is None:
        if Invitation.objects.filter(agency__in=reach.agencies(actor), pk=number).exists():
            return redirect("workspace:people")  # pressed twice, or accepted meanwhile
        raise Http404("There is no such invitation.")
    if request.POST.get("do") == "again":
        asking.send_again(found, by=actor)
        messages.success(request, "Sent again. Only the new link can be used")
    elif request.POST.get("do") == "withdraw":
        asking.withdraw(found, by=actor)
        messages.success(request, "Invitation withdrawn")
    return redirect("workspace:people")
