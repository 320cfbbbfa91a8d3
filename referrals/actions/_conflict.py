"""Conflicts of interest: the only code that writes them."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts import endings
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.accounts.roles import Role
from referrals import likeness, policy
from referrals.models import Case, Child, Concern, ConflictOfInterest, Referral
from referrals.workflow import Noun, Verb

from ._change import change
from ._input import BadInput, check

Thing = Concern | Referral | Case
LONGEST = 400


def declare(thing: Thing, *, by: Actor, person: User | None, reason: str) -> ConflictOfInterest:
    """`person` (None: the actor herself) sees nothing of the child from now on. Declared twice, it is one conflict."""
    check(
        reason=len(reason) > LONGEST and f"The reason must be {LONGEST} characters or fewer",
        person=person is not None and person.pk is None and "Select whose conflict of interest it is",
    )
    person = person or by.user
    with change(thing, by=by, verb=Verb.DECLARE_CONFLICT) as ch:
        if person != by.user and by.role != Role.LA_MANAGER:
            raise policy.Refused("You can declare your own conflict of interest. Ask your manager for anybody else’s.")
        about = _about(ch.obj)
        known = ConflictOfInterest.objects.in_force().filter(user=person, **about).first()
        if known is not None:
            raise BadInput({"person": f"{person} has a conflict of interest with this child already"})
        found = ConflictOfInterest(user=person, reason=reason.strip(), declared_by=by.user, **{**about, **_on(ch.obj)})
        if ch.noun is Noun.CASE and ch.obj.lead_id == person.pk:
            ch.obj.lead = None  # nobody leads what she cannot see
        ch.record(data={"person": person.pk, "reason": reason.strip()})
        ch.last(found.save)  # about herself: after it she can change nothing here
        endings.tell([person.pk])
    return found


def lift(thing: Thing, *, by: Actor, person: User | None) -> Thing:
    """`person` may work with the child after all."""
    check(person=(person is None or person.pk is None) and "Select whose conflict of interest has ended")
    with change(thing, by=by, verb=Verb.LIFT_CONFLICT) as ch:
        if person == by.user:
            raise policy.Refused("You cannot lift your own conflict of interest.")
        mine = of(ch.obj).filter(user=person)
        if not mine.update(lifted_by=by.user, lifted_at=timezone.now()):
            raise BadInput({"person": f"{person} has no conflict of interest with this child"})
        ch.record(data={"person": person.pk})
    return thing


def of(thing: Thing):
    """The conflicts in force that keep people from `thing`."""
    found = ConflictOfInterest.objects.in_force()
    return found.filter(**_about(thing)) if _about(thing) else found.none()


def carry(arrived: Concern | Referral, child: Child) -> None:
    """The arrival is about this child: whoever must not see the one must not see the other."""
    arrived.conflicts.in_force().filter(child__isnull=True).update(child=child)
    likeness.mark_waiting(child)


def _about(thing: Thing) -> dict:
    """The child where there is one, else the arrival itself."""
    case = thing if thing.NOUN is Noun.CASE else thing.case
    return {"child": case.child} if case else {str(thing.NOUN): thing}


def _on(thing: Thing) -> dict:
    return {} if thing.NOUN is Noun.CASE else {str(thing.NOUN): thing}
