"""An invited agency takes part."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.actor import Actor

from ...models import Case
from ...workflow import Verb
from .. import _grant
from .._change import change


def join(case: Case, *, by: Actor) -> Case:
    with change(case, by=by, verb=Verb.JOIN) as ch:
        grant = _grant.of(case, by.agency)
        grant.joined_at = timezone.now()
        grant.joined_by = by.user
        grant.save(update_fields=["joined_at", "joined_by"])
        ch.record(agency=by.agency)
    return case
