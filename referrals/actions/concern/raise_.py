"""A family, or a worried person, tells the council. No account, no trace on the device."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils import timezone

from portal import county
from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from referrals import likeness, risk
from referrals.actions._change import begin, once
from referrals.models import Concern
from referrals.workflow import Verb


def raise_(answers: dict[str, Any], *, by: Actor, submission_key: uuid.UUID, school: Agency | None = None) -> Concern:
    """Sent twice with one `submission_key`, there is one concern: the second caller is given the first."""
    with identity.as_sender(submission_key):
        return once(
            lambda: Concern.objects.filter(submission_key=submission_key).first(),
            lambda: _raise(answers, by, submission_key, school),
        )


def _raise(answers: dict[str, Any], by: Actor, submission_key: uuid.UUID, school: Agency | None) -> Concern:
    born = answers.get("child_dob")
    band, reasons = risk.of_concern(answers)
    today = timezone.localdate()
    concern = Concern(
        submission_key=submission_key,
        answers=answers,
        child_first_name=answers.get("child_first_name", ""),
        child_last_name=answers.get("child_last_name", ""),
        date_of_birth=datetime.date.fromisoformat(born) if born else None,
        year_group=answers.get("child_year_group", ""),
        raiser_type=answers.get("raiser_type", ""),
        school=school,
        source_protected="no" in (answers.get("share_with_school"), answers.get("share_with_family")),
        risk=band,
        risk_reasons=reasons,
        due_on=county.calendar().add_school_days(today, county.rules().concern_first_contact_target_school_days),
    )
    with begin(concern, by=by, verb=Verb.RAISE) as ch:
        ch.record()
        ch.last(lambda: likeness.mark(concern))
    return concern
