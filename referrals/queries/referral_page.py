"""One referral as its school sees it: the tasks and how far each is, whose turn it is, and what the council said."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from portal.register.picture import Picture
from referrals import policy, protection
from referrals.events import Kind
from referrals.models import Case, Event, Referral
from referrals.questions import referral as questions
from referrals.questions.attendance import picture_of
from referrals.questions.strength import Strength, strength
from referrals.workflow import Noun, Stage, word

from .referral_list import MOVES, pupil_of, whose_turn

NOT_STARTED, IN_PROGRESS, COMPLETED, MORE = "Not yet started", "In progress", "Completed", "More information needed"
TONES = {NOT_STARTED: "info", IN_PROGRESS: "info", MORE: "warning"}


@dataclass(frozen=True)
class TaskLine:
    key: str
    title: str
    hint: str
    status: str
    asked: str = ""  # what the council wrote when it returned the referral
    problem: str = ""

    @property
    def tone(self) -> str:
        return TONES.get(self.status, "")


@dataclass
class Page:
    """Built by `page()`: two queries for the events and the case, the rest from the referral itself."""

    referral: Referral
    actor: Actor
    moves: list[Event]
    last: Event | None
    edited_since_return: set[str]
    case: Case | None = None
    today: datetime.date = field(default_factory=timezone.localdate)

    @property
    def pupil(self) -> str:
        return pupil_of(self.referral)

    @property
    def editable(self) -> bool:
        return self.referral.stage in (Stage.DRAFT, Stage.RETURNED)

    @property
    def returned(self) -> bool:
        return self.referral.stage == Stage.RETURNED

    @property
    def stage(self) -> Any:
        """`.staff` (the words) and `.tone`."""
        return word(Noun.REFERRAL, self.referral.stage)

    # --- whose turn ---

    @property
    def waiting_on(self) -> str:
        return whose_turn(self.referral)

    @property
    def since(self) -> datetime.date:
        return timezone.localtime(self.moves[-1].at if self.moves else self.referral.created_at).date()

    @property
    def days(self) -> int:
        """School days since it became their turn."""
        return county.calendar().elapsed(self.since, self.today)

    # --- the tasks ---

    @cached_property
    def missing(self) -> dict[str, str]:
        return questions.missing(self.referral.answers)

    @cached_property
    def tasks(self) -> list[TaskLine]:
        return [self._line(key, task) for key, task in questions.TASKS.items()]

    def _line(self, key: str, task: questions.Task) -> TaskLine:
        asked = self.referral.return_items.get(key, "") if self.returned else ""
        if asked and key not in self.edited_since_return:
            status = MORE
        elif key not in self.missing:
            status = COMPLETED
        else:
            status = IN_PROGRESS if self.referral.answers.get(key) else NOT_STARTED
        problem = self.missing.get(key, "").partition(": ")[2] if status == IN_PROGRESS else ""
        return TaskLine(key, task.title, task.hint, status, asked, problem)

    @property
    def groups(self) -> list[tuple[str, list[TaskLine]]]:
        found: dict[str, list[TaskLine]] = {}
        for line in self.tasks:
            found.setdefault(questions.TASKS[line.key].group, []).append(line)
        return list(found.items())

    @property
    def done(self) -> int:
        return sum(line.status == COMPLETED for line in self.tasks)

    @property
    def ready(self) -> bool:
        return not self.missing

    @property
    def unanswered(self) -> list[TaskLine]:
        """What the council asked for and nobody has touched since."""
        return [line for line in self.tasks if line.status == MORE]

    def next_task(self, key: str) -> str:
        """The first task after `key` that is not complete, or ""."""
        keys = [line.key for line in self.tasks]
        place = keys.index(key) + 1
        waiting = {line.key for line in self.tasks if line.status != COMPLETED}
        return next((k for k in [*keys[place:], *keys[:place]] if k in waiting), "")

    @cached_property
    def strength(self) -> Strength:
        return strength(self.referral.answers, self.today)

    # --- what it says ---

    @property
    def sections(self) -> list[questions.Section]:
        standing = protection.of_case(self.referral.case) if self.referral.case else protection.NOTHING
        return questions.summary(standing.hide_in(self.referral.answers))

    @cached_property
    def picture(self) -> Picture | None:
        attendance = self.referral.answers.get("attendance") or {}
        return picture_of(attendance.get("marks", ""), source=f"Register of {self.referral.school.name}")

    # --- what the council said ---

    @property
    def decision(self) -> Event | None:
        """The newest acceptance, refusal or return."""
        kinds = {Kind.ACCEPTED, Kind.DECLINED, Kind.RETURNED}
        return next((event for event in reversed(self.moves) if event.kind in kinds), None)


def page(actor: Actor, referral: Referral) -> Page:
    """Needs school, started_by and case loaded."""
    told = referral.events.filter(kind__in=[*MOVES, Kind.EDITED]).select_related("by", "by_agency").order_by("pk")
    events = list(told)
    back = max((event.pk for event in events if event.kind == Kind.RETURNED), default=0)
    case = policy.visible_to(actor, Case).filter(pk=referral.case_id).first() if referral.case_id else None
    return Page(
        referral,
        actor,
        [event for event in events if event.kind != Kind.EDITED],
        events[-1] if events else None,
        {event.data.get("task", "") for event in events if event.kind == Kind.EDITED and event.pk > back},
        case,
    )


def last_editor(referral: Referral, task: str) -> Event | None:
    """The newest change of one task: who, and when."""
    return referral.events.filter(kind=Kind.EDITED, data__task=task).select_related("by").order_by("-pk").first()
