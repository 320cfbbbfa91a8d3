"""What the API says of each thing: flat dictionaries made by hand, a field here is a field out there.

A thing the actor may only join (an invited agency's case) says no more than that she is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from referrals import protection
from referrals.events import KINDS, Kind
from referrals.models import Case, Concern, Event, Grant, Note, Referral
from referrals.questions import referral as questions
from referrals.workflow import LOOKING, Noun, Verb, word

BY_URL = {Concern: "concern", Referral: "referral", Case: "case"}


def url(thing: Any) -> str:
    return reverse(f"api:{BY_URL[type(thing)]}", args=[thing.reference])


def actions(verbs: Collection[Verb]) -> list[str]:
    """What may be posted to `<url>/<verb>/` now."""
    return sorted(str(verb) for verb in verbs if verb not in LOOKING)


def head(thing: Any, verbs: Collection[Verb]) -> dict[str, Any]:
    return {
        "reference": thing.reference,
        "url": url(thing),
        "stage": thing.stage,
        "stage_name": word(thing.NOUN, thing.stage).staff,
        "waiting_on": word(thing.NOUN, thing.stage).waiting_on or None,
        "allowed_actions": actions(verbs),
    }


def concern(thing: Concern, verbs: Collection[Verb]) -> dict[str, Any]:
    return {**head(thing, verbs), **_arrival(thing), "raiser_type": thing.raiser_type, "received_at": thing.created_at}


def referral(thing: Referral, verbs: Collection[Verb]) -> dict[str, Any]:
    return {**head(thing, verbs), **_arrival(thing), "started_at": thing.created_at, "submitted_at": thing.submitted_at}


def _arrival(thing: Concern | Referral) -> dict[str, Any]:
    return {
        "child": f"{thing.child_first_name} {thing.child_last_name}".strip() or None,
        "year_group": thing.year_group or None,
        "school": _school_of(thing),
        "risk": thing.get_risk_display().lower(),
        "due_on": thing.due_on,
    }


def concern_detail(thing: Concern, verbs: Collection[Verb]) -> dict[str, Any]:
    return {
        **concern(thing, verbs),
        "answers": _standing(thing).hide_in(thing.answers),
        "risk_reasons": thing.risk_reasons,
        "source_protected": thing.source_protected,
        "case": url(thing.case) if thing.case else None,
    }


def referral_detail(thing: Referral, verbs: Collection[Verb], sees_case: bool) -> dict[str, Any]:
    said = _standing(thing).hide_in(thing.answers)
    return {
        **referral(thing, verbs),
        "answers": {task: said[task] for task in questions.TASKS if task in said},
        "missing": questions.missing(thing.answers),
        "return_items": thing.return_items,
        "version": thing.version,
        "case": url(thing.case) if thing.case and sees_case else None,
    }


def case(thing: Case, verbs: Collection[Verb]) -> dict[str, Any]:
    """Needs child, school and lead loaded."""
    if Verb.VIEW not in verbs:
        return {
            **head(thing, verbs),
            "participation": "invited",
            "child": None,
            "year_group": None,
            "school": None,
            "lead": None,
            "first_contact_by": None,
            "last_activity": None,
        }
    reads_story = Verb.VIEW_STORY in verbs  # else no day says when something happened in it
    return {
        **head(thing, verbs),
        "participation": "taking_part",
        "child": str(thing.child),
        "year_group": thing.child.year_group or None,
        "school": _school_of(thing),
        "lead": thing.lead.name if thing.lead else None,
        "first_contact_by": thing.first_contact_by if reads_story else None,
        "last_activity": thing.last_activity if reads_story else None,
    }


def _school_of(thing: Case | Concern | Referral) -> str | None:
    if _standing(thing).hides_school:
        return protection.MASK
    return thing.school.name if thing.school else None


def _standing(thing: Case | Concern | Referral) -> protection.Protection:
    """What is protected about the child of a case, or of what has become one."""
    case = thing if isinstance(thing, Case) else thing.case
    return protection.of_case(case) if case else protection.NOTHING


def case_detail(thing: Case, verbs: Collection[Verb], grants: list[Grant]) -> dict[str, Any]:
    if Verb.VIEW not in verbs:
        return {
            **case(thing, verbs),
            "aim": None,
            "agencies": [grant(g) for g in grants],
            "events": None,
            "notes": None,
        }
    reads_story = Verb.VIEW_STORY in verbs
    return {
        **case(thing, verbs),
        "aim": thing.aim,
        "agencies": [grant(g) for g in grants],
        "events": f"{url(thing)}events/" if reads_story else None,
        "notes": f"{url(thing)}notes/" if reads_story else None,
    }


def grant(thing: Grant) -> dict[str, Any]:
    return {
        "agency": thing.agency.slug,
        "name": thing.agency.name,
        "purpose": thing.purpose,
        "until": thing.until,
        "joined_at": thing.joined_at,
    }


def note(thing: Note) -> dict[str, Any]:
    return {
        "id": thing.pk,
        "body": thing.body,
        "visibility": thing.visibility,
        "author": thing.author.name,
        "agency": thing.agency.name,
        "occurred_on": thing.occurred_on,
        "created_at": thing.created_at,
    }


def event(thing: Event, sentence: str) -> dict[str, Any]:
    """An event in a case's story. What was said with a decision on a referral is for the school to read alone."""
    of_case = KINDS[Kind(thing.kind)].noun is Noun.CASE
    return {
        "number": thing.pk,
        "kind": thing.kind,
        "sentence": sentence,
        "at": thing.at,
        "by": thing.by.name if thing.by else None,
        "agency": thing.by_agency.name if thing.by_agency else None,
        "note": thing.note_id,
        "data": {key: value for key, value in thing.data.items() if key not in {"from", "to"}} if of_case else {},
    }
