"""Who is asking, and what follows from it: the conditions under which a question is asked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

Answers = dict[str, Any]

PARENT, YOUNG_PERSON, WORKS_WITH_CHILD = "parent", "young_person", "works_with_child"
NO_PLACE, AT_HOME, NOT_KNOWN = "none", "home", "unknown"


def is_parent(answers: Answers) -> bool:
    return answers.get("raiser_type") == PARENT


def is_young_person(answers: Answers) -> bool:
    return answers.get("raiser_type") == YOUNG_PERSON


def is_third_party(answers: Answers) -> bool:
    return bool(answers.get("raiser_type")) and not is_parent(answers) and not is_young_person(answers)


def works_with_child(answers: Answers) -> bool:
    return answers.get("raiser_type") == WORKS_WITH_CHILD


def is_anonymous(answers: Answers) -> bool:
    return is_third_party(answers) and bool(answers.get("anonymous"))


def has_school(answers: Answers) -> bool:
    return answers.get("school_id") not in {NO_PLACE, AT_HOME}


def age(answers: Answers) -> int | None:
    """The child's age today in whole years; None while we have no date of birth."""
    if not answers.get("child_dob"):
        return None
    born, today = datetime.date.fromisoformat(answers["child_dob"]), timezone.localdate()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_outside_school_age(answers: Answers) -> bool:
    years = age(answers)
    return years is not None and not 4 <= years <= 19


def chose(channel: str) -> Callable[[Answers], bool]:
    return lambda answers: can_be_contacted(answers) and channel in answers.get("contact_channels", [])


def can_be_contacted(answers: Answers) -> bool:
    return not is_anonymous(answers)


def has_a_channel_to_ask_about(answers: Answers) -> bool:
    return can_be_contacted(answers) and bool(
        {"phone", "text", "email", "letter"} & set(answers.get("contact_channels", []))
    )
