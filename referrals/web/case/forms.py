"""What is asked when something is done to a case. The actions judge again; these keep what was typed."""

from __future__ import annotations

from django.utils import timezone
from django.utils.functional import lazy

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, User
from portal.ui.forms import (
    CheckboxesField,
    DatePartsField,
    Form,
    LongTextField,
    MarksField,
    Radios,
    RadiosField,
    SelectField,
    SentOnce,
    TextField,
)
from referrals.actions._input import BadInput
from referrals.models import Note
from referrals.models.case import OUTCOMES
from referrals.models.note import Visibility
from referrals.queries.people import Audience
from referrals.web.shares import SharesForm


def blame(form: Form, wrong: BadInput) -> None:
    """Put an action's sentences beside the fields they are about; about no field of the form: at its top."""
    for field, sentence in wrong.errors.items():
        if not form.has_error(field):
            form.add_error(field if field in form.fields else None, sentence)


class WhoSees(Radios):
    """The levels of a note, each with its drawing."""

    template_name = "referrals/case/who_sees.html"


_when_shown = lazy(lambda words: words(), str)


class NoteForm(SentOnce, Form):
    """The composer. `audience` says beside each level who would read the note."""

    body = LongTextField(
        label="Your note",
        max_length=Note.MAX_LENGTH,
        rows=6,
        error_messages={
            "required": "Enter your note",
            "max_length": "Your note must be 4,000 characters or fewer",
        },
    )
    occurred_on = DatePartsField(
        label="Date of contact",
        noun="the date of contact",
        when="past_or_today",
        help_text="The day it happened, if that is not today.",
        initial=timezone.localdate,
        required=False,
    )

    def __init__(self, *args, audience: Audience, actor: Actor, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        hints = {
            Visibility.CASE: _when_shown(lambda: audience.everyone),
            Visibility.AGENCY: _when_shown(lambda: audience.of(actor.agency)),
            Visibility.NAMED: "You and the people you choose below. Nobody else on the case will know.",
        }
        levels = [(level.value, level.label, hints[level]) for level in Visibility]
        self.fields["visibility"] = RadiosField(
            label="Who can see this note?",
            initial=Visibility.CASE.value,
            choices=levels,
            widget=WhoSees,
            error_messages={
                "required": "Select who can see this note",
                "invalid_choice": "Select who can see this note",
            },
        )
        self.fields["people"] = CheckboxesField(
            label="People you choose",
            choices=lambda: audience.others(actor),
            required=False,
            error_messages={"invalid_choice": "Choose people who are on this case"},
        )
        self.order_fields(["body", "visibility", "people", "occurred_on", "submission_key"])

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("visibility") == Visibility.NAMED and not cleaned.get("people") and not self.has_error("people"):
            self.add_error("people", "Choose at least one person")
        return cleaned


class AgencyForm(SharesForm):
    """Whom to ask to join, why, until when, and what they read."""

    field_order = ("agency", "purpose", "until", "reads", "sections")

    agency = SelectField(
        label="Agency",
        noun="the agency",
        error_messages={"required": "Select the agency you want to invite"},
    )
    purpose = TextField(
        label="Why are they being asked to join?",
        help_text="They read this before they join, and it stays in the history. Do not name anybody.",
        max_length=200,
        error_messages={
            "required": "Tell them why they are being asked to join",
            "max_length": "The reason must be 200 characters or fewer",
        },
    )
    until = DatePartsField(
        label="Last day of their access",
        noun="the end date",
        help_text="Leave it empty if they take part until the case ends.",
        when="future_or_today",
        required=False,
        optional=True,
    )

    def __init__(self, *args, agencies: list[Agency], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(agency.pk): agency for agency in agencies}
        field = self.fields["agency"]
        field.choices = [("", "Choose one"), *((key, agency.name) for key, agency in self.agencies.items())]

    @property
    def agency_chosen(self) -> Agency:
        return self.agencies[self.cleaned_data["agency"]]


class ReasonForm(Form):
    """A sentence about why. `asks` is the question; `needed` the error where it must be answered."""

    reason = LongTextField(label="Why?", max_length=400, rows=4, required=False)

    def __init__(self, *args, asks: str, hint: str = "", needed: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text, field.optional = asks, hint, not needed
        field.error_messages["max_length"] = "The reason must be %(limit_value)s characters or fewer"
        if needed:
            field.required = True
            field.error_messages["required"] = needed


class LeadForm(Form):
    lead = RadiosField(label="Who will lead this case?", error_messages={"required": "Select who will lead"})

    def __init__(self, *args, people: list[User], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["lead"].choices = [(key, person.name) for key, person in self.people.items()]
        self.fields["lead"].error_messages["invalid_choice"] = "Select who will lead"

    @property
    def lead_chosen(self) -> User:
        return self.people[self.cleaned_data["lead"]]


class CloseForm(Form):
    outcome = RadiosField(
        label="What is the outcome?",
        choices=list(OUTCOMES.items()),
        error_messages={"required": "Select the outcome", "invalid_choice": "Select the outcome"},
    )
    what_helped = LongTextField(
        label="What helped?",
        help_text="Even a little. Everyone on the case can read this.",
        max_length=400,
        rows=4,
        error_messages={
            "required": "Tell us what helped, even a little",
            "max_length": "What helped must be 400 characters or fewer",
        },
    )


class MarksForm(Form):
    marks = MarksField(
        label="Marks from your register",
        help_text="Paste them with their dates: a row a session, or a row a week with the Monday’s date and ten marks.",
        max_length=None,
        rows=10,
        error_messages={"required": "Paste the marks from your register"},
    )
