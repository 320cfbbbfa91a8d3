"""What is sent to set a restriction, to end it, and to read one protected detail; and what is answered to that."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from portal.accounts import limits
from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals import policy
from referrals.actions._input import BadInput
from referrals.actions.case import ask_to_lift, lift, restrict, reveal
from referrals.models import Carer, Case, Restriction
from referrals.models.restriction import DETAILS
from referrals.queries import restrictions
from referrals.workflow import Verb

NAMED = (limits.NAMED, restrictions.TOO_MANY)
NUMBER = "A carer’s number, as in the names of protected details"


def _reason() -> serializers.CharField:
    said = f"Give the reason in {reveal.SHORTEST} characters or more"
    return serializers.CharField(
        min_length=reveal.SHORTEST,
        max_length=reveal.LONGEST,
        error_messages={
            **dict.fromkeys(("required", "null", "blank", "invalid", "min_length"), said),
            "max_length": f"The reason must be {reveal.LONGEST} characters or fewer",
        },
    )


class RestrictFields(serializers.Serializer):
    protects = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text=f"{NUMBER}; left out, the child"
    )
    from_carer = serializers.IntegerField(required=False, allow_null=True, default=None, help_text=NUMBER)
    from_user = serializers.EmailField(
        required=False, allow_blank=True, default="", help_text="Email address of a member of staff"
    )
    covers = serializers.ListField(
        child=serializers.ChoiceField(list(DETAILS)), required=False, default=lambda: list(DETAILS)
    )
    reason = _reason()


class LiftFields(serializers.Serializer):
    restriction = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="Its number; left out, the only one that stands"
    )


class AskToLiftFields(LiftFields):
    reason = _reason()


class RevealFields(serializers.Serializer):
    detail = serializers.CharField(
        max_length=80,
        help_text="school, or like carer-12-address, carer-12-phone",
        error_messages=dict.fromkeys(("required", "null", "blank", "invalid"), "Select a protected detail"),
    )
    reason = _reason()


class Revealed(serializers.Serializer):
    detail = serializers.CharField()
    words = serializers.CharField()


def set_one(case: Case, actor: Actor, sent: dict[str, Any]) -> Any:
    policy.require(actor, Verb.RESTRICT, case)
    email = sent["from_user"]
    person: User | None = restrictions.staff(email) if email else None
    if email and person is None:
        raise BadInput({"from_user": "Enter the email address with which the member of staff signs in"})
    around = {carer.pk: carer for carer in restrictions.carers(case)}
    return restrict.restrict(
        case,
        by=actor,
        reason=sent["reason"],
        covers=sent["covers"],
        protects=_carer(around, "protects", sent),
        from_carer=_carer(around, "from_carer", sent),
        from_user=person,
    )


def ask_that_one_ends(case: Case, actor: Actor, sent: dict[str, Any]) -> Any:
    policy.require(actor, Verb.ASK_TO_LIFT, case)
    return ask_to_lift.ask_to_lift(case, by=actor, restriction=_one(case, sent), reason=sent["reason"])


def end_one(case: Case, actor: Actor, sent: dict[str, Any]) -> Any:
    policy.require(actor, Verb.LIFT, case)
    return lift.lift(case, by=actor, restriction=_one(case, sent))


def read_one(case: Case, actor: Actor, sent: dict[str, Any]) -> dict[str, str]:
    return {"detail": sent["detail"], "words": reveal.reveal(case, by=actor, channel="api", **sent)}


def _carer(around: dict[int, Carer], field: str, sent: dict[str, Any]) -> Carer | None:
    number = sent[field]
    if number is not None and number not in around:
        raise BadInput({field: "Select somebody around this child"})
    return around[number] if number is not None else None


def _one(case: Case, sent: dict[str, Any]) -> Restriction | None:
    if sent["restriction"] is not None:
        return restrictions.one(case, str(sent["restriction"]))
    standing = restrictions.standing(case)
    return standing[0].restriction if len(standing) == 1 else None
