"""An adult must not learn an address, a school or how to reach somebody: effective at once, for everybody."""

from __future__ import annotations

from collections.abc import Collection

from portal.accounts import endings, identity
from portal.accounts.actor import Actor
from portal.accounts.models import Membership, User
from portal.accounts.roles import AgencyKind
from referrals import policy
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Carer, Case, Restriction
from referrals.models.restriction import DETAILS
from referrals.workflow import Verb

SHORTEST, LONGEST = 10, 400
TOO_FEW = "Too few of the attendance team could look after this child then. Ring the manager of the attendance team"


def restrict(
    case: Case,
    *,
    by: Actor,
    reason: str,
    covers: Collection[str] = tuple(DETAILS),
    protects: Carer | None = None,
    from_carer: Carer | None = None,
    from_user: User | None = None,
) -> Case:
    """`covers`: keys of DETAILS. `protects`: whose details (None: the child's); `from_…`: who must not learn."""
    said = reason.strip()
    around = {carer.pk for carer in case.child.carers.all()}
    check(
        covers=(not covers or not set(covers) <= set(DETAILS)) and "Select what must not be learned",
        protects=protects is not None and protects.pk not in around and "Select somebody around this child",
        from_carer=(from_carer is None and from_user is None and "Select who must not learn it")
        or (from_carer is not None and from_carer.pk not in around and "Select somebody around this child")
        or (from_carer is not None and from_carer == protects and "Nobody is protected from themselves"),
        from_user=from_user is not None and from_user == by.user and "Ask a colleague to set a restriction about you",
        reason=(len(said) < SHORTEST and f"Give the reason in {SHORTEST} characters or more")
        or (len(said) > LONGEST and f"The reason must be {LONGEST} characters or fewer"),
    )
    with change(case, by=by, verb=Verb.RESTRICT) as ch:
        what = {
            "child": ch.obj.child,
            "protects": protects,
            "from_carer": from_carer,
            "from_user": from_user,
            **{f"covers_{detail}": detail in covers for detail in DETAILS},
        }
        check(
            reason=Restriction.objects.in_force().filter(**what).exists() and "This restriction stands already",
            from_user=from_user is not None and not _two_are_left(ch.obj, from_user) and TOO_FEW,
        )
        Restriction.objects.create(**what, reason=said, set_by=by.user, set_by_agency=by.agency)
        if from_user is not None and ch.obj.lead_id == from_user.pk:
            ch.obj.lead = None  # nobody leads what she cannot see
        ch.record(data={"covers": sorted(covers), "reason": said})
        if from_user is not None:
            endings.tell([from_user.pk])
    return case


@identity.as_worker()
def _two_are_left(case: Case, without: User) -> bool:
    """Two of the attendance team must go on seeing the child: it takes two to end a restriction."""
    team = Membership.objects.current().filter(agency__kind=AgencyKind.LA_ATTENDANCE).exclude(user=without)
    return policy.holders(Verb.VIEW, case).filter(pk__in=team.values("user")).count() >= 2
