"""Invented answers, the same for a seed: what a family says in a concern, what a school writes in a referral."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from random import Random
from typing import Any

from django.utils import timezone

from portal import county
from portal.demo import names
from portal.register.packed import pack
from portal.register.sample import believable_marks
from portal.register.sessions import Mark, Tier
from referrals.questions.attendance import picture_of_marks

MARKS_WEEKS = 18  # six school weeks are asked for, and the summer may lie between


def referral_answers(
    seed: int = 0,
    *,
    today: datetime.date | None = None,
    attendance_tenths: int = 780,
    pattern: str = "mondays",
    **pupil: Any,
) -> dict[str, Any]:
    """A complete referral, {task: answers}; `pupil` overrides answers of the pupil task."""
    rng = Random(f"referral {seed}")
    first, last = names.child(rng)
    born = names.born_in_year(rng, rng.randint(2, 10), today)
    carer = names.adult(rng, last)
    return {
        "pupil": {
            "first_name": first,
            "last_name": last,
            "known_as": "",
            "date_of_birth": born.isoformat(),
            "age_reason": "",
            "upn": names.upn(seed),
            "year_group": names.year_group(born, today),
            "sen_status": rng.choice(["none", "sen_support", "ehc_plan"]),
            "circumstances": ["none"],
            **pupil,
        },
        "carers": {
            "people": [
                {
                    "name": carer,
                    "relationship": "Mother",
                    "parental_responsibility": "yes",
                    "lives_with_child": True,
                    "phone": names.phone(rng),
                    "email": "",
                    "language": "",
                    "safe_contact": "no_concerns",
                    "safe_contact_detail": "",
                }
            ]
        },
        "attendance": attendance_answers(rng, today=today, attendance_tenths=attendance_tenths, pattern=pattern),
        "barriers": {
            "barriers": ["wellbeing", "school_environment"],
            "barrier_detail": "Worried about the corridors between lessons since the start of October.",
            "onset_event": "",
            "strengths": "Loves drawing, and looks after the class guinea pig.",
        },
        "support": {
            "tried": [
                {
                    "support_type": "first_day_call",
                    "started_on": _days_ago(today, 40),
                    "what_happened": "Mum said mornings are very hard.",
                    "difference": "no_change",
                },
                {
                    "support_type": "meeting",
                    "started_on": _days_ago(today, 28),
                    "what_happened": "Met at school and agreed a quiet start.",
                    "difference": "helped_a_bit",
                },
                {
                    "support_type": "adjusted_start",
                    "started_on": _days_ago(today, 26),
                    "what_happened": "Starts in the library at 9:15.",
                    "difference": "helped_a_bit",
                },
            ],
            "no_meeting_reason": "",
        },
        "voices": {
            "voice_method": "talked",
            "voice_words": "Mornings are the worst bit. It is too loud.",
            "voice_wants": "",
            "voice_reason": "",
            "parents": [
                {"name": carer, "view_words": "We need one person to ring, who knows us.", "not_reached": False}
            ],
        },
        "risk": {
            "family_told": "yes_all",
            "not_told_reason": "",
            "agreed_by": "",
            "risks": ["none"],
            "risk_detail": "",
            "last_seen": _days_ago(today, 2),
            "last_seen_by": "Form tutor",
        },
        "asking": {
            "asks": ["joint_plan"],
            "hoped_outcome": "Four full days a week by half-term.",
            "school_will_continue": "The quiet start, and a named adult each morning.",
            "lead_contact": "Attendance office, 8am to 4pm",
        },
    }


def attendance_answers(
    rng: Random,
    *,
    today: datetime.date | None = None,
    attendance_tenths: int = 780,
    pattern: str = "mondays",
    weeks: int = MARKS_WEEKS,
) -> dict[str, Any]:
    """Marks of the last `weeks` weeks, with attendance of about `attendance_tenths` tenths of a percent."""
    today = today or timezone.localdate()
    last_day = today - datetime.timedelta(days=1)
    marks = believable_marks(
        rng,
        county.calendar(),
        last_day - datetime.timedelta(weeks=weeks),
        last_day,
        attendance_tenths=attendance_tenths,
        pattern=pattern,
    )
    return {
        **of_marks(marks),
        "marks_short_reason": "",
        "part_time_timetable": False,
        "part_time_detail": "",
        "data_accurate": True,
    }


def of_marks(marks: Sequence[Mark]) -> dict[str, Any]:
    """{"marks", "first_day", "last_day", "severe"}, as questions.attendance stores them."""
    return {
        "marks": pack(marks),
        "first_day": marks[0].on.isoformat(),
        "last_day": marks[-1].on.isoformat(),
        "severe": picture_of_marks(marks).tier is Tier.SEVERE,
    }


def concern_answers(seed: int = 0, *, today: datetime.date | None = None, **over: Any) -> dict[str, Any]:
    """What a parent says, as the journey stores it; `over` overrides answers."""
    rng = Random(f"concern {seed}")
    first, last = names.child(rng)
    born = names.born_in_year(rng, rng.randint(2, 10), today)
    return {
        "raiser_type": "parent",
        "child_first_name": first,
        "child_last_name": last,
        "child_known_as": "",
        "child_dob": born.isoformat(),
        "child_year_group": "",
        "school_id": "unknown",
        "concern_reasons": [rng.choice(["worry", "bullying", "learning", "health", "home"])],
        "attendance_now": rng.choice(["odd_day", "weekly", "struggle"]),
        "told_school": "yes_not_helped",
        "own_words": rng.choice(
            [
                "She cries every morning and says her tummy aches.",
                "He has not slept well since we moved house.",
                "The work is too hard and nobody has told us what help there is.",
            ]
        ),
        "hoped_for": ["talk"],
        "send_status": "none",
        "support_now": ["none"],
        "raiser_name": names.adult(rng, last),
        "relationship": "parent_lives_with",
        "contact_channels": ["phone"],
        "phone": names.phone(rng),
        "safe_to_call": "yes",
        "safe_to_voicemail": "no",
        "accepts_withheld": "yes",
        "best_times": ["morning"],
        "language_needed": "english",
        "share_with_school": "yes",
        **over,
    }


def _days_ago(today: datetime.date | None, days: int) -> str:
    return ((today or timezone.localdate()) - datetime.timedelta(days=days)).isoformat()
