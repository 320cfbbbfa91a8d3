"""What a school types: the fields of each task's form, from answers."""

from __future__ import annotations

from typing import Any

from referrals.questions import referral as questions


def typed(task: str, answers: dict[str, Any]) -> dict[str, Any]:
    """The fields a person would have filled in to give the answers of `task`."""
    return questions.judge(task, answers[task], answers).data


def typed_item(task: str, item: dict[str, Any]) -> dict[str, Any]:
    return questions.TASKS[task].form.item_form.judge(item).data
