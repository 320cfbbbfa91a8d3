"""The overview: understand a child's situation in three minutes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.register.picture import Picture
from portal.ui.charts import AttendanceTrend
from referrals import policy
from referrals.models import Case, Concern, Told
from referrals.questions.concern import is_young_person
from referrals.questions.referral.barriers import FAMILIES
from referrals.workflow import Stage, Verb

from . import attendance, people, timeline
from .case_list import SHARED_BY_THE_TEAM

RECENT = 3


@dataclass(frozen=True)
class Date:
    day: datetime.date
    what: str
    late: bool = False


@dataclass(frozen=True)
class Overview:
    """`voices`: (whose words, the words). `hoped`, `strengths`: as the school wrote them. `recent`: newest entries."""

    voices: list[tuple[str, str]]
    barriers: list[str]
    strengths: str
    hoped: str
    dates: list[Date]
    picture: Picture | None
    adults: list[people.Adult]
    recent: timeline.Page

    @property
    def trend(self) -> AttendanceTrend | None:
        return AttendanceTrend(self.picture, weeks=12) if self.picture and self.picture.ordered else None


def overview(actor: Actor, case: Case, allowed: Collection[Verb]) -> Overview:
    """What of it whoever may do `allowed` with the case reads; the same few queries however long the story."""
    told = _told(actor, case)
    answers = (told["referral_answers"] or {}) if Verb.VIEW_TOLD in allowed else {}
    picture = attendance.of_case(actor, case)[1] if Verb.VIEW_ATTENDANCE in allowed else None
    return Overview(
        voices=[*_from_referral(answers, case), *_from_concern(told["concern_answers"] or {})],
        barriers=[choice[1] for choice in FAMILIES if choice[0] in answers.get("barriers", {}).get("barriers", [])],
        strengths=answers.get("barriers", {}).get("strengths", ""),
        hoped=answers.get("asking", {}).get("hoped_outcome", ""),
        # That a day has been kept is told by a note, which is for whoever reads the story.
        dates=_dates(case, contacted=told["contacted"]) if Verb.VIEW_STORY in allowed else [],
        picture=picture,
        adults=people.adults(case, allowed),
        recent=timeline.page(actor, case, limit=RECENT, with_readers=False),
    )


def _told(actor: Actor, case: Case) -> Mapping[str, Any]:
    """What came with the case, in one query.

    An accepted referral is carried across to everyone on the case who is shown it, so that nobody asks again. What a
    family told the council stays with those who may read the concern: it may have asked that the school is not told.
    """
    told = Told.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk")
    concern = policy.visible_to(actor, Concern).filter(case=OuterRef("pk")).order_by("-decided_at")
    return (
        Case.objects.filter(pk=case.pk)
        .annotate(
            referral_answers=Subquery(told.values("answers")[:1]),
            concern_answers=Subquery(concern.values("answers")[:1]),
            contacted=Exists(SHARED_BY_THE_TEAM),
        )
        .values("referral_answers", "concern_answers", "contacted")
        .get()
    )


def _from_referral(answers: dict[str, Any], case: Case) -> list[tuple[str, str]]:
    voices = answers.get("voices", {})
    own = "\n".join(words for words in (voices.get("voice_words"), voices.get("voice_wants")) if words)
    parents = [
        (f"In the words of {parent['name']}", parent["view_words"])
        for parent in voices.get("parents", [])
        if parent.get("view_words")
    ]
    return [*([(f"In {case.child.called}’s words", own)] if own else []), *parents]


def _from_concern(answers: dict[str, Any]) -> list[tuple[str, str]]:
    words = answers.get("own_words", "")
    who = "In the child’s words" if is_young_person(answers) else "What the family told the council"
    return [(who, words)] if words else []


def _dates(case: Case, *, contacted: bool) -> list[Date]:
    if case.stage != Stage.OPEN or contacted or case.first_contact_by is None:
        return []
    return [Date(case.first_contact_by, "First contact with the family", case.first_contact_by < timezone.localdate())]
