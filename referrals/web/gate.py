"""The workspace's door: signed in, with a current membership; and from a reference in the URL to the row, or 404."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.accounts.access import declares
from portal.accounts.actor import ActingAsAnother
from portal.accounts.middleware import actor_of, choice_that_ended, choose_again
from portal.accounts.models import Membership
from referrals import looking, policy
from referrals.workflow import Verb

FRAGMENTS = frozenset({"case-news"})  # asked for by a page that is open, not by a person
View = Callable[..., HttpResponse]
M = TypeVar("M", bound=Model)


def workspace(*rule: str) -> Callable[[View], View]:
    """A view of the workspace that declares `rule`. Strangers sign in first; people without membership are told.

    What was opened as one of a person's memberships is never done as another: ActingAsAnother.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.method == "POST":
                _require_the_same(request)
            elif ended := choice_that_ended(request):
                now = choose_again(request)
                messages.info(request, f"You no longer act as {_named(request, ended)}. Now: {now.membership}")
                return redirect("workspace:home")
            if actor_of(request) is None:
                return render(request, "referrals/no_membership.html", status=403)
            return _written_down(request, view(request, *args, **kwargs))

        return declares(*rule)(guarded)

    return wrap


def _written_down(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What was shown to whom goes into the audit trail, last, so that nobody waits for it longer than need be."""
    if response.status_code == 200:
        route, actor = request.resolver_match.url_name, actor_of(request)
        if found := getattr(request, "found", []):
            action = "print" if route in looking.PRINTED else "view"
            looking.shown(actor, found, action=action, channel="fragment" if route in FRAGMENTS else "page")
            looking.matched(actor, getattr(request, "matched", []))
        elif route in looking.LISTS:
            searched = any(request.GET.get(key) for key in looking.SEARCHED.get(route, ()))
            looking.listed(actor, route, action="search" if searched else "list")
    return response


def _require_the_same(request: HttpRequest) -> None:
    """Each form says as which membership its page was opened (the csrf_token tag prints it)."""
    actor, sent = actor_of(request), request.POST.get("acting_as", "")
    if ended := choice_that_ended(request):
        raise ActingAsAnother(f"You no longer act as {_named(request, ended)}, as which this page was opened.")
    if actor is None or sent == str(actor.membership.pk) or (not sent and not actor.others):
        return
    raise ActingAsAnother(f"You are now acting as {actor.membership}; this page was opened as {_named(request, sent)}.")


def _named(request: HttpRequest, membership: int | str) -> str:
    number = str(membership)
    known = number.isascii() and number.isdigit() and len(number) < 19
    mine = Membership.objects.filter(user=request.user, pk=number).select_related("agency") if known else ()
    return next((str(m) for m in mine), "somebody else")


def find(
    request: HttpRequest,
    model: type[M],
    reference: str,
    *verbs: Verb,
    related: tuple[str, ...] = (),
    beside: dict[str, Any] | None = None,
) -> M:
    """The row with this reference on which the actor may do any of `verbs` (by default view). Invisible is 404."""
    rows = policy.visible_to(actor_of(request), model, *verbs).select_related(*related).annotate(**(beside or {}))
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Http404(f"There is no such {model.NOUN}.")
    request.found = [*getattr(request, "found", []), found]  # what the answer shows
    return found
