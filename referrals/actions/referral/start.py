"""A school starts a draft."""

from __future__ import annotations

import uuid

from portal.accounts.actor import Actor
from referrals.actions._change import begin, once
from referrals.models import Referral
from referrals.workflow import Verb


def start(*, by: Actor, submission_key: uuid.UUID | None = None) -> Referral:
    """An empty draft of the actor's own school. One `submission_key`, one draft."""
    key = submission_key or uuid.uuid4()
    return once(lambda: Referral.objects.filter(submission_key=key, school=by.agency).first(), lambda: _start(by, key))


def _start(by: Actor, key: uuid.UUID) -> Referral:
    draft = Referral(school=by.agency, started_by=by.user, submission_key=key)
    with begin(draft, by=by, verb=Verb.START) as ch:
        ch.record()
    return draft
