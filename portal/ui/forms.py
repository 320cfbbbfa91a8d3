"""Forms: GOV.UK anatomy and wordings, our own skin, Django's own machinery.

    class Name(Form):
        child_first_name = TextField(label="First name", noun="the child’s first name", max_length=80)
        child_dob = DatePartsField(label="When were they born?", noun="date of birth", when="past", birthday=True)

Every field takes, besides Django's own arguments:

- `help_text`: the hint, said with the control;
- `noun`: what the answer is called inside an error ("Date of birth must include a month"); the label if not given;
- `heading`: True where the label is the page's h1 (one question a page).

What was typed is kept on error, whatever it was.
"""

from __future__ import annotations

import calendar
import datetime
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import TemplatesSetting
from django.utils import timezone

from .words import listed, long_date, lower_first, upper_first

# Below this a field's box is as wide as what belongs in it (characters), as GOV.UK's fixed width inputs.
WIDTHS = (2, 3, 4, 5, 10, 20, 30)


class Renderer(TemplatesSetting):
    """The project's templates; also used for forms that are not ours, such as those of sign-in."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class BoundField(DjangoBoundField):
    """A field of a form on a page. Knows which control an error's link should lead to."""

    @property
    def first_control_id(self) -> str:
        return f"{self.auto_id}_0" if self.use_fieldset else self.id_for_label

    @property
    def heading(self) -> bool:
        return getattr(self.field, "heading", False)

    @property
    def optional(self) -> bool:
        return getattr(self.field, "optional", False)


class Form(forms.Form):
    """The base of every form of the product."""

    default_renderer = Renderer
    bound_field_class = BoundField
    use_required_attribute = False  # the server says what is missing, in its own words
    error_css_class = "field--error"


class SentOnce(forms.Form):
    """Mixin: a hidden `submission_key`, minted when the form is first shown and kept when it is shown again.

    A form that is sent twice brings the same key twice; `cleaned_data["submission_key"]` is a UUID.
    """

    submission_key = forms.CharField(required=False, widget=forms.HiddenInput, initial=lambda: str(uuid.uuid4()))

    def clean_submission_key(self) -> uuid.UUID:
        try:
            return uuid.UUID(self.cleaned_data["submission_key"])
        except ValueError:
            return uuid.uuid4()


# --- what is typed ---------------------------------------------------------------------------------------------------

# Everything Unicode calls a control except tab and line feed, the marks that turn the direction of text around, and
# halves of surrogate pairs, which are no characters and no database keeps.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_SPACE = re.compile(r"\s+")


def one_line(value: Any) -> str:
    """Pasted text as one line: line ends and tabs become spaces, control characters go."""
    return _SPACE.sub(" ", _CONTROL.sub("", _line_ends(value))).strip()


def many_lines(value: Any) -> str:
    """Pasted text with its lines: every kind of line end counts as one character, control characters go."""
    return _CONTROL.sub("", _line_ends(value)).strip()


def _line_ends(value: Any) -> str:
    return str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")


class Worded(forms.Field):
    """What every field adds: the noun of its messages, the heading, and GOV.UK's default wordings."""

    verb = "Enter"

    def __init__(
        self, *args: Any, noun: str = "", heading: bool = False, optional: bool = False, **kwargs: Any
    ) -> None:
        self.heading = heading
        self.optional = optional  # prints "(optional)" after the label; pass required=False beside it
        self.noun = noun or lower_first(str(kwargs.get("label") or "an answer").rstrip("?"))
        kwargs["error_messages"] = {**self.wordings(), **(kwargs.get("error_messages") or {})}
        if optional:
            kwargs["required"] = False
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @property
    def Noun(self) -> str:  # noqa: N802  "Date of birth", at the start of a sentence
        return upper_first(self.noun)

    def wordings(self) -> dict[str, str]:
        return {"required": f"{self.verb} {self.noun}"}


def _or(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return {**defaults, **given}


class TextField(Worded, forms.CharField):
    """One line. `width` is a number of characters (2, 3, 4, 5, 10, 20, 30) or "full"."""

    inputmode = ""
    input_type = "text"

    def __init__(
        self,
        *,
        max_length: int = 200,
        width: int | str = "full",
        autocomplete: str = "",
        spellcheck: bool = True,
        **kw: Any,
    ) -> None:
        self.width, self.autocomplete, self.spellcheck = width, autocomplete, spellcheck
        super().__init__(max_length=max_length, **kw)

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {"max_length": f"{self.Noun} must be %(limit_value)s characters or fewer"}

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else one_line(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: silently cutting off what somebody pastes loses their words; the error says what to do.
        attrs: dict[str, Any] = {"class": f"input input--{self.width}"}
        if self.autocomplete:
            attrs["autocomplete"] = self.autocomplete
        if self.inputmode:
            attrs["inputmode"] = self.inputmode
        if not self.spellcheck:
            attrs |= {"spellcheck": "false", "autocapitalize": "off"}
        if isinstance(widget, forms.TextInput):
            widget.input_type = self.input_type
        return attrs


class EmailField(TextField):
    input_type = "email"

    def __init__(self, **kw: Any) -> None:
        super().__init__(**_or({"max_length": 254, "autocomplete": "email", "spellcheck": False, "width": 30}, kw))
        self.validators.append(EmailValidator(message=self.error_messages["invalid"]))

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {
            "invalid": "Enter an email address in the correct format, like name@example.com",
        }


class PhoneField(TextField):
    """A phone number as people write it: spaces, brackets, dashes, a leading + and "ext 12" are all kept."""

    input_type = "tel"

    def __init__(self, **kw: Any) -> None:
        super().__init__(**_or({"max_length": 40, "autocomplete": "tel", "width": 20}, kw))

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {
            "invalid": "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192",
        }

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        number, *_ = re.split(r"(?i)\s*(?:ext\.?|extension|x)\s*(?=\d)", value)
        digits = re.sub(r"[\s().\-\u2010-\u2015/]", "", number)
        if not re.fullmatch(r"\+?[0-9]{10,15}", digits):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class NumberField(TextField):
    """A whole number from `lowest` to `highest`. A text box with a numeric keypad, as GOV.UK asks; cleans to an int."""

    inputmode = "numeric"

    def __init__(self, *, lowest: int | None = None, highest: int | None = None, **kw: Any) -> None:
        self.lowest, self.highest = lowest, highest
        super().__init__(**_or({"max_length": 20, "width": 4, "spellcheck": False}, kw))

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {
            "invalid": f"{self.Noun} must be a whole number",
            "min_value": f"{self.Noun} must be %(limit)s or more",
            "max_value": f"{self.Noun} must be %(limit)s or fewer",
        }

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]+", text := text.replace(",", "")):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number = int(text)
        for code, limit, broken in (
            ("min_value", self.lowest, self.lowest is not None and number < self.lowest),
            ("max_value", self.highest, self.highest is not None and number > self.highest),
        ):
            if broken:
                raise ValidationError(self.error_messages[code], code=code, params={"limit": limit})
        return number


class LongText(forms.Textarea):
    template_name = "forms/widgets/long_text.html"
    limit: int | None = None

    def get_context(self, name, value, attrs) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["limit"] = self.limit
        if self.limit and (id_ := widget["attrs"].get("id")):
            described = (widget["attrs"].get("aria-describedby", ""), f"{id_}_limit")
            widget["attrs"]["aria-describedby"] = " ".join(filter(None, described))
        return context


class LongTextField(Worded, forms.CharField):
    """Several lines, with a character count that is said politely and checked on the server."""

    widget = LongText
    mono = False
    counted = True

    def __init__(self, *, max_length: int | None = 4_000, rows: int = 5, **kw: Any) -> None:
        self.rows = rows
        super().__init__(max_length=max_length, **kw)
        self.widget.limit = max_length if self.counted else None

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {"max_length": f"{self.Noun} must be %(limit_value)s characters or fewer"}

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else many_lines(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        face = " input--mono" if self.mono else ""
        return {"class": f"input input--textarea{face}", "rows": self.rows, "cols": False}


class MarksField(LongTextField):
    """Register marks as pasted: one box in the mono face, lines and backslashes kept, no spelling help.

    What the marks mean is for the register to read; the text is cleaned of control characters and nothing else.
    """

    mono = True
    counted = False

    def __init__(self, **kw: Any) -> None:
        super().__init__(**_or({"max_length": 20_000, "rows": 8}, kw))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}


# --- what is chosen --------------------------------------------------------------------------------------------------

Choice = tuple  # (value, label) or (value, label, hint)


def _pairs(choices: Iterable[Choice] | Callable[[], Iterable[Choice]]) -> list[tuple[str, str]]:
    return [(choice[0], choice[1]) for choice in (choices() if callable(choices) else choices)]


def _hints(choices: Iterable[Choice] | Callable[[], Iterable[Choice]]) -> dict[str, str]:
    return {str(c[0]): str(c[2]) for c in (choices() if callable(choices) else choices) if len(c) > 2 and c[2]}


class Hints(forms.widgets.ChoiceWidget):
    """A widget whose options may carry a hint each; the template puts "or" before the exclusive one."""

    hints: Callable[[], dict[str, str]] = dict
    hints_now: dict[str, str] = {}  # read once a rendering; none where a page goes through the options one by one
    exclusive = ""
    inline = False

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        if hint := self.hints_now.get(str(value)):
            option["hint"] = hint
            if option["attrs"].get("id"):
                option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        if self.exclusive and str(value) == self.exclusive:
            option["exclusive"] = True
            option["attrs"]["data-exclusive"] = True
        return option

    def get_context(self, name, value, attrs) -> dict[str, Any]:
        self.hints_now = self.hints()
        context = super().get_context(name, value, attrs)
        context["widget"]["inline"] = self.inline
        return context


class Radios(Hints, forms.RadioSelect):
    template_name = "forms/widgets/choices.html"


class Checkboxes(Hints, forms.CheckboxSelectMultiple):
    template_name = "forms/widgets/choices.html"


class Chosen(Worded):
    """Radios, checkboxes and selects: options may be three long, the third being the option's hint."""

    verb = "Select"

    def __init__(self, *, choices=(), exclusive: str = "", inline: bool = False, **kw: Any) -> None:
        self.exclusive = exclusive
        super().__init__(choices=lambda: _pairs(choices), **kw)
        if isinstance(self.widget, Hints):
            self.widget.hints = lambda: _hints(choices)
            self.widget.exclusive, self.widget.inline = exclusive, inline

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {"invalid_choice": f"{self.verb} {self.noun}"}


class RadiosField(Chosen, forms.ChoiceField):
    """One of a few. `inline=True` lays two short options side by side."""

    widget = Radios


class YesNoField(RadiosField):
    """Yes or no, nothing chosen beforehand. Cleans to True, False, or None where it may stay unanswered."""

    def __init__(self, *, yes: str = "Yes", no: str = "No", **kw: Any) -> None:
        super().__init__(**_or({"choices": [("yes", yes), ("no", no)], "inline": True}, kw))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)

    def clean(self, value: Any) -> bool | None:
        return {"yes": True, "no": False}.get(super().clean(self.prepare_value(value)))


class CheckboxesField(Chosen, forms.MultipleChoiceField):
    """Any of a few. `exclusive="none"` is the option that cannot be true beside another."""

    widget = Checkboxes

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {"invalid_list": f"{self.verb} {self.noun}"}

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        if self.exclusive and self.exclusive in chosen and len(chosen) > 1:
            label = next(option[1] for option in self.widget.choices if str(option[0]) == self.exclusive)
            raise ValidationError(
                self.error_messages.get("exclusive", f"Select {self.noun}, or select ‘{label}’"), code="exclusive"
            )
        return chosen


class SelectField(Chosen, forms.ChoiceField):
    """One of many. `blank` is the first option, which says that nothing is chosen yet."""

    def __init__(self, *, choices=(), blank: str = "Choose one", **kw: Any) -> None:
        def with_blank() -> list[tuple[str, str]]:
            return [("", blank), *_pairs(choices)] if blank else _pairs(choices)

        super().__init__(choices=with_blank, **kw)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"class": "input input--select"}


class TickField(Worded, forms.BooleanField):
    """One checkbox that stands alone, such as a statement to agree to. The label is beside the box."""

    verb = "Confirm that"


# --- dates -----------------------------------------------------------------------------------------------------------

PARTS = ("day", "month", "year")
_MONTHS = {
    name[:length].lower(): number
    for number, name in enumerate(calendar.month_name[1:], start=1)
    for length in {3, len(name)}
} | {"sept": 9}


class DateParts(forms.MultiWidget):
    """Three boxes. Names end in `_day`, `_month` and `_year`; `bad` names those that an error is about."""

    template_name = "forms/widgets/date_parts.html"
    use_fieldset = True
    bad: tuple[str, ...] = ()
    birthday = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: datetime.date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return f"{id_}_0" if id_ else id_

    def get_context(self, name, value, attrs) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, box in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            box["part"] = part
            box["label"] = part.capitalize()
            box["attrs"].pop("aria-invalid", None)
            box["attrs"] |= {"inputmode": "numeric", "spellcheck": "false"}
            box["attrs"]["class"] = f"input input--{4 if part == 'year' else 2}"
            if self.birthday:
                box["attrs"]["autocomplete"] = f"bday-{part}"
            if part in self.bad:
                box["attrs"]["class"] += " input--error"
                box["attrs"]["aria-invalid"] = "true"
        return context


class DateBoundField(BoundField):
    """Marks the boxes that are wrong, and sends the error's link to the first of them."""

    @property
    def bad_parts(self) -> tuple[str, ...]:
        errors = self.form.errors.as_data().get(self.name, ()) if self.form.is_bound else ()
        return next(((error.params or {}).get("parts", PARTS) for error in errors), ())

    @property
    def first_control_id(self) -> str:
        bad = self.bad_parts
        return f"{self.auto_id}_{PARTS.index(bad[0]) if bad else 0}"

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        self.field.widget.bad = self.bad_parts
        return super().as_widget(widget, attrs, only_initial)


class DatePartsField(Worded, forms.Field):
    """A day somebody knows, in three boxes; months may be words. Cleans to a date, or None where not required.

    `when` is "past", "past_or_today", "future" or "future_or_today"; `earliest` and `latest` are dates (inclusive) or
    functions that give one. Errors are GOV.UK's, in its order: nothing, incomplete, not real, then out of bounds.
    """

    widget = DateParts

    def __init__(
        self,
        *,
        when: str = "",
        earliest: datetime.date | Callable[[], datetime.date] | None = None,
        latest: datetime.date | Callable[[], datetime.date] | None = None,
        birthday: bool = False,
        **kw: Any,
    ) -> None:
        if when not in ("", "past", "past_or_today", "future", "future_or_today"):
            raise ValueError(f"A date cannot be {when!r}.")
        self.when, self.earliest, self.latest = when, earliest, latest
        super().__init__(**kw)
        self.widget.birthday = birthday

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> DateBoundField:
        return DateBoundField(form, self, field_name)

    def wordings(self) -> dict[str, str]:
        return super().wordings() | {
            "incomplete": f"{self.Noun} must include a %(missing)s",
            "year": "Year must include 4 numbers",
            "real": f"{self.Noun} must be a real date",
            "past": f"{self.Noun} must be in the past",
            "past_or_today": f"{self.Noun} must be today or in the past",
            "future": f"{self.Noun} must be in the future",
            "future_or_today": f"{self.Noun} must be today or in the future",
            "earliest": f"{self.Noun} must be the same as or after %(day)s",
            "latest": f"{self.Noun} must be the same as or before %(day)s",
        }

    def clean(self, value: Any) -> datetime.date | None:
        if isinstance(value, datetime.date):
            value = (value.day, value.month, value.year)
        typed = [one_line(part or "") for part in (value or ("", "", ""))]
        if not any(typed):
            if self.required:
                raise self._error("required", PARTS)
            return None
        missing = tuple(part for part, text in zip(PARTS, typed, strict=True) if not text)
        if missing:
            raise self._error("incomplete", missing, missing=listed(list(missing)))
        day = self._real(*typed)
        self._check_bounds(day)
        self.run_validators(day)
        return day

    def _real(self, day: str, month: str, year: str) -> datetime.date:
        if not re.fullmatch(r"[0-9]+", year):
            raise self._error("real", ("year",))
        if len(year) != 4:
            raise self._error("year", ("year",))
        number = _MONTHS.get(month.lower()) or (int(month) if re.fullmatch(r"[0-9]{1,2}", month) else 0)
        wrong = tuple(
            part
            for part, ok in (
                ("day", bool(re.fullmatch(r"[0-9]{1,2}", day)) and 1 <= int(day) <= 31),
                ("month", 1 <= number <= 12),
                ("year", int(year) >= 1),
            )
            if not ok
        )
        if wrong:
            raise self._error("real", wrong)
        try:
            return datetime.date(int(year), number, int(day))
        except ValueError:
            raise self._error("real", PARTS) from None

    def _check_bounds(self, day: datetime.date) -> None:
        today = timezone.localdate()
        holds = {
            "": True,
            "past": day < today,
            "past_or_today": day <= today,
            "future": day > today,
            "future_or_today": day >= today,
        }[self.when]
        if not holds:
            raise self._error(self.when, PARTS)
        earliest = self.earliest() if callable(self.earliest) else self.earliest
        latest = self.latest() if callable(self.latest) else self.latest
        if earliest and day < earliest:
            raise self._error("earliest", PARTS, day=_short(earliest))
        if latest and day > latest:
            raise self._error("latest", PARTS, day=_short(latest))

    def _error(self, code: str, parts: tuple[str, ...], **params: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"parts": parts, **params})


def _short(day: datetime.date) -> str:
    """ "25 November 2026", the way a date stands in an error."""
    return long_date(day).partition(" ")[2]
