"""How soon somebody should look: a band computed from what was said, always with its reasons.

It orders the queue (risk, then age); it never decides anything. Words in free text raise "Read this first", no more.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from .models.intake import Risk

RISK_WORDS = re.compile(
    r"\b(kill\w*|suicid\w*|self[- ]?harm\w*|hit|hits|hitting|weapon\w*|knife|pregnant|hurt\w*|abus\w*|scared of)\b",
    re.IGNORECASE,
)
NOT_SEEN_DAYS = 10  # school design §3.2 task 10: "last seen" matters from here

Assessment = tuple[Risk, list[str]]


def of_concern(answers: dict[str, Any]) -> Assessment:
    """(band, reasons) for a concern's answers."""
    urgent = ["Read this first: words that may mean danger"] if _risk_words(answers) else []
    high = []
    if answers.get("attendance_now") == "all":
        high.append("Missing all of school")
    if answers.get("school_id") == "none":
        high.append("No school place")
    if "social_worker" in answers.get("support_now", []):
        high.append("Has a social worker")
    return _band(urgent, high)


def of_referral(answers: dict[str, Any], today: datetime.date) -> Assessment:
    """(band, reasons) for a referral's answers, by task."""
    pupil, risk = answers.get("pupil", {}), answers.get("risk", {})
    urgent = ["Read this first: words that may mean danger"] if _risk_words(answers) else []
    high = []
    if "cp" in pupil.get("circumstances", []):
        urgent.append("Child protection plan")
    for key, text in (("cin", "Child in need"), ("cla", "Looked-after child")):
        if key in pupil.get("circumstances", []):
            high.append(text)
    if risk.get("last_seen"):
        days = (today - datetime.date.fromisoformat(risk["last_seen"])).days
        if days >= NOT_SEEN_DAYS:
            high.append(f"Not seen for {days} days")
    high += [RISKS[r] for r in risk.get("risks", []) if r in RISKS]
    if answers.get("attendance", {}).get("severe"):
        high.append("Severe absence")
    return _band(urgent, high)


RISKS = {
    "neglect": "Neglect",
    "domestic_abuse": "Domestic abuse",
    "exploitation": "Exploitation",
    "missing": "Missing episodes",
    "self_harm": "Self-harm",
    "online": "Online harm",
    "weapons": "Weapons",
    "forced_marriage": "Forced marriage or FGM",
}


def _band(urgent: list[str], high: list[str]) -> Assessment:
    band = Risk.URGENT if urgent else Risk.HIGH if high else Risk.NORMAL
    return band, [*urgent, *high]


def _risk_words(value: Any) -> bool:
    if isinstance(value, str):
        return bool(RISK_WORDS.search(value))
    if isinstance(value, dict):
        return any(_risk_words(v) for v in value.values())
    return isinstance(value, list) and any(_risk_words(v) for v in value)
