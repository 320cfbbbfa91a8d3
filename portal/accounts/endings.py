"""A right has ended: whoever has pages open is told at once, and need not wait for the next look at who is still there.

`tell(people)` is called in the transaction that ends something: a membership, an account, an agency, a session or a
password; a conflict of interest or a restriction set on a person. Nothing depends on it: every request and every event
asks anew. It only makes the open page notice within a second (docs/architecture.md, "When a right ends").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction

Listener = Callable[[list[int]], None]

_listeners: list[Listener] = []


def announce_to(listener: Listener) -> None:
    """`listener(ids)` is called after the commit; it must not raise, and must not wait for long."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(people: Iterable[int]) -> None:
    """The rights of these people, by id, are others now: on commit, those who listen are told. Nobody is not told."""
    ids = sorted(set(people))
    if ids:
        transaction.on_commit(lambda: _announce(ids))


def _announce(ids: list[int]) -> None:
    for listener in _listeners:
        listener(ids)
