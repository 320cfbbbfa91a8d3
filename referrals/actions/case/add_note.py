"""Somebody writes a note on a case and chooses who may read it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals import policy
from referrals.actions._change import change, once
from referrals.actions._input import check
from referrals.models import Case, Note
from referrals.models.note import Visibility
from referrals.workflow import Verb


def add_note(
    case: Case,
    *,
    by: Actor,
    body: str,
    visibility: str = Visibility.CASE,
    people: Collection[User] = (),
    occurred_on: datetime.date | None = None,
    submission_key: uuid.UUID | None = None,
) -> Note:
    """The note. `people` are who may read a `named` one besides its author; each must be able to see the case.

    One `submission_key`, one note: sent twice, the second caller is given the first.
    """
    body = body.replace("\r\n", "\n").strip()
    check(
        body=(not body and "Enter your note")
        or (len(body) > Note.MAX_LENGTH and "Your note must be 4,000 characters or fewer"),
        visibility=visibility not in Visibility.values and "Select who can see this note",
        people=visibility == Visibility.NAMED and not people and "Choose at least one person",
        occurred_on=occurred_on is not None
        and occurred_on > timezone.localdate()
        and "The date of contact must be today or in the past",
    )
    key = submission_key or uuid.uuid4()

    def find() -> Note | None:
        return Note.objects.filter(submission_key=key, case=case, author=by.user).first() if submission_key else None

    def write() -> Note:
        with change(case, by=by, verb=Verb.ADD_NOTE) as ch:
            if visibility == Visibility.NAMED:
                check(people=_somebody_cannot_see(ch.obj, people) and "Choose people who are on this case")
            note = Note.objects.create(
                case=ch.obj,
                author=by.user,
                agency=by.agency,
                body=body,
                visibility=visibility,
                occurred_on=occurred_on or timezone.localdate(),
                submission_key=key,
            )
            if visibility == Visibility.NAMED:
                note.readers.set(people)
            ch.record(note=note)
        return note

    return once(find, write)


def _somebody_cannot_see(case: Case, people: Collection[User]) -> bool:
    chosen = {person.pk for person in people}
    return policy.holders(Verb.VIEW, case).filter(pk__in=chosen).count() != len(chosen)
