"""How to reach the person, and whether that is safe."""

from __future__ import annotations

from typing import Any

from portal.ui.forms import (
    CheckboxesField,
    EmailField,
    LongTextField,
    PhoneField,
    RadiosField,
    TextField,
)

from ._question import YES_NO, Question, says
from .who import (
    Answers,
    has_school,
    is_young_person,
)


class Channels(Question):
    title = "How should we contact you?"
    heading = "contact_channels"
    contact_channels = CheckboxesField(
        help_text="We will only use the ways you choose",
        exclusive="none",
        choices=[
            ("phone", "Phone call"),
            ("text", "Text message"),
            ("email", "Email"),
            ("letter", "Letter"),
            ("school", "Through the school"),
            ("none", "Do not contact me"),
        ],
        error_messages=says("Select how we should contact you")
        | {"exclusive": "Select how we should contact you, or select ‘Do not contact me’"},
    )

    def adapt(self) -> None:
        if not has_school(self.answers):
            field = self.fields["contact_channels"]
            field.choices = [choice for choice in field.choices if choice[0] != "school"]


_PHONE = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"


class Phone(Question):
    title = "What number should we call?"
    heading = "phone"
    phone = PhoneField(noun="phone number", error_messages={"required": _PHONE})
    short = {"phone": "Phone number"}


class Mobile(Question):
    title = "What number should we text?"
    heading = "mobile"
    mobile = PhoneField(noun="phone number", help_text="A mobile number", error_messages={"required": _PHONE})
    short = {"mobile": "Number for texts"}

    def __init__(self, data: Any = None, *, answers: Answers, **kwargs: Any) -> None:
        # A mobile number for calls is offered for texts, so that nobody types it twice.
        number = answers.get("phone", "")
        offered = number if number.replace(" ", "").startswith(("07", "+447")) else ""
        kwargs["initial"] = {"mobile": offered} | (kwargs.get("initial") or {})
        super().__init__(data, answers=answers, **kwargs)


class Email(Question):
    title = "What is your email address?"
    heading = "email"
    email = EmailField(
        noun="email address",
        error_messages={"required": "Enter an email address in the correct format, like name@example.com"},
    )
    short = {"email": "Email address"}


class Address(Question):
    title = "What address should we write to?"
    heading = "address"
    address = LongTextField(
        noun="your address",
        help_text="Include the postcode",
        max_length=300,
        rows=4,
        error_messages={"required": "Enter the address we should write to"},
    )
    short = {"address": "Address"}


class SafeContact(Question):
    """Only about the channels that were chosen. A "no" blocks the channel in the workspace."""

    title = "Is it safe to contact you?"
    safe_to_call = RadiosField(
        label="Is it safe to call this number?",
        help_text="Our number may show as private",
        choices=YES_NO,
        inline=True,
        error_messages=says("Select whether it is safe to call this number"),
    )
    safe_to_voicemail = RadiosField(
        label="Is it safe to leave a voicemail?",
        choices=YES_NO,
        inline=True,
        error_messages=says("Select whether it is safe to leave a voicemail"),
    )
    accepts_withheld = RadiosField(
        label="Will you answer a call from a private number?",
        choices=[*YES_NO, ("not_sure", "Not sure")],
        inline=True,
        error_messages=says("Select whether you will answer a private number"),
    )
    who_may_answer = TextField(
        label="Who else may answer this phone?",
        noun="who else may answer",
        max_length=120,
        width=30,
        optional=True,
    )
    who_sees_phone = TextField(
        label="Who else sees your phone?", noun="who sees your phone", max_length=120, width=30, optional=True
    )
    safe_to_text = RadiosField(
        label="Is it safe to text you?",
        choices=[("yes", "Yes"), ("private", "Yes, but keep it private"), ("no", "No")],
        error_messages=says("Select whether it is safe to text you"),
    )
    safe_to_email = RadiosField(
        label="Is it safe to email you?",
        choices=YES_NO,
        inline=True,
        error_messages=says("Select whether it is safe to email you"),
    )
    safe_to_write = RadiosField(
        label="Is it safe to send you a letter?",
        choices=YES_NO,
        inline=True,
        error_messages=says("Select whether it is safe to send you a letter"),
    )
    best_times = CheckboxesField(
        label="When is best?",
        choices=[
            ("morning", "Mornings, after drop-off"),
            ("lunch", "Lunchtime"),
            ("after_three", "After 3pm"),
            ("evening", "Evenings, before 6pm"),
        ],
        optional=True,
        error_messages=says("Select when is best"),
    )
    code_word = TextField(
        label="A code word",
        help_text="Say this word so I know it is you",
        noun="code word",
        max_length=40,
        width=20,
        autocomplete="off",
        optional=True,
    )
    short = {
        "safe_to_call": "Safe to call",
        "safe_to_voicemail": "Safe to leave a voicemail",
        "accepts_withheld": "Answers a private number",
        "who_may_answer": "Who else may answer",
        "who_sees_phone": "Who else sees the phone",
        "safe_to_text": "Safe to text",
        "safe_to_email": "Safe to email",
        "safe_to_write": "Safe to send a letter",
        "best_times": "Best times",
        "code_word": "Code word",
    }
    ASKED_FOR = {
        "phone": ("safe_to_call", "safe_to_voicemail", "accepts_withheld", "who_may_answer"),
        "text": ("safe_to_text",),
        "email": ("safe_to_email",),
        "letter": ("safe_to_write",),
    }

    def adapt(self) -> None:
        channels = set(self.answers.get("contact_channels", []))
        for channel, names in self.ASKED_FOR.items():
            for name in names if channel not in channels else ():
                del self.fields[name]
        if not channels & {"phone", "text"} or not is_young_person(self.answers):
            del self.fields["who_sees_phone"]
        if "phone" not in channels:
            del self.fields["best_times"]
            del self.fields["code_word"]


class Support(Question):
    title = "Do you need any support to talk to us?"
    heading = "language_needed"
    language_needed = RadiosField(
        help_text="It is free",
        choices=[
            ("english", "No, English is fine"),
            ("interpreter", "I need an interpreter"),
            ("bsl", "British Sign Language (BSL)"),
            ("easy_read", "Easy Read or help reading"),
            ("large_print", "Large print"),
            ("other", "Something else"),
        ],
        error_messages=says("Select whether you need support to talk to us"),
    )
    language = TextField(label="Which language?", noun="the language you need", max_length=60, width=20, required=False)
    interpreter_gender_pref = RadiosField(
        label="Would you prefer a woman or a man to interpret?",
        choices=[("woman", "A woman"), ("man", "A man"), ("either", "Either")],
        optional=True,
        error_messages=says("Select who you would prefer"),
    )
    support_other = TextField(
        label="What support do you need?", noun="the support you need", max_length=200, required=False
    )
    reveals = {
        "language": ("language_needed", ("interpreter",)),
        "interpreter_gender_pref": ("language_needed", ("interpreter",)),
        "support_other": ("language_needed", ("other",)),
    }
    short = {"language": "Language", "interpreter_gender_pref": "Interpreter", "support_other": "Other support"}

    def clean(self) -> dict[str, Any]:
        needed = self.cleaned_data.get("language_needed")
        if needed == "interpreter":
            self.insist("language", "Enter the language you need")
        if needed == "other":
            self.insist("support_other", "Enter the support you need")
        return super().clean()
