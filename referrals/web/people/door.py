"""The door of these screens: whoever looks after nobody's access is refused before anything is asked of her."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.accounts.access import declares
from portal.accounts.middleware import actor_of
from portal.accounts.models import Membership
from portal.accounts.step_up import recently_confirmed
from referrals import looking, policy
from referrals.access import reach
from referrals.queries import staff
from referrals.web.gate import workspace

View = Callable[..., HttpResponse]
RULES = ("county.manage_people", "county.manage_own_people")


def looks_after(view: View) -> View:
    """A page to read."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reach.agencies(actor_of(request)).exists():
            raise policy.Refused("You do not look after anybody’s access. Ask the attendance team if you should.")
        return view(request, *args, **kwargs)

    return workspace(*RULES)(declares(*RULES)(guarded))


def changes(view: View) -> View:
    """A page that changes somebody's access: it asks again who it is, where that was more than 15 minutes ago."""
    return looks_after(recently_confirmed(view))


def person_of(request: HttpRequest, number: int) -> staff.Person:
    """Somebody who works or worked at an agency the actor looks after; anybody else is 404."""
    found = staff.person(actor_of(request), number)
    if found is None:
        raise Http404("There is no such person.")
    looking.named(actor_of(request), "person", found.user.pk)
    return found


def held_by(person: staff.Person, number: int) -> Membership:
    found = next((m for m in person.held if m.pk == number), None)
    if found is None:
        raise Http404("There is no such membership.")
    return found


def ask(request: HttpRequest, **page: Any) -> HttpResponse:
    """The page of one gesture: `title`, `button`, `back` (an address), `form`, and words before it."""
    return render(request, "referrals/people/ask.html", page)
