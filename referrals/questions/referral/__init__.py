"""The tasks of a referral, what makes each complete, and how their answers read.

A referral's answers are {task: {field: value}}. A task's module has the form that asks for them; the same form judges
answers that came by the API or were stored long ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from referrals.questions._task import TaskForm
from referrals.questions.attendance import AttendanceForm

from .asking import AskingForm
from .barriers import BarriersForm
from .carers import CarersForm
from .pupil import PupilForm
from .risk import RiskForm
from .support import SupportForm
from .voices import VoicesForm


@dataclass(frozen=True)
class Task:
    title: str
    group: str
    hint: str
    form: type[TaskForm]


PUPIL, STORY, PROPERLY = "The pupil", "The story", "Doing it properly"

TASKS: dict[str, Task] = {
    "pupil": Task("Pupil details", PUPIL, "Name, date of birth, UPN and SEN status", PupilForm),
    "carers": Task("Parents and carers", PUPIL, "Who they are and how it is safe to reach them", CarersForm),
    "attendance": Task("Attendance", PUPIL, "Paste the marks and see what they say", AttendanceForm),
    "barriers": Task("What is getting in the way", STORY, "And what is going well", BarriersForm),
    "support": Task("Support tried so far", STORY, "What you did and what difference it made", SupportForm),
    "voices": Task("The child’s and parents’ voices", STORY, "In their own words, if you can", VoicesForm),
    "risk": Task("Risk and telling the family", PROPERLY, "Who knows, and who may not be safe", RiskForm),
    "asking": Task("What you are asking for", PROPERLY, "And what the school will keep doing", AskingForm),
}


def judge(task: str, answers: Any, whole: dict[str, Any] | None = None) -> TaskForm:
    """The form of `task` with `answers` in it: `.is_valid()`, `.answers()` as stored, `.sentences` where wrong."""
    return TASKS[task].form.judge(answers, whole)


def missing(answers: dict[str, Any]) -> dict[str, str]:
    """{task: sentence} for each task that is not complete."""
    found = {}
    for key, task in TASKS.items():
        if not answers.get(key):
            found[key] = f"Complete ‘{task.title}’"
        elif problem := task.form.judge(answers[key], answers, settled=True).first_error:
            found[key] = f"{task.title}: {problem}"
    return found


@dataclass(frozen=True)
class Section:
    """One task as it reads: `rows` for a summary list."""

    task: str
    title: str
    rows: list[dict[str, Any]]


def summary(answers: dict[str, Any]) -> list[Section]:
    """What a referral says, task by task; a task without answers has no rows."""
    return [
        Section(key, task.title, task.form(held=answers[key], whole=answers).rows() if answers.get(key) else [])
        for key, task in TASKS.items()
    ]
