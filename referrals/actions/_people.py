"""From answers to records: the child and the carers an accepted concern or referral is about."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction

from portal.accounts.models import Agency
from referrals import questions
from referrals.models import Care, Carer, Child, Concern, Marks, Referral

from ._change import Conflict
from ._input import BadInput

SAFE_WAYS = ("safe_to_call", "safe_to_leave_message", "safe_to_text", "safe_to_write", "safe_to_email")


def child_of_referral(referral: Referral, known: Child | None = None) -> Child:
    """The child a referral is about: `known`, the one the duty officer recognised, or else a new one.

    Without `known`, a UPN that we have is that child only if last name and date of birth say so too: a UPN alone, typed
    by whichever school, opens no child's record. Raises BadInput for the question "child" where they differ. A known
    child's own details are never overwritten; what was empty is filled.
    """
    child = known or _same_child(referral)
    if child is None:
        child = _new_child(referral)
    else:
        _fill(child, referral)
    add_carers(child, referral.answers.get("carers", {}).get("people", []))
    add_marks(child, referral.school, referral.answers.get("attendance", {}), referral.started_by)
    return child


def _same_child(referral: Referral) -> Child | None:
    found = Child.objects.filter(upn=referral.upn).first() if referral.upn else None
    if found is None:
        return None
    same_name = found.last_name.casefold() == referral.child_last_name.casefold()
    if same_name and found.date_of_birth == referral.date_of_birth:
        return found
    raise BadInput(
        {"child": "Another child has this UPN. Select which child this is, or ask the school to check the UPN"}
    )


def _new_child(referral: Referral) -> Child:
    try:
        with transaction.atomic():
            return Child.objects.create(
                first_name=referral.child_first_name,
                last_name=referral.child_last_name,
                school=referral.school,
                **_told_of(referral),
            )
    except IntegrityError as two:
        raise Conflict("A colleague has just accepted another referral with this UPN. Look at it again.") from two


def _fill(child: Child, referral: Referral) -> None:
    for field, value in {**_told_of(referral), "school": referral.school}.items():
        if not getattr(child, field) and value and not (field == "upn" and Child.objects.filter(upn=value).exists()):
            setattr(child, field, value)
    child.save()


def _told_of(referral: Referral) -> dict[str, Any]:
    pupil = referral.answers.get("pupil", {})
    return {
        "known_as": pupil.get("known_as", ""),
        "date_of_birth": referral.date_of_birth,
        "upn": referral.upn,
        "year_group": referral.year_group,
        "send_status": pupil.get("sen_status", ""),
    }


def child_of_concern(concern: Concern) -> Child:
    """A new child from what the family said. Whether it is a child we know is the duty officer's judgement."""
    answers = concern.answers
    child = Child.objects.create(
        first_name=concern.child_first_name,
        last_name=concern.child_last_name,
        known_as=answers.get("child_known_as", ""),
        date_of_birth=concern.date_of_birth,
        year_group=concern.year_group,
        school=concern.school,
    )
    add_raiser(child, answers)
    return child


def add_raiser(child: Child, answers: dict[str, Any]) -> None:
    """The parent or carer who raised the concern joins the child's carers, with the safe-contact rules she gave.

    Carers are shown to every agency on the case, the school among them. Somebody who did not say yes to our talking to
    the school is not put there: what she told stays in the concern, which the attendance team alone can open.
    """
    if answers.get("raiser_type") != "parent" or not answers.get("raiser_name"):
        return
    if answers.get("share_with_school", "yes") != "yes":
        return
    said = {"language": answers.get("language", ""), **questions.concern.carer_contact(answers)}
    known = child.carers.filter(name__iexact=answers["raiser_name"]).first()
    if known is not None:
        # Anybody can give that name on the public form. What is recorded is only ever made safer, never replaced: the
        # lead reads the concern and puts right what she has heard from the person herself.
        for field in SAFE_WAYS:
            setattr(known, field, getattr(known, field) and said[field])
        known.save(update_fields=SAFE_WAYS)
        return
    carer = Carer.objects.create(name=answers["raiser_name"], **said)
    Care.objects.create(
        child=child,
        carer=carer,
        relationship=questions.concern.in_words(answers, "relationship") or "Parent or carer",
        lives_with_child=answers.get("relationship") != "parent_elsewhere",
    )


def add_carers(child: Child, people: list[dict[str, Any]]) -> None:
    """Add the adults whom the child does not have yet (told once; same name means same adult)."""
    known = {name.casefold() for name in child.carers.values_list("name", flat=True)}
    for person in people:
        if person["name"].casefold() in known:
            continue
        safe = person.get("safe_contact", "no_concerns") == "no_concerns"
        carer = Carer.objects.create(
            name=person["name"],
            phone=person.get("phone", ""),
            email=person.get("email", ""),
            language=person.get("language", ""),
            safe_to_call=safe,
            safe_to_leave_message=safe,
            safe_to_text=safe,
            safe_to_write=safe,
            safe_to_email=safe,
            safe_contact_detail=person.get("safe_contact_detail", ""),
        )
        Care.objects.create(
            child=child,
            carer=carer,
            relationship=person.get("relationship", ""),
            parental_responsibility=person.get("parental_responsibility", Care.Responsibility.NOT_KNOWN),
            lives_with_child=bool(person.get("lives_with_child", True)),
        )


def add_marks(child: Child, school: Agency | None, attendance: dict[str, Any], user: Any) -> Marks | None:
    """`attendance`: {"marks": canonical text, "first_day": ISO date, "last_day": ISO date}; nothing without marks."""
    if not attendance.get("marks"):
        return None
    return Marks.objects.create(
        child=child,
        school=school,
        text=attendance["marks"],
        first_day=datetime.date.fromisoformat(attendance["first_day"]),
        last_day=datetime.date.fromisoformat(attendance["last_day"]),
        added_by=user,
    )
