"""What a duty officer fills in to decide: one form a decision, on one page, sent by one button.

Field names are those of the actions, so that what an action says about a field is shown beside it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from portal.accounts.models import Agency, User
from portal.register.calendar import day_month_year
from portal.ui.forms import (
    CheckboxesField,
    DatePartsField,
    Form,
    LongTextField,
    RadiosField,
    SelectField,
    TextField,
)
from portal.ui.words import long_date
from referrals.actions.concern.contact import OUTCOMES
from referrals.actions.concern.decline import REASONS as CONCERN_REASONS
from referrals.actions.referral.decline import REASONS as REFERRAL_REASONS
from referrals.queries.matches import Known
from referrals.questions.referral import TASKS
from referrals.web.shares import SharesForm
from referrals.workflow import Noun, Verb

NEW_CHILD = "new"
MOST_INVITATIONS = 6
TELLS_SCHOOL = "This child’s case came from a concern. The person asked us not to tell the school."

DECISIONS = {
    (Noun.CONCERN, Verb.ACCEPT): ("Accept", "Work on it as a case, or add it to the child’s open case"),
    (Noun.CONCERN, Verb.CONTACT): ("Record a contact", "You talked, or tried to talk, to the person"),
    (Noun.CONCERN, Verb.DECLINE): ("Close it, with advice", "Say what would help instead"),
    (Noun.REFERRAL, Verb.ACCEPT): ("Accept", "Open a case, or add to the child’s open case"),
    (Noun.REFERRAL, Verb.RETURN): ("Return for information", "The school adds what is missing; the clock pauses"),
    (Noun.REFERRAL, Verb.DECLINE): ("Decline", "Say what would help now, and when to come back"),
}

# What is most often missing, task by task: ready to send, and to be put more exactly.
TEMPLATES = {
    "pupil": "Please check the name, date of birth and UPN.",
    "carers": "Please tell us how it is safe to reach each parent or carer.",
    "attendance": "Please paste the marks again, up to the end of last week.",
    "barriers": "Please give an example of what you have seen, and when.",
    "support": "Please tell us what you have tried, when, and what difference it made.",
    "voices": "Please tell us what the child says, in their own words if you can.",
    "risk": "Please tell us when the child was last seen and by whom.",
    "asking": "Please tell us what the school will keep doing.",
}


def decision_form(noun: Noun, verbs: Iterable[Verb], data: Any = None) -> Form:
    """The radios: only what this person may do now."""
    choices = [(verb.value, *words) for (of, verb), words in DECISIONS.items() if of is noun and verb in set(verbs)]

    class Decision(Form):
        decision = RadiosField(
            label="What will you do?",
            choices=choices,
            error_messages={"required": "Select what you will do", "invalid_choice": "Select what you will do"},
        )

    return Decision(data)


class Accept(Form):
    prefix = "accept"
    child = RadiosField(
        label="Which child is this about?",
        error_messages={"required": "Select which child this is", "invalid_choice": "Select which child this is"},
    )
    lead = SelectField(
        label="Who will lead",
        blank="Choose an officer",
        error_messages={"required": "Select who will lead", "invalid_choice": "Select who will lead"},
    )
    aim = TextField(
        label="Aim of this work",
        help_text="One sentence the family would agree with",
        max_length=200,
        noun="the aim of this work",
        error_messages={"max_length": "The aim must be 200 characters or fewer"},
    )
    first_contact_by = DatePartsField(
        label="First contact with the family by", noun="date of first contact", when="future_or_today", required=False
    )
    first_contact_reason = TextField(
        label="Reason for a later first contact", max_length=200, width="full", optional=True, required=False
    )
    note = LongTextField(label="Message to the school", noun="your message", max_length=500, rows=4, optional=True)

    def __init__(
        self,
        data: Any = None,
        *,
        noun: Noun,
        officers: list[tuple[User, int]],
        known: list[Known],
        first_contact_by: datetime.date,
        **kwargs: Any,
    ) -> None:
        """`known`: the children it may be about; where there are none, it is about a child we do not know yet."""
        kwargs["initial"] = {"first_contact_by": first_contact_by} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.known = {str(k.child.pk): k for k in known}
        self.fields["lead"].choices = [
            ("", "Choose an officer"),
            *[(str(user.pk), f"{user.name}: {_cases(led)}") for user, led in officers],
        ]
        self.fields["first_contact_by"].help_text = f"Our promise: by {long_date(first_contact_by)}"
        if not known:
            del self.fields["child"]
        else:
            self.fields["child"].choices = [
                *[(pk, _known(k)) for pk, k in self.known.items()],
                (NEW_CHILD, "A child we do not know yet"),
            ]
            hints = {pk: _known_hint(k, noun) for pk, k in self.known.items()}
            self.fields["child"].widget.hints = lambda: hints
        # Said above the choice too, because a hint is easily passed over.
        tells = noun is Noun.REFERRAL and any(k.is_open and k.is_protected and not k.has_school for k in known)
        self.warning = TELLS_SCHOOL if tells else ""
        if noun is Noun.CONCERN:
            del self.fields["note"]

    def full_clean(self) -> None:
        if self.is_bound and "child" in self.fields:
            chosen = self.known.get(self.data.get(self.add_prefix("child"), ""))
            if chosen and chosen.is_open:
                self._need_not_lead()
        super().full_clean()

    def _need_not_lead(self) -> None:
        """The open case has its lead and its aim already."""
        self.fields["lead"].required = self.fields["aim"].required = False


class Invite(SharesForm):
    """One row: empty, or an agency with a purpose."""

    field_order = ("agency", "purpose", "until", "reads", "sections")

    agency = SelectField(
        label="Agency", blank="Nobody", required=False, error_messages={"invalid_choice": "Select an agency"}
    )
    purpose = TextField(label="What for", noun="what you are asking them for", max_length=200, required=False)
    until = DatePartsField(
        label="Until",
        help_text="Leave empty for as long as the case is open",
        noun="the end date",
        when="future_or_today",
        required=False,
        error_messages={"future_or_today": "The end date must be today or in the future"},
    )

    def __init__(self, data: Any = None, *, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.by_id = {str(agency.pk): agency for agency in agencies}
        kinds: dict[str, list[tuple[str, str]]] = {}
        for agency in agencies:
            kinds.setdefault(agency.get_kind_display(), []).append((str(agency.pk), agency.name))
        self.fields["agency"].choices = [("", "Nobody"), *kinds.items()]

    def clean(self) -> dict[str, Any]:
        super().clean()
        chosen = self.by_id.get(self.cleaned_data.get("agency") or "")
        if chosen and "purpose" not in self.errors and not self.cleaned_data.get("purpose"):
            self.add_error("purpose", f"Tell {chosen} why they are being asked to join")
        if not chosen and "agency" not in self.errors and self.cleaned_data.get("purpose"):
            self.add_error("agency", "Select who to invite")
        return self.cleaned_data


class Return(Form):
    """A checkbox a task, and beside each the sentence the school will read."""

    prefix = "return"
    items = CheckboxesField(
        label="What is missing?",
        choices=[(key, task.title) for key, task in TASKS.items()],
        error_messages={"required": "Select what is missing"},
    )
    return_by = DatePartsField(
        label="Send it back by",
        noun="the date",
        when="future_or_today",
        required=False,
    )
    note = LongTextField(
        label="Anything else the school should know", noun="your message", max_length=500, rows=3, optional=True
    )

    def __init__(self, data: Any = None, *, return_by: datetime.date, **kwargs: Any) -> None:
        kwargs["initial"] = {"return_by": return_by} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        for key, task in TASKS.items():
            self.fields[f"need_{key}"] = TextField(
                label=f"What you need for ‘{task.title}’",
                noun=f"what you need for ‘{task.title}’",
                max_length=300,
                required=False,
                initial=TEMPLATES.get(key, ""),
            )

    def clean(self) -> dict[str, Any]:
        for key in self.cleaned_data.get("items") or ():
            name = f"need_{key}"
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, "Tell the school what you need for each item")
        return self.cleaned_data

    @property
    def needs(self) -> dict[str, str]:
        """{task: sentence} of what was ticked."""
        return {key: self.cleaned_data[f"need_{key}"] for key in self.cleaned_data["items"]}

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """(checkbox, its sentence's field) a task, for the page."""
        boxes = list(self["items"])
        return [(box, self[f"need_{key}"]) for box, key in zip(boxes, TASKS, strict=True)]


class Decline(Form):
    prefix = "decline"
    reason = RadiosField(label="Why?")
    advice = LongTextField(noun="the advice", max_length=500, rows=5)

    def __init__(self, data: Any = None, *, noun: Noun, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        of_concern = noun is Noun.CONCERN
        reason = "Select why you are closing this concern" if of_concern else "Select why you are declining"
        advice = "Tell the family what would help now" if of_concern else "Tell the school what to do next"
        self.fields["reason"].choices = list((CONCERN_REASONS if of_concern else REFERRAL_REASONS).items())
        self.fields["reason"].error_messages |= {"required": reason, "invalid_choice": reason}
        self.fields["advice"].label = (
            "What would help now" if of_concern else "What would help now, and when to come back"
        )
        self.fields["advice"].error_messages |= {
            "required": advice,
            "max_length": "Advice must be 500 characters or fewer",
        }


class Contact(Form):
    prefix = "contact"
    outcome = RadiosField(
        label="What happened?",
        choices=list(OUTCOMES.items()),
        error_messages={
            "required": "Select what happened when you made contact",
            "invalid_choice": "Select what happened when you made contact",
        },
    )
    outcome_note = LongTextField(label="What was said", noun="what was said", max_length=500, rows=4, optional=True)


def unchecked(form_class: type[Form], data: Any, **kwargs: Any) -> Form:
    """A form that keeps what was typed and judges nothing: for the decisions that were not chosen."""
    blank = form_class(**kwargs)
    typed: dict[str, Any] = {}
    for name, field in blank.fields.items():
        at = blank.add_prefix(name)
        if any(key == at or key.startswith(f"{at}_") for key in data):
            typed[name] = field.widget.value_from_datadict(data, {}, at)
    given = kwargs.pop("initial", None) or {}
    return form_class(**kwargs, initial=given | typed)


def errors_of(found: Iterable[forms.Form]) -> list[dict[str, str]]:
    """`[{"text", "href"}]` over several forms, for one error summary."""
    return [
        {"text": str(text), "href": f"#{form[name].first_control_id}" if name in form.fields else ""}
        for form in found
        if form.is_bound
        for name, texts in form.errors.items()
        for text in texts
    ]


def _cases(led: int) -> str:
    return "no open cases" if led == 0 else f"{led} open case{'s' * (led != 1)}"


def _known(known: Known) -> str:
    born = f", born {day_month_year(known.child.date_of_birth)}" if known.child.date_of_birth else ""
    return f"{known.child}{born}"


def _known_hint(known: Known, noun: Noun) -> str:
    if not known.is_open:
        return f"{known.why}. Case {known.case.reference}, closed: a new case will open"
    said = [known.why, f"Case {known.case.reference} is open: this will be added to it"]
    if noun is Noun.REFERRAL and not known.has_school:
        said.append("The school will be invited to the open case")
        if known.is_protected:
            said.append(TELLS_SCHOOL.rstrip("."))
    return f"{'. '.join(said)}."
