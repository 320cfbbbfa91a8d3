"""The duty officer starts to look at a concern."""

from __future__ import annotations

from portal.accounts.actor import Actor

from ...models import Concern
from ...workflow import Verb
from .._change import change


def review(concern: Concern, *, by: Actor) -> Concern:
    with change(concern, by=by, verb=Verb.REVIEW) as ch:
        ch.move()
        ch.record()
    return concern
