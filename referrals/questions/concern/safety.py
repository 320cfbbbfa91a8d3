"""Which ways of contact are safe, in words and as a carer's record: an unsafe one is blocked, not just noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.ui.words import listed

from .answers_in_words import in_words
from .contact import SafeContact
from .who import (
    Answers,
    can_be_contacted,
    is_anonymous,
)


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
        "safe_to_write": "letter" in safe,
        "safe_to_email": "email" in safe,
        "safe_contact_detail": ". ".join(detail)[:500],
    }
