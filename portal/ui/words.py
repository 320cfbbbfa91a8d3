"""How dates and counts are said: in full, in English, the same everywhere."""

from __future__ import annotations

import datetime

from django.utils import timezone


def long_date(day: datetime.date | datetime.datetime) -> str:
    """ "Wednesday 25 November 2026": no leading nought, no ordinal, no comma."""
    if isinstance(day, datetime.datetime):
        day = timezone.localtime(day).date() if timezone.is_aware(day) else day.date()
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def lower_first(words: str) -> str:
    """A label inside a sentence: "Date of birth" → "date of birth"; "UPN" and "I am…" keep their capitals."""
    first, _, _ = words.partition(" ")
    keep = first == "I" or first[1:] != first[1:].lower()
    return words if keep else words[:1].lower() + words[1:]


def upper_first(words: str) -> str:
    return words[:1].upper() + words[1:]


def listed(words: list[str], last: str = "and") -> str:
    """["day", "month"] → "day and month"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
