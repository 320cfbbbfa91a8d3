"""The attendance team asks the school for what is missing, task by task, once."""

from __future__ import annotations

import datetime

from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from referrals import questions
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Referral
from referrals.workflow import Verb


def return_(
    referral: Referral,
    *,
    by: Actor,
    items: dict[str, str],
    note: str = "",
    return_by: datetime.date | None = None,
) -> Referral:
    """`items`: {task: the sentence that says what is needed}. The clock waits on the school until `return_by`."""
    today = timezone.localdate()
    items = {task: text.strip() for task, text in items.items()}
    check(
        items=(not items and "Select what is missing")
        or (any(not text for text in items.values()) and "Tell the school what you need for each item")
        or (not set(items) <= set(questions.referral.TASKS) and "Select what is missing"),
        note=len(note) > 500 and "Your message must be 500 characters or fewer",
        return_by=return_by is not None and return_by < today and "The date must be today or in the future",
    )
    with change(referral, by=by, verb=Verb.RETURN) as ch:
        ch.obj.return_items = items
        ch.obj.due_on = return_by or county.calendar().add_school_days(today, RETURN_SCHOOL_DAYS)
        ch.move()
        ch.record(data={"items": items, "note": note.strip()})
    return referral


RETURN_SCHOOL_DAYS = 5  # service design §3.3, "Return for information"
