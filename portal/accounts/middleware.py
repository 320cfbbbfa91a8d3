"""`request.actor`: who is asking, worked out once a request and only if somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .actor import Actor

SESSION_KEY = "acting_as"


def actor_of(request: HttpRequest) -> Actor | None:
    """The request's actor, or None for anybody without a current membership."""
    if not hasattr(request, "_actor"):
        request._actor = (
            Actor.of(request.user, request.session.get(SESSION_KEY)) if request.user.is_authenticated else None
        )
    return request._actor


class ActingAs:
    """Puts `request.actor` on the request. Tests for "nobody" must use `actor_of(request) is None`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        return self.get_response(request)
