"""The tasks of a referral and what makes each complete."""

from __future__ import annotations

from typing import Any

TASKS = {
    "pupil": "Pupil details",
    "carers": "Parents and carers",
    "attendance": "Attendance",
    "barriers": "What is getting in the way",
    "support": "Support tried so far",
    "voices": "The child's and parents' voice",
    "risk": "Risk and telling the family",
    "asking": "What you are asking for",
}


def missing(answers: dict[str, Any]) -> dict[str, str]:
    """{task: sentence} for each task that is not complete."""
    return {task: f"Complete ‘{name}’" for task, name in TASKS.items() if not answers.get(task)}
