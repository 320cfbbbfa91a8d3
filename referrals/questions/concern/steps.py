"""The journey as data: the steps, for whom each is, and which come next given the answers."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.ui.forms import (
    DatePartsField,
    TickField,
)

from ._question import Question
from .child import Born, Name
from .contact import Address, Channels, Email, Mobile, Phone, SafeContact, Support
from .hard import HelpNow, HopedFor, HowMuch, OwnWords, Reasons, SinceWhen, ToldSchool
from .school import School
from .who import (
    AT_HOME,
    Answers,
    can_be_contacted,
    chose,
    has_a_channel_to_ask_about,
    has_school,
    is_outside_school_age,
    is_parent,
    is_third_party,
    is_young_person,
    works_with_child,
)
from .you import AboutYou, ShareWithFamily, ShareWithSchool, TrustedAdult, Who, YourAge

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
            found[step.name] = str(next(iter(errors.values()))[0])
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
