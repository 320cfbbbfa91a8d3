"""An invited agency takes part."""

from __future__ import annotations

from portal.accounts.actor import Actor

from ...models import Case
from ...workflow import Verb
from .. import _grant
from .._change import change


def join(case: Case, *, by: Actor) -> Case:
    with change(case, by=by, verb=Verb.JOIN) as ch:
        _grant.join(_grant.of(ch.obj, by.agency), by=by)
        ch.record(agency=by.agency)
    return case
