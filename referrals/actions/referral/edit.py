"""The school answers one task of a referral, or puts an answer right."""

from __future__ import annotations

import datetime
from typing import Any

from portal.accounts.actor import Actor
from referrals import questions
from referrals.actions._change import Conflict, change
from referrals.actions._input import check
from referrals.models import Referral
from referrals.workflow import Verb


def edit(referral: Referral, *, by: Actor, task: str, answers: dict[str, Any], version: int | None = None) -> Referral:
    """Store the cleaned `answers` of `task` (a key of questions.referral.TASKS).

    `version` is that of the page the person was on: if a colleague has answered the same task since, nothing is
    overwritten and Conflict is raised. Different tasks never conflict.
    """
    check(task=task not in questions.referral.TASKS and f"There is no task called {task}")
    with change(referral, by=by, verb=Verb.EDIT) as ch:
        draft = ch.obj
        changed_at = draft.answers.get("_versions", {}).get(task, 0)
        if version is not None and changed_at > version and draft.answers.get(task) != answers:
            raise Conflict(
                "A colleague changed this part while you were writing. Your words are still here: compare them."
            )
        draft.version += 1
        draft.answers = {
            **draft.answers,
            task: answers,
            "_versions": {**draft.answers.get("_versions", {}), task: draft.version},
        }
        if task == "pupil":
            _promote(draft, answers)
        ch.record(data={"task": task})
    return referral


def _promote(draft: Referral, pupil: dict[str, Any]) -> None:
    """The columns that lists show and search are the pupil task's answers."""
    born = pupil.get("date_of_birth")
    draft.child_first_name = pupil.get("first_name", "")
    draft.child_last_name = pupil.get("last_name", "")
    draft.date_of_birth = datetime.date.fromisoformat(born) if born else None
    draft.year_group = pupil.get("year_group", "")
    draft.upn = pupil.get("upn", "")
