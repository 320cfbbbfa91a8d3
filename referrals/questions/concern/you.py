"""Who you are, and what we may say about you."""

from __future__ import annotations

from typing import Any

from portal.ui.forms import (
    LongTextField,
    RadiosField,
    TextField,
    TickField,
)

from ._question import Question, says
from .who import (
    PARENT,
    WORKS_WITH_CHILD,
    YOUNG_PERSON,
    is_anonymous,
    is_third_party,
)


class Who(Question):
    title = "Who are you?"
    heading = "raiser_type"
    raiser_type = RadiosField(
        choices=[
            (PARENT, "A parent or carer of the child"),
            (YOUNG_PERSON, "I am the child or young person"),
            ("family_or_friend", "Another family member or friend"),
            (WORKS_WITH_CHILD, "I work with the child"),
            ("someone_else", "Someone else"),
        ],
        error_messages=says("Select who you are"),
    )


class YourAge(Question):
    title = "How old are you?"
    heading = "yp_age_band"
    yp_age_band = RadiosField(
        help_text="We ask so we can talk to you in the right way",
        choices=[("under_11", "10 or under"), ("11_to_15", "11 to 15"), ("16_to_18", "16 to 18")],
        error_messages=says("Select how old you are"),
    )


class AboutYou(Question):
    title = "About you"
    raiser_name = TextField(
        label="Your full name",
        max_length=120,
        width=30,
        autocomplete="name",
        spellcheck=False,
        error_messages=says("Enter your full name"),
    )
    relationship = RadiosField(
        label="How are you related to the child?",
        choices=[
            ("parent_lives_with", "Parent the child lives with"),
            ("parent_elsewhere", "Parent who lives somewhere else"),
            ("carer", "Carer, foster carer or family carer"),
            ("other", "Something else"),
        ],
        error_messages=says("Select your relationship to the child"),
    )
    anonymous = TickField(
        label="I do not want to give my name",
        help_text="We will look at what you tell us, but we cannot reply or tell you what happened",
        required=False,
    )
    short = {"raiser_name": "Your name", "relationship": "Your relationship to the child", "anonymous": "No name given"}

    def adapt(self) -> None:
        if is_third_party(self.answers):
            del self.fields["relationship"]
            self.fields["raiser_name"].required = False
        else:
            del self.fields["anonymous"]

    def clean(self) -> dict[str, Any]:
        if is_third_party(self.answers):
            if self.cleaned_data.get("anonymous"):
                self.cleaned_data["raiser_name"] = ""
                self.errors.pop("raiser_name", None)
            else:
                self.insist("raiser_name", "Enter your full name")
        return super().clean()


class TrustedAdult(Question):
    title = "Is there an adult you trust?"
    heading = "trusted_adult"
    trusted_adult = LongTextField(
        help_text="Somebody at home, at school or anywhere else, and how we can find them. You can leave this empty",
        noun="what you tell us",
        max_length=300,
        rows=3,
        required=False,
    )


class ShareWithSchool(Question):
    title = "Can we talk to the school about this?"
    share_with_school = RadiosField(
        label="Talking to the school",
        choices=[
            ("yes", "Yes, talk to the school"),
            ("ask_first", "Talk to me first"),
            ("no", "Please do not tell the school who told you"),
        ],
        error_messages=says("Select whether we can talk to the school"),
    )


class ShareWithFamily(Question):
    title = "May the family know it was you?"
    share_with_family = RadiosField(
        label="Telling the family",
        choices=[
            ("yes", "Yes"),
            ("ask_first", "Talk to me first"),
            ("no", "No, please do not tell the family or the school who told you"),
        ],
        error_messages=says("Select whether the family may know it was you"),
    )

    def adapt(self) -> None:
        if is_anonymous(self.answers):
            field = self.fields["share_with_family"]
            field.choices = [choice for choice in field.choices if choice[0] != "ask_first"]
