"""Once a term: who still works here? One list, one submit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts.middleware import actor_of
from portal.accounts.models import Agency, Membership
from portal.ui.forms import one_line
from portal.ui.templatetags.ui import said_moment
from referrals.access import reach, term
from referrals.queries import staff

from .door import changes
from .forms import ConfirmForm


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Of one agency; whoever looks after several chooses which, with how many are left in each."""
    actor = actor_of(request)
    agency = _chosen(request)
    if agency is None:
        left = [place for place in staff.places(actor) if place.to_confirm]
        rows = [
            [
                {
                    "text": place.agency.name,
                    "href": f"{reverse('workspace:people-confirm')}?agency={place.agency.slug}",
                },
                str(place.to_confirm),
                _day(term.deadline(place.agency)),
            ]
            for place in left
        ]
        columns = ["Where", {"text": "To confirm", "numeric": True}, "Until"]
        return render(request, "referrals/people/confirm_where.html", {"columns": columns, "rows": rows})
    waiting = list(term.to_confirm(actor).filter(agency=agency))
    form = ConfirmForm(
        request.POST if request.method == "POST" and waiting else None, people=[_line(held) for held in waiting]
    )
    if form.is_valid():
        done = term.confirm(map(int, form.cleaned_data["people"]), by=actor)
        messages.success(request, f"{done} {'person' if done == 1 else 'people'} confirmed for this term")
        return redirect("workspace:people")
    context = {"form": form, "agency": agency, "waiting": waiting, "until": term.deadline(agency)}
    return render(request, "referrals/people/confirm.html", context)


def _chosen(request: HttpRequest) -> Agency | None:
    mine = reach.agencies(actor_of(request))
    if not reach.is_everywhere(actor_of(request)):
        return mine.first()
    return mine.filter(slug=one_line(request.GET.get("agency", ""))).first()


def _line(held: Membership) -> tuple[str, str, str]:
    return str(held.pk), f"{held.user}, {held.get_role_display()}", f"Last sign-in: {_last(held)}"


def _last(held: Membership) -> str:
    return said_moment(held.user.last_login) or "never"


def _day(day) -> str:
    return f"{day:%-d %B %Y}" if day else "–"
