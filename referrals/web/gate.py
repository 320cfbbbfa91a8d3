"""The workspace's door: signed in, with a current membership; and from a reference in the URL to the row, or 404."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.accounts.access import declares
from portal.accounts.middleware import actor_of
from referrals import policy
from referrals.workflow import Verb

View = Callable[..., HttpResponse]
M = TypeVar("M", bound=Model)


def workspace(*rule: str) -> Callable[[View], View]:
    """A view of the workspace that declares `rule`. Strangers sign in first; people without membership are told."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if actor_of(request) is None:
                return render(request, "referrals/no_membership.html", status=403)
            return view(request, *args, **kwargs)

        return declares(*rule)(guarded)

    return wrap


def find(request: HttpRequest, model: type[M], reference: str, *verbs: Verb, related: tuple[str, ...] = ()) -> M:
    """The row with this reference on which the actor may do any of `verbs` (by default view). Invisible is 404."""
    rows = policy.visible_to(actor_of(request), model, *verbs).select_related(*related)
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Http404(f"There is no such {model.NOUN}.")
    return found
