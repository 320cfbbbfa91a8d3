"""`request.actor`: who is asking, worked out once a request and only if somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .actor import Actor

SESSION_KEY = "acting_as"


def actor_of(request: HttpRequest) -> Actor | None:
    """The request's actor, or None for anybody without a current membership, or whose chosen one has ended."""
    if not hasattr(request, "_actor"):
        request._actor = (
            Actor.of(request.user, request.session.get(SESSION_KEY)) if request.user.is_authenticated else None
        )
    return request._actor


def choice_that_ended(request: HttpRequest) -> int | None:
    """The membership this person chose to act as, where it is not current any more and she has another."""
    if SESSION_KEY not in request.session or actor_of(request) is not None:
        return None
    return request.session[SESSION_KEY] if Actor.of(request.user) else None


def choose_again(request: HttpRequest) -> Actor | None:
    """Forget a choice that has ended: from now on the person acts as her first membership, until she chooses."""
    request.session.pop(SESSION_KEY, None)
    del request._actor
    return actor_of(request)


class ActingAs:
    """Puts `request.actor` on the request. Tests for "nobody" must use `actor_of(request) is None`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        return self.get_response(request)
