"""Answers in words: for the check page and for whoever reads them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.ui.forms import (
    DatePartsField,
    TickField,
)
from portal.ui.words import long_date

from .steps import CARDS, Step, path
from .who import (
    Answers,
)


@dataclass(frozen=True)
class Said:
    """One answer in words. `lines` for several."""

    step: Step
    field: str
    key: str
    value: str
    lines: tuple[str, ...] = ()


def said(answers: Answers, *, cards: Iterable[str] = tuple(CARDS), empty: bool = False) -> list[Said]:
    """The answers of the path in words, in order; with `empty`, also the questions that were left out."""
    found = []
    for step in path(answers):
        if not step.form or step.card not in cards:
            continue
        form = step.bound(answers)
        for name, field in form.fields.items():
            if name in form.not_kept:
                continue
            lines = _lines(field, answers.get(name))
            key = form.short.get(name) or str(field.label)
            if lines or (empty and not hasattr(field, "reveal") and not isinstance(field, TickField)):
                found.append(Said(step, name, key, "\n".join(lines), tuple(lines) if len(lines) > 1 else ()))
    return found


def in_words(answers: Answers, name: str) -> str:
    """One answer in words; "" where there is none."""
    for step in path(answers):
        if step.form and name in step.form.base_fields:
            form = step.bound(answers)
            return ", ".join(_lines(form.fields[name], answers.get(name))) if name in form.fields else ""
    return ""


def _lines(field: Any, value: Any) -> list[str]:
    if value in (None, "", [], False):
        return []
    if isinstance(field, DatePartsField):
        return [long_date(datetime.date.fromisoformat(value)).partition(" ")[2]]
    if isinstance(field, TickField):
        return ["Yes"]
    if hasattr(field, "choices"):
        labels = {str(key): str(text) for key, text in field.choices}
        return [labels.get(str(v), str(v)) for v in (value if isinstance(value, list) else [value])]
    return [str(value)]
