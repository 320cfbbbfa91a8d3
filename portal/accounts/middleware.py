"""`request.actor`: who is asking, worked out once a request and only if somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from . import identity
from .actor import Actor

SESSION_KEY = "acting_as"


def actor_of(request: HttpRequest) -> Actor | None:
    """The request's actor, or None for anybody without a current membership, or whose chosen one has ended."""
    if not hasattr(request, "_actor"):
        known = request.user.is_authenticated
        request._actor = identity.entered(request.user, request.session.get(SESSION_KEY)) if known else None
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


class OneTransaction:
    """Holds one transaction around the whole response on PostgreSQL, so that the identity in it reaches every query.

    ATOMIC_REQUESTS would not do: pages that Wagtail renders late, and streams, are made after it has ended. What went
    wrong at our end (5xx) is taken back whole. On SQLite there is no second wall, and a transaction would make readers
    wait for each other: actions hold their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not identity.is_walled():
            return self.get_response(request)
        with transaction.atomic(), identity.beginning():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if response.streaming and getattr(request, "_actor", None) is not None:
            response.streaming_content = self.chunks(iter(response.streaming_content), request._actor)
        return response

    @staticmethod
    def chunks(pieces: Iterator[bytes], actor: Actor) -> Iterator[bytes]:
        """Each piece of a stream as the same actor, asked again: a right that has ended ends the stream."""
        while True:
            with identity.as_actor(actor):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece


class ActingAs:
    """Puts `request.actor` on the request. Tests for "nobody" must use `actor_of(request) is None`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        return self.get_response(request)
