"""What a family, or a worried person, is asked: one question a screen, in order, and which come next given the answers.

`STEPS` is the whole journey as data. Each step is a form, or a note without a question; `applies` says for whom. The
wordings are the service design's (§3.1). Answers are a flat dict of JSON values (dates ISO), kept only in the server's
session until they are sent. The page of a step, the check before sending and the summary all use the same form, so that
no step can be skipped by its address.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import Agency
from portal.accounts.roles import AgencyKind
from portal.ui.forms import (
    CheckboxesField,
    DatePartsField,
    EmailField,
    Form,
    LongTextField,
    PhoneField,
    RadiosField,
    SelectField,
    TextField,
    TickField,
    one_line,
)
from portal.ui.words import listed, long_date

from .referral.pupil import YEAR_GROUPS

Answers = dict[str, Any]

PARENT, YOUNG_PERSON, WORKS_WITH_CHILD = "parent", "young_person", "works_with_child"
NO_PLACE, AT_HOME, NOT_KNOWN, ANOTHER_SCHOOL = "none", "home", "unknown", "other"
NOT_A_SCHOOL = {NO_PLACE, AT_HOME, NOT_KNOWN, ANOTHER_SCHOOL, ""}
YES_NO = [("yes", "Yes"), ("no", "No")]
SCHOOLS_SHOWN = 20


def _says(sentence: str) -> dict[str, str]:
    """One sentence for an answer that is missing and for one that is not on offer."""
    return {"required": sentence, "invalid_choice": sentence, "invalid_list": sentence}


# --- who is being asked ----------------------------------------------------------------------------------------------


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


# --- the questions ---------------------------------------------------------------------------------------------------


class Question(Form):
    """A screen. `title` is its h1 and its page's title: the label of `heading` if that names the only or first field.

    `you` holds what differs when the child or young person is answering: {field: {label, help_text, required}}.
    `reveals`: {field: (other field, values)}: asked only beside those values, and forgotten with any other.
    `short`: {field: key in the summary}.
    """

    title = ""
    title_you = ""
    heading = ""
    you: dict[str, dict[str, str]] = {}
    reveals: dict[str, tuple[str, tuple[str, ...]]] = {}
    short: dict[str, str] = {}
    not_kept: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, answers: Answers, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.answers = answers
        if is_young_person(answers):
            self.title = self.title_you or self.title
            for name, words in self.you.items():
                self._reword(self.fields[name], words)
        if self.heading:
            self.fields[self.heading].label = self.title
            self.fields[self.heading].heading = True
        for name, (_, values) in self.reveals.items():
            self.fields[name].reveal = values[0]
        self.adapt()

    @staticmethod
    def _reword(field: Any, words: dict[str, str]) -> None:
        field.label = words.get("label", field.label)
        field.help_text = words.get("help_text", field.help_text)
        if "required" in words:
            field.error_messages |= _says(words["required"])

    def adapt(self) -> None:
        """Leave out, or fill in, what depends on earlier answers."""

    def clean(self) -> dict[str, Any]:
        for name, (other, values) in self.reveals.items():
            chosen = self.cleaned_data.get(other) or ()
            if not set([chosen] if isinstance(chosen, str) else chosen) & set(values):
                self.cleaned_data[name] = type(self.cleaned_data.get(name) or "")()
                self.errors.pop(name, None)
        return self.cleaned_data

    def insist(self, name: str, sentence: str) -> None:
        """An answer that is needed only because of another."""
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, sentence)


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
        error_messages=_says("Select who you are"),
    )


class YourAge(Question):
    title = "How old are you?"
    heading = "yp_age_band"
    yp_age_band = RadiosField(
        help_text="We ask so we can talk to you in the right way",
        choices=[("under_11", "10 or under"), ("11_to_15", "11 to 15"), ("16_to_18", "16 to 18")],
        error_messages=_says("Select how old you are"),
    )


class Name(Question):
    title = "What is the child’s name?"
    title_you = "What is your name?"
    you = {
        "child_first_name": {"required": "Enter your first name", "help_text": "Use the name your school uses"},
        "child_last_name": {"required": "Enter your last name"},
        "child_known_as": {"label": "What people call you, if that is different"},
    }
    child_first_name = TextField(
        label="First name",
        help_text="Use the name school uses",
        max_length=80,
        width=20,
        autocomplete="off",
        spellcheck=False,
        error_messages=_says("Enter the child’s first name"),
    )
    child_last_name = TextField(
        label="Last name",
        max_length=80,
        width=20,
        autocomplete="off",
        spellcheck=False,
        error_messages=_says("Enter the child’s last name"),
    )
    child_known_as = TextField(
        label="What people call them, if that is different",
        noun="what people call them",
        max_length=80,
        width=20,
        autocomplete="off",
        spellcheck=False,
        optional=True,
    )
    short = {"child_known_as": "Known as"}


class Born(Question):
    title = "When were they born?"
    title_you = "When were you born?"
    you = {
        "child_dob": {"required": "Enter your date of birth"},
        "child_year_group": {"label": "Or tell us your school year"},
    }
    child_dob = DatePartsField(
        label="Date of birth",
        help_text="For example, 27 3 2014",
        noun="date of birth",
        when="past",
        earliest=datetime.date(1990, 1, 1),
        required=False,
    )
    child_year_group = SelectField(
        label="I do not know the date of birth: their school year is",
        noun="a school year",
        blank="Choose a school year",
        choices=[(group, group) for group in (*YEAR_GROUPS, "Not known")],
        required=False,
    )
    short = {"child_year_group": "School year"}

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("child_year_group") and "child_year_group" not in self.errors:
            nothing = "Enter your date of birth" if is_young_person(self.answers) else "Enter the child’s date of birth"
            self.insist("child_dob", nothing)
        return super().clean()


class School(Question):
    """A search that needs no script: the words are kept with the answers, the schools they find are radios."""

    title = "Which school are they at?"
    title_you = "Which school are you at?"
    you = {"school_id": {"label": "Choose your school, or what is true for you"}}
    school_search = TextField(
        label="Name or town of the school",
        help_text="Start typing the name or town",
        noun="the name or town",
        max_length=80,
        width=30,
        autocomplete="off",
        spellcheck=False,
        required=False,
    )
    school_id = RadiosField(label="Choose the school, or what is true for them", required=False)
    school_other = TextField(
        label="Name and town of the school", noun="the name of the school", max_length=120, required=False
    )
    reveals = {"school_other": ("school_id", (ANOTHER_SCHOOL,))}
    short = {"school_id": "School", "school_other": "Name of the school"}
    not_kept = ("school_search",)

    def adapt(self) -> None:
        asked = self.data.get("school_search", "") if self.is_bound else self.answers.get("school_search", "")
        found = find_schools(asked, self.answers.get("school_id", ""))
        self.found = len([s for s in found if str(s.pk) != self.answers.get("school_id")])
        self.searched = bool(str(asked).strip())
        them = "I" if is_young_person(self.answers) else "They"
        verb = ("do", "am") if is_young_person(self.answers) else ("do", "are")
        offered = [(str(s.pk), s.name) for s in found[:SCHOOLS_SHOWN]] + [
            (ANOTHER_SCHOOL, "A school that is not in this list"),
            (NO_PLACE, f"{them} {verb[0]} not have a school place"),
            (AT_HOME, f"{them} {verb[1]} educated at home"),
            (NOT_KNOWN, "I do not know"),
        ]
        field = self.fields["school_id"]
        field.choices = offered
        towns = {str(s.pk): s.town for s in found if s.town}
        field.widget.hints = lambda: towns
        field.error_messages |= _says("Enter a school, or select that they do not have one")
        self.too_many = len(found) > SCHOOLS_SHOWN

    def clean(self) -> dict[str, Any]:
        if "school_id" not in self.errors and not self.cleaned_data.get("school_id"):
            self.add_error(
                "school_id" if self.found else "school_search", "Enter a school, or select that they do not have one"
            )
        if self.cleaned_data.get("school_id") == ANOTHER_SCHOOL:
            self.insist("school_other", "Enter the name of the school")
        return super().clean()


def searched_for(words: str) -> str:
    """The words of a search for a school, as they are kept and looked for."""
    return one_line(words)[:80]


def find_schools(words: str, chosen: str = "") -> list[Agency]:
    """Open schools with every word in their name or town, by name; one more than are shown, and the one chosen."""
    asked = Q()
    for word in searched_for(words).split():
        asked &= Q(name__icontains=word) | Q(town__icontains=word)
    if not asked and not chosen.isdecimal():
        return []
    wanted = Q(pk=int(chosen)) if chosen.isdecimal() and len(chosen) < 12 else Q(pk__in=())
    if asked:
        wanted |= asked
    today = timezone.localdate()
    is_open = Q(closed_on__isnull=True) | Q(closed_on__gt=today)
    return list(
        Agency.objects.filter(wanted, is_open, kind=AgencyKind.SCHOOL).only("name", "town")[: SCHOOLS_SHOWN + 1]
    )


class Reasons(Question):
    title = "What is making school hard?"
    heading = "concern_reasons"
    concern_reasons = CheckboxesField(
        help_text="Select all that apply",
        exclusive="not_known",
        choices=[
            ("worry", "Worry or low mood"),
            ("bullying", "Friendships or bullying"),
            ("learning", "Learning is too hard, or needs are not met (SEND)"),
            ("health", "Being ill or a health condition"),
            ("home", "Something at home has changed"),
            ("caring", "Caring for someone"),
            ("practical", "Getting there, money or uniform"),
            ("sleep", "Sleep or mornings"),
            ("part_time", "A part-time timetable"),
            ("belonging", "They do not feel they belong"),
            ("recording", "I disagree with how absence is recorded"),
            ("letter", "I have had a letter I do not understand"),
            ("other", "Something else"),
            ("not_known", "I do not know"),
        ],
        error_messages=_says("Select what is making school hard, or select ‘I do not know’")
        | {"exclusive": "Select what is making school hard, or select ‘I do not know’"},
    )
    concern_reasons_other = TextField(
        label="What else is making school hard?", noun="what else is making it hard", max_length=200, required=False
    )
    reveals = {"concern_reasons_other": ("concern_reasons", ("other",))}
    short = {"concern_reasons_other": "Something else"}


class HowMuch(Question):
    title = "How much school are they missing now?"
    title_you = "How much school are you missing now?"
    heading = "attendance_now"
    you = {"attendance_now": {"required": "Select how much school you are missing"}}
    attendance_now = RadiosField(
        choices=[
            ("odd_day", "The odd day or lesson"),
            ("weekly", "About one day a week or more"),
            ("most", "Most days"),
            ("all", "All of it"),
            ("struggle", "They go, but it is a daily struggle"),
            ("not_known", "I do not know"),
        ],
        error_messages=_says("Select how much school they are missing"),
    )


class SinceWhen(Question):
    title = "How long has it been like this?"
    heading = "missing_since"
    missing_since = RadiosField(
        choices=[
            ("this_month", "Since this month"),
            ("this_half_term", "Since this half term"),
            ("before", "Since before this half term"),
            ("over_a_year", "Longer than a year"),
        ],
        error_messages=_says("Select how long it has been like this"),
    )


class ToldSchool(Question):
    title = "Have you talked to the school?"
    heading = "told_school"
    told_school = RadiosField(
        help_text="It is fine if you have not",
        choices=[
            ("yes_helped", "Yes, and it helped"),
            ("yes_not_helped", "Yes, but it has not helped"),
            ("not_yet", "Not yet"),
            ("not_able", "I do not feel able to"),
        ],
        error_messages=_says("Select whether you have talked to the school"),
    )
    school_contact_name = TextField(
        label="Who did you talk to?", noun="who you talked to", max_length=120, width=30, optional=True
    )
    school_response = LongTextField(
        label="What did they say or do?", noun="what they said or did", max_length=500, rows=4, optional=True
    )
    reveals = {
        "school_contact_name": ("told_school", ("yes_helped", "yes_not_helped")),
        "school_response": ("told_school", ("yes_helped", "yes_not_helped")),
    }


class OwnWords(Question):
    title = "What would you like us to know?"
    own_words = LongTextField(
        label="In your own words",
        help_text="You can write in any language",
        noun="what you tell us",
        max_length=1_000,
        rows=8,
        optional=True,
        error_messages={"max_length": "What you tell us must be 1,000 characters or fewer"},
    )
    prefer_to_talk = TickField(label="I would rather tell someone", required=False)
    short = {"own_words": "What you would like us to know", "prefer_to_talk": "Would rather tell someone"}


class HopedFor(Question):
    title = "What would help most?"
    heading = "hoped_for"
    hoped_for = CheckboxesField(
        help_text="Select all that apply. You can leave this out",
        choices=[
            ("talk", "Someone to talk to"),
            ("school", "Help talking to school"),
            ("letter", "Understand a letter"),
            ("send", "Advice about SEND"),
            ("mornings", "Help in the mornings"),
            ("plan", "A plan to go back step by step"),
            ("other", "Something else"),
        ],
        required=False,
        error_messages=_says("Select what would help most"),
    )


class HelpNow(Question):
    title = "Does your child already get any help?"
    send_status = RadiosField(
        label="Help with learning at school",
        help_text="This helps us not to ask twice",
        choices=[
            ("ehcp", "An education, health and care (EHC) plan"),
            ("sen_support", "SEN support"),
            ("waiting", "Waiting for an assessment"),
            ("none", "None of these"),
            ("not_said", "I would rather not say"),
        ],
        optional=True,
        error_messages=_says("Select what help they get at school"),
    )
    support_now = CheckboxesField(
        label="Other help",
        exclusive="none",
        choices=[
            ("gp_camhs", "GP, or mental health service (CAMHS)"),
            ("social_worker", "Social worker"),
            ("early_help", "Early Help"),
            ("young_carer", "Young carers’ support"),
            ("none", "None of these"),
        ],
        optional=True,
        error_messages=_says("Select what other help they get"),
    )


class AboutYou(Question):
    title = "About you"
    raiser_name = TextField(
        label="Your full name",
        max_length=120,
        width=30,
        autocomplete="name",
        spellcheck=False,
        error_messages=_says("Enter your full name"),
    )
    relationship = RadiosField(
        label="How are you related to the child?",
        choices=[
            ("parent_lives_with", "Parent the child lives with"),
            ("parent_elsewhere", "Parent who lives somewhere else"),
            ("carer", "Carer, foster carer or family carer"),
            ("other", "Something else"),
        ],
        error_messages=_says("Select your relationship to the child"),
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
        error_messages=_says("Select how we should contact you")
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
        error_messages=_says("Select whether it is safe to call this number"),
    )
    safe_to_voicemail = RadiosField(
        label="Is it safe to leave a voicemail?",
        choices=YES_NO,
        inline=True,
        error_messages=_says("Select whether it is safe to leave a voicemail"),
    )
    accepts_withheld = RadiosField(
        label="Will you answer a call from a private number?",
        choices=[*YES_NO, ("not_sure", "Not sure")],
        inline=True,
        error_messages=_says("Select whether you will answer a private number"),
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
        error_messages=_says("Select whether it is safe to text you"),
    )
    safe_to_email = RadiosField(
        label="Is it safe to email you?",
        choices=YES_NO,
        inline=True,
        error_messages=_says("Select whether it is safe to email you"),
    )
    safe_to_write = RadiosField(
        label="Is it safe to send you a letter?",
        choices=YES_NO,
        inline=True,
        error_messages=_says("Select whether it is safe to send you a letter"),
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
        error_messages=_says("Select when is best"),
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
        error_messages=_says("Select whether you need support to talk to us"),
    )
    language = TextField(label="Which language?", noun="the language you need", max_length=60, width=20, required=False)
    interpreter_gender_pref = RadiosField(
        label="Would you prefer a woman or a man to interpret?",
        choices=[("woman", "A woman"), ("man", "A man"), ("either", "Either")],
        optional=True,
        error_messages=_says("Select who you would prefer"),
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


class ShareWithSchool(Question):
    title = "Can we talk to the school about this?"
    share_with_school = RadiosField(
        label="Talking to the school",
        choices=[
            ("yes", "Yes, talk to the school"),
            ("ask_first", "Talk to me first"),
            ("no", "Please do not tell the school who told you"),
        ],
        error_messages=_says("Select whether we can talk to the school"),
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
        error_messages=_says("Select whether the family may know it was you"),
    )

    def adapt(self) -> None:
        if is_anonymous(self.answers):
            field = self.fields["share_with_family"]
            field.choices = [choice for choice in field.choices if choice[0] != "ask_first"]


# --- the journey -----------------------------------------------------------------------------------------------------

CARDS = {
    "you": "You",
    "child": "The child",
    "hard": "What is hard",
    "contact": "Contact and safety",
    "sharing": "Sharing",
}


def _always(answers: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """`name` is the last part of its address and never gives an answer away. Without `form` it is a note to read."""

    name: str
    form: type[Question] | None = None
    card: str = ""
    applies: Callable[[Answers], bool] = _always
    title: str = ""

    def bound(self, answers: Answers) -> Question:
        """The form as if the stored answers had just been typed."""
        return self.form(typed(self.form, answers), answers=answers)  # type: ignore[misc]


def _not(condition: Callable[[Answers], bool]) -> Callable[[Answers], bool]:
    return lambda answers: not condition(answers)


def _about_absence_long(answers: Answers) -> bool:
    return answers.get("attendance_now") in {"most", "all"}


def _needs_safety_note(answers: Answers) -> bool:
    return bool({"home", "bullying"} & set(answers.get("concern_reasons", [])))


STEPS: tuple[Step, ...] = (
    Step("before-you-start", title="Before you start"),
    Step("you", Who, "you"),
    Step("you-note", title="There is a quicker way for you", applies=works_with_child),
    Step("your-age", YourAge, "you", is_young_person),
    Step(
        "your-age-note",
        title="You can ask an adult to help",
        applies=lambda a: is_young_person(a) and a.get("yp_age_band") == "under_11",
    ),
    Step("name", Name, "child"),
    Step("born", Born, "child"),
    Step("born-note", title="We may not be the right team", applies=is_outside_school_age),
    Step("school", School, "child"),
    Step("school-note", title="When a child is educated at home", applies=lambda a: a.get("school_id") == AT_HOME),
    Step("hard", Reasons, "hard"),
    Step("hard-note", title="If somebody is not safe", applies=_needs_safety_note),
    Step("how-much", HowMuch, "hard"),
    Step("since-when", SinceWhen, "hard", _about_absence_long),
    Step("talked-to-school", ToldSchool, "hard", lambda a: not is_third_party(a) and has_school(a)),
    Step("your-words", OwnWords, "hard"),
    Step("what-would-help", HopedFor, "hard", _not(is_third_party)),
    Step("help-now", HelpNow, "hard", is_parent),
    Step("about-you", AboutYou, "you", _not(is_young_person)),
    Step("trusted-adult", TrustedAdult, "contact", is_young_person),
    Step("contact", Channels, "contact", can_be_contacted),
    Step("number-to-call", Phone, "contact", chose("phone")),
    Step("number-to-text", Mobile, "contact", chose("text")),
    Step("email-address", Email, "contact", chose("email")),
    Step("address", Address, "contact", chose("letter")),
    Step("safe-contact", SafeContact, "contact", has_a_channel_to_ask_about),
    Step("support", Support, "contact", can_be_contacted),
    Step("sharing", ShareWithSchool, "sharing", lambda a: not is_third_party(a) and has_school(a)),
    Step("sharing-with-family", ShareWithFamily, "sharing", is_third_party),
)
BY_NAME = {step.name: step for step in STEPS}


def path(answers: Answers) -> list[Step]:
    """The steps these answers lead through, in order."""
    return [step for step in STEPS if step.applies(answers)]


def after(step: Step, answers: Answers) -> Step | None:
    """The next step, or None where it is time to check the answers."""
    return next((s for s in STEPS[STEPS.index(step) + 1 :] if s.applies(answers)), None)


def before(step: Step, answers: Answers) -> Step | None:
    """The step before, or None where that is the start page."""
    return next((s for s in reversed(STEPS[: STEPS.index(step)]) if s.applies(answers)), None)


def missing(answers: Answers) -> dict[str, str]:
    """{step name: sentence} for each step of the path whose stored answers its own form does not accept."""
    found = {}
    for step in path(answers):
        if step.form and (errors := step.bound(answers).errors):
            found[step.name] = next(iter(errors.values()))[0]
    return found


def kept(answers: Answers) -> Answers:
    """What is sent: the answers of the path, as their forms clean them; nothing of a branch that was left."""
    said: Answers = {}
    for step in path(answers):
        if step.form:
            form = step.bound(answers)
            form.is_valid()
            said |= {name: value for name, value in stored(form).items() if name not in form.not_kept}
    return said


def stored(form: Question) -> Answers:
    """A valid form's answers as JSON values; an empty answer too, so that it replaces an earlier one."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in form.cleaned_data.items()
        if name in form.fields and value is not None
    } | {name: "" for name in form.fields if form.cleaned_data.get(name, "") is None}


def typed(form: type[Question], answers: Answers) -> dict[str, Any]:
    """Stored answers as the form would have been sent them."""
    data: dict[str, Any] = {}
    for name, field in form.base_fields.items():
        value = answers.get(name)
        if value in (None, ""):
            continue
        if isinstance(field, DatePartsField):
            born = datetime.date.fromisoformat(value)
            data |= {f"{name}_day": str(born.day), f"{name}_month": str(born.month), f"{name}_year": str(born.year)}
        elif isinstance(field, TickField):
            data |= {name: "on"} if value else {}
        else:
            data[name] = value
    return data


def initial(answers: Answers) -> dict[str, Any]:
    """Stored answers as a form is first shown with them."""
    return answers | (
        {"child_dob": datetime.date.fromisoformat(answers["child_dob"])} if answers.get("child_dob") else {}
    )


# --- said back -------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class Rule:
    """A rule of safe contact. `warns`: they said that this is not safe, which is more than not having chosen it."""

    may: bool
    says: str
    warns: bool = False


WAYS = {"phone": "call", "text": "text", "email": "email", "letter": "write"}


def safe_ways(answers: Answers) -> set[str]:
    """The channels they chose and called safe: of "phone", "text", "email", "letter"."""
    said = {
        "phone": answers.get("safe_to_call") == "yes",
        "text": answers.get("safe_to_text") in {"yes", "private"},
        "email": answers.get("safe_to_email") == "yes",
        "letter": answers.get("safe_to_write") == "yes",
    }
    chosen = answers.get("contact_channels", []) if can_be_contacted(answers) else []
    return {way for way in chosen if said.get(way)}


def can_reply(answers: Answers) -> bool:
    """Whether there is a way to them that they chose and called safe."""
    return bool(safe_ways(answers)) or (can_be_contacted(answers) and "school" in answers.get("contact_channels", []))


def contact_rules(answers: Answers) -> list[Rule]:
    """What a caseworker must know before making contact, in words: the safe ways first."""
    if is_anonymous(answers):
        return [Rule(False, "No name and no contact: they chose to stay anonymous")]
    chosen = answers.get("contact_channels", [])
    if not chosen or "none" in chosen:
        return [Rule(False, "Do not contact them: they asked us not to", warns=True)]
    safe = safe_ways(answers)
    where = {"phone": "phone", "text": "mobile", "email": "email", "letter": "address"}
    rules = [
        Rule(True, f"{verb.capitalize()}: {' '.join(answers.get(where[way], '').split())}")
        for way, verb in WAYS.items()
        if way in safe
    ]
    if "school" in chosen:
        rules.append(Rule(True, "Through the school"))
    rules += _warnings(answers)
    rules += [Rule(True, text) for text in _more_contact(answers)]
    if others := [verb for way, verb in WAYS.items() if way not in chosen]:
        rules.append(Rule(False, f"Do not {listed(others, 'or')}: not what they chose"))
    return rules


def _warnings(answers: Answers) -> list[Rule]:
    chosen, safe = answers.get("contact_channels", []), safe_ways(answers)
    rules = [
        Rule(False, f"Do not {verb}: they said that it is not safe", warns=True)
        for way, verb in WAYS.items()
        if way in chosen and way not in safe
    ]
    if "phone" in safe and answers.get("safe_to_voicemail") != "yes":
        rules.append(Rule(False, "Do not leave a voicemail", warns=True))
    if "phone" in safe and answers.get("accepts_withheld") == "no":
        rules.append(Rule(False, "Do not call from a private number", warns=True))
    if answers.get("safe_to_text") == "private" and "text" in safe:
        rules.append(Rule(True, "Keep texts private: no names, and not the word attendance", warns=True))
    return rules


def _more_contact(answers: Answers) -> list[str]:
    return [
        f"{key}: {in_words(answers, name)}"
        for name, key in SafeContact.short.items()
        if name in {"who_may_answer", "who_sees_phone", "best_times", "code_word"} and answers.get(name)
    ]


def carer_contact(answers: Answers) -> dict[str, Any]:
    """The fields of a Carer that say how to reach the person who raised the concern, so that what is unsafe is blocked.

    A carer has one phone number. Where texts go to another number than calls, texting is blocked there and the number
    is in the detail; an email address that is not safe is not carried across at all.
    """
    safe = safe_ways(answers)
    phone, mobile = answers.get("phone", ""), answers.get("mobile", "")
    number = phone if "phone" in safe or not mobile else mobile
    same = mobile.replace(" ", "") == number.replace(" ", "")
    detail = [rule.says for rule in _warnings(answers)] + _more_contact(answers)
    if "text" in safe and not same:
        detail.insert(0, f"Text {mobile}, not the number for calls")
    return {
        "phone": number,
        "email": answers.get("email", "") if "email" in safe else "",
        "safe_to_call": "phone" in safe,
        "safe_to_leave_message": "phone" in safe and answers.get("safe_to_voicemail") == "yes",
        "safe_to_text": "text" in safe and same,
        "safe_to_write": bool(safe & {"letter", "email"}),
        "safe_contact_detail": ". ".join(detail)[:500],
    }
