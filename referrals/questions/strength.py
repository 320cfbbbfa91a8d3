"""Referral strength: what makes it likely that the council can act on a referral at once. A checklist, never a score.

The school sees it while it writes and triage sees the same lines, so nobody sits a test they have not seen. Nothing
here blocks; a reason why something could not be done always counts.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from portal import county

from .referral.support import CONTACTS, MEETING, SUPPORTS

MARKS_FRESH_SCHOOL_DAYS = 10


@dataclass(frozen=True)
class Rule:
    """`holds(answers, today)`; `heavy` where a referral without it usually comes back."""

    task: str
    says: str
    why: str
    holds: Callable[[dict[str, Any], datetime.date], bool]
    heavy: bool = False


@dataclass(frozen=True)
class Line:
    task: str
    says: str
    why: str
    met: bool


@dataclass(frozen=True)
class Strength:
    word: str
    lines: list[Line]


def _of(answers: dict[str, Any], task: str) -> dict[str, Any]:
    found = answers.get(task)
    return found if isinstance(found, dict) else {}


def _tried(answers: dict[str, Any]) -> list[str]:
    return [item.get("support_type", "") for item in _of(answers, "support").get("tried", [])]


def _fresh(answers: dict[str, Any], today: datetime.date) -> bool:
    attendance = _of(answers, "attendance")
    if attendance.get("marks_short_reason"):
        return True
    last_day = attendance.get("last_day")
    if not last_day:
        return False
    return county.calendar().elapsed(datetime.date.fromisoformat(last_day), today) <= MARKS_FRESH_SCHOOL_DAYS


def _everybody_heard(answers: dict[str, Any], today: datetime.date) -> bool:
    parents = _of(answers, "voices").get("parents", [])
    return bool(parents) and all(p.get("view_words") or p.get("not_reached") for p in parents)


RULES = (
    Rule(
        "attendance",
        "The marks are up to date",
        "Marks older than two school weeks are the first thing we have to ask for.",
        _fresh,
        heavy=True,
    ),
    Rule(
        "support",
        "Contact and a meeting with the family",
        "We start from what the family has already told you, so that they need not say it again.",
        lambda a, _: (
            bool(set(_tried(a)) & {k for k, _ in CONTACTS})
            and (MEETING in _tried(a) or bool(_of(a, "support").get("no_meeting_reason")))
        ),
        heavy=True,
    ),
    Rule(
        "support",
        "At least two kinds of help tried",
        "Knowing what was tried, and what it changed, saves weeks of trying it again.",
        lambda a, _: len(set(_tried(a)) & {k for k, _ in SUPPORTS}) >= 2,
    ),
    Rule(
        "voices",
        "What the child says",
        "Plans that begin with the child’s own words are the ones that hold.",
        lambda a, _: bool(_of(a, "voices").get("voice_words") or _of(a, "voices").get("voice_reason")),
        heavy=True,
    ),
    Rule(
        "voices",
        "What every parent and carer says",
        "Where two people see it differently, both need to be heard.",
        _everybody_heard,
    ),
    Rule(
        "barriers",
        "Examples of what gets in the way",
        "“Worried about the corridors since October” helps us more than “anxious”.",
        lambda a, _: (
            len(_of(a, "barriers").get("barrier_detail", "")) >= 60 or _of(a, "barriers").get("barriers") == ["unknown"]
        ),
    ),
    Rule(
        "risk",
        "The family knows, or there is a reason",
        "The first call goes better when it is not a surprise.",
        lambda a, _: (
            _of(a, "risk").get("family_told", "").startswith("yes") or bool(_of(a, "risk").get("not_told_reason"))
        ),
    ),
    Rule(
        "asking",
        "What the school will keep doing",
        "Support works when school and council each know their part.",
        lambda a, _: bool(_of(a, "asking").get("school_will_continue")),
    ),
)


def strength(answers: dict[str, Any], today: datetime.date | None = None) -> Strength:
    today = today or timezone.localdate()
    judged = [(rule, rule.holds(answers, today)) for rule in RULES]
    lines = [Line(rule.task, rule.says, rule.why, met) for rule, met in judged]
    short = sum(not line.met for line in lines)
    if short and not all(answers.get(rule.task) for rule in RULES):
        return Strength(f"{len(lines) - short} of {len(lines)} so far", lines)
    if not short:
        return Strength("Strong", lines)
    if any(rule.heavy and not met for rule, met in judged) or short > 3:
        return Strength("Likely to come back", lines)
    return Strength(f"Good, {short} thing{'s' * (short != 1)} would help", lines)
