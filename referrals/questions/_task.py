"""What every task of a referral is: a form on a page, and the judge of answers that came from anywhere else."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from portal.register.calendar import day_month_year
from portal.ui.forms import DatePartsField, Form, YesNoField


class TaskForm(Form):
    """`held` is what is stored for the task, `whole` all tasks' answers.

    A task that is a list names the key it is stored under (`items`) and the form of one item (`item_form`); its items
    are added and changed one by one, and the form itself has only the questions that are about all of them.
    Stored answers are JSON: dates in ISO form, yes and no as true and false, several choices as a list.
    """

    items: ClassVar[str] = ""
    item_form: ClassVar[type[TaskForm] | None] = None
    item_noun: ClassVar[str] = ""
    settled = False  # True for answers that were judged when they were saved: what was recent then may not be now

    def __init__(
        self,
        data: Any = None,
        *,
        held: dict[str, Any] | None = None,
        whole: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.held = dict(held) if isinstance(held, dict) else {}
        self.whole = whole or {}
        super().__init__(data, **kwargs)
        self.add_fields()
        self.initial = {**self.initial_of(self.held), **self.initial}

    def add_fields(self) -> None:
        """For a form whose questions depend on other answers."""

    # --- from what is stored to the form, and back ---

    def initial_of(self, held: dict[str, Any]) -> dict[str, Any]:
        """{field: value} of stored answers."""
        found = {name: held[name] for name in self.fields if name in held}
        for name, value in found.items():
            if isinstance(self.fields[name], DatePartsField):
                found[name] = _day(value)
        return found

    def answers(self) -> dict[str, Any]:
        """The cleaned answers as they are stored."""
        stored = {name: _stored(self.cleaned_data.get(name)) for name in self.fields}
        return {self.items: self.listed, **stored} if self.items else stored

    @property
    def listed(self) -> list[dict[str, Any]]:
        """The items of a task that is a list."""
        found = self.held.get(self.items) if self.items else None
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    @classmethod
    def judge(cls, answers: Any, whole: dict[str, Any] | None = None, *, settled: bool = False) -> TaskForm:
        """The form as if `answers` (stored, or from the API) had been typed into it."""
        form = cls({}, held=answers, whole=whole)
        form.settled = settled
        judged = [cls.item_form.judge(item) for item in form.listed]
        if cls.items:
            form.held[cls.items] = [j.answers() if j.is_valid() else j.held for j in judged]
        misshapen = []
        for name, value in form.initial_of(form.held).items():
            if _fits(form.fields[name], value):
                form.data.update(_typed(name, form.fields[name], value))
            else:
                misshapen.append(name)
        form.full_clean()
        for name in misshapen:
            form.errors.pop(name, None)
            form.add_error(name, SHAPES[isinstance(form.fields[name], forms.MultipleChoiceField)])
        for wrong in (j for j in judged if not j.is_valid()):
            form.add_error(None, wrong.first_error)
        return form

    @property
    def first_error(self) -> str:
        return next((str(text) for texts in self.errors.values() for text in texts), "")

    @property
    def sentences(self) -> dict[str, str]:
        """{field: sentence}; what is wrong with the whole is under the name of the list, or "answers"."""
        whole = self.items or "answers"
        return {whole if name == NON_FIELD_ERRORS else name: str(texts[0]) for name, texts in self.errors.items()}

    # --- for reading ---

    def rows(self) -> list[dict[str, Any]]:
        """`[{"key", "value"}]` of what is stored, for a summary list, without optional questions left open."""
        values = self.initial_of(self.held)
        rows = [
            {"key": str(field.label), "value": said(field, values.get(name))}
            for name, field in self.fields.items()
            if field.required or values.get(name) not in (None, "", [], False)
        ]
        return [*(self.item_row(item) for item in self.listed), *rows]

    @classmethod
    def item_row(cls, item: dict[str, Any]) -> dict[str, Any]:
        """`{"key", "lines"}` of one item of a list."""
        lines = [row["value"] for row in cls.item_form(held=item).rows()]
        return {"key": lines[0] if lines else "", "lines": lines[1:]}


def said(field: forms.Field, value: Any) -> str:
    """An answer in words."""
    if value in (None, "", []):
        return ""
    if isinstance(field, YesNoField) or isinstance(value, bool):
        return "Yes" if value in (True, "yes") else "No"
    if isinstance(value, datetime.date):
        return day_month_year(value)
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in field.choices}
        return "\n".join(labels.get(str(v), str(v)) for v in (value if isinstance(value, list) else [value]))
    return str(value)


SHAPES = {False: "Give one answer here, not a list or an object", True: "Give a list of answers here"}


def _fits(field: forms.Field, value: Any) -> bool:
    """Whether it has the shape of an answer to this question; what it says is for the field to judge."""
    if isinstance(value, list):
        return isinstance(field, forms.MultipleChoiceField) and not any(isinstance(v, list | dict) for v in value)
    return not isinstance(value, dict)


def _day(value: Any) -> Any:
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def _stored(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else value


def _typed(name: str, field: forms.Field, value: Any) -> dict[str, Any]:
    if isinstance(field, DatePartsField):
        if isinstance(value, datetime.date):
            return {f"{name}_day": str(value.day), f"{name}_month": str(value.month), f"{name}_year": str(value.year)}
        return {f"{name}_day": str(value or "")}
    if isinstance(field, YesNoField):
        return {name: field.prepare_value(value)}
    if isinstance(field, forms.BooleanField):
        return {name: "on"} if value is True else {}
    return {name: value if isinstance(value, list) else "" if value is None else str(value)}
