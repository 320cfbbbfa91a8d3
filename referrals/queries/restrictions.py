"""The restrictions that stand on a case, and the protected details that somebody may ask to see."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals import policy, protection
from referrals.models import Carer, Case, Concern, Restriction
from referrals.models.restriction import DETAILS

LABELS = {"address": "address", "phone": "phone", "email": "email", "safe_contact_detail": "how to reach them safely"}


@dataclass(frozen=True)
class Standing:
    """One restriction in words."""

    restriction: Restriction
    protects: str
    keeps_from: str
    covers: tuple[str, ...]


def carers(case: Case) -> list[Carer]:
    return list(case.child.carers.order_by("pk"))


TOO_MANY = "You have named many people within the hour. Wait a while, or ask a colleague to set this restriction"


def staff(email: str) -> User | None:
    """Somebody who can sign in, by the email address."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


def standing(case: Case) -> list[Standing]:
    return [
        in_words(case, each) for each in sorted(protection.of(case.child_id).restrictions, key=lambda each: each.pk)
    ]


def has_set(case: Case, actor: Actor, reason: str) -> bool:
    """Whether a restriction with these very words of hers stands: the form was sent twice."""
    hers = Restriction.objects.in_force().filter(child=case.child_id, set_by=actor.user)
    return hers.filter(reason=reason.strip()).exists()


def one(case: Case, number: str) -> Restriction | None:
    """The restriction of this number that stands on this case. `number` is what came in an address."""
    found = Restriction.objects.in_force().filter(child=case.child_id).select_related("lift_asked_by", "set_by")
    return found.filter(pk=number).first() if number.isascii() and number.isdigit() and len(number) < 19 else None


def in_words(case: Case, restriction: Restriction) -> Standing:
    return Standing(
        restriction,
        restriction.protects.name if restriction.protects else f"{case.child}, and the home the child lives in",
        " and ".join(person.name for person in (restriction.from_carer, restriction.from_user) if person),
        tuple(words for detail, words in DETAILS.items() if getattr(restriction, f"covers_{detail}")),
    )


def details(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """`[(name, label)]` of every protected detail: what there is to ask for, never what it says.

    What who told the council left is for whoever may read that.
    """
    hidden = protection.of(case.child_id).details
    found = [(protection.SCHOOL, "The school the child goes to")] if protection.SCHOOL in hidden else []
    for carer in carers(case):
        for column, label in LABELS.items():
            name = protection.named(carer, column)
            if name in hidden:
                found.append((name, f"{carer.name}: {label}"))
    for concern in policy.visible_to(actor, Concern).filter(case__child=case.child_id).order_by("pk"):
        for way in protection.WAYS_TOLD:
            name = protection.told_in(concern, way)
            if name in hidden:
                found.append((name, f"Concern {concern.reference}: {protection.label(name).lower()}"))
    return found
