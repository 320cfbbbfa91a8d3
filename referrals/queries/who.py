"""Who can see a case, or a note on it, and why: each person, the rule that lets them in, and until when.

Worked out from the rules themselves (`policy.RULES`), so that it cannot say something else than what is done.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.register.calendar import day_month_year
from portal.ui.words import upper_first
from referrals import policy, protection
from referrals.models import BreakGlass, Case, Grant, Note
from referrals.models.grant import in_force
from referrals.workflow import Stage, Verb

AS_LONG_AS = "As long as they work there"


@dataclass(frozen=True)
class Access:
    """One person's way in: as which membership, the ties that let her in, and until when, each in a sentence."""

    member: Membership
    why: tuple[str, ...]
    until: str

    @property
    def name(self) -> str:
        return self.member.user.name

    @property
    def because(self) -> str:
        """ "Works at an agency that takes part in the case; is in …"."""
        return upper_first("; ".join(self.why))


@dataclass(frozen=True)
class Readers:
    """Everybody who can see one thing, by organisation in the order of its name."""

    everybody: tuple[Access, ...]

    @property
    def people(self) -> int:
        return len({access.member.user_id for access in self.everybody})

    @property
    def by_agency(self) -> list[tuple[str, list[Access]]]:
        found: dict[str, list[Access]] = {}
        for access in self.everybody:
            found.setdefault(str(access.member.agency), []).append(access)
        return list(found.items())


def readers(thing: Case | Note) -> Readers:
    """Who can see `thing` now. Three queries, however many they are; what ends their way in is asked once for all."""
    ties: dict[str, tuple[policy.Tie, Q]] = {}
    for rule in policy.rules_of(thing.NOUN, {Verb.VIEW}):
        if rule.stages and Stage(thing.stage) not in rule.stages:
            continue
        condition = Q(role__in=sorted(rule.roles)) & rule.tie.people(thing)
        known = ties.get(rule.tie.name)
        ties[rule.tie.name] = (rule.tie, known[1] | condition if known else condition)
    found = list(
        policy.members_who(Verb.VIEW, thing)
        .annotate(
            **{
                f"by_{name}": ExpressionWrapper(condition, output_field=BooleanField())
                for name, (_, condition) in ties.items()
            }
        )
        .select_related("user", "agency")
        .order_by("agency__name", "user__name", "pk")
    )
    case = thing.case if isinstance(thing, Note) else thing
    written_by = [thing.agency] if isinstance(thing, Note) else []
    protection.of_case(case).hide_schools(*(member.agency for member in found), *written_by)
    found = sorted(found, key=lambda member: member.agency.name == protection.SOME_SCHOOL)
    last_days, hours = _last_days(case), _hours(case)
    return Readers(
        tuple(
            Access(
                member,
                tuple(tie.says for name, (tie, _) in ties.items() if getattr(member, f"by_{name}")),
                hours.get(member.pk) or _until(member, last_days),
            )
            for member in found
        )
    )


def _hours(case: Case) -> dict[int, str]:
    """`{membership: "Until 14:32"}` of emergency accesses."""
    opened = BreakGlass.objects.in_force().filter(case=case).values_list("membership", "ends_at")
    return {member: f"Until {timezone.localtime(ends):%H:%M}" for member, ends in opened.order_by("ends_at")}


def _last_days(case: Case) -> dict[int, datetime.date | None]:
    """`{agency or trust: the last day of its part in the case}`, None where it has none."""
    parts = Grant.everything.filter(in_force(timezone.localdate()), content_object=case, joined_at__isnull=False)
    found: dict[int, datetime.date | None] = {}
    for agency, trust, until in parts.values_list("group__agency", "group__agency__trust", "until"):
        for number in filter(None, (agency, trust)):
            longest = number in found and (found[number] is None or (until is not None and found[number] > until))
            found[number] = found[number] if longest else until
    return found


def _until(member: Membership, last_days: dict[int, datetime.date | None]) -> str:
    if member.agency_id not in last_days:
        return f"Until {day_month_year(member.until)}" if member.until else AS_LONG_AS
    ends = [day for day in (last_days[member.agency_id], member.until) if day]
    return f"Until {day_month_year(min(ends))}" if ends else "Until the case ends"


# --- why can this person see this child? ------------------------------------------------------------------------------

MOST = 20  # people a name may mean


def people_named(typed: str) -> list[User]:
    """The people with this address, or whose name holds these words; MOST at most."""
    words = typed.strip()
    if not words:
        return []
    return list(User.objects.filter(Q(name__icontains=words) | Q(email__iexact=words)).order_by("name", "pk")[:MOST])


@dataclass(frozen=True)
class Answer:
    """Whether somebody may see a case as one of her memberships, and by which rule or denial, in sentences."""

    role: str
    allowed: bool
    because: tuple[str, ...]


def why(case: Case, person: User) -> list[Answer]:
    """One answer a membership, those that have ended too; none where the person never had one."""
    mine = Membership.objects.filter(user=person).select_related("user", "agency").order_by("agency__name", "pk")
    return [_answer(case, member) for member in mine]


def _answer(case: Case, member: Membership) -> Answer:
    said = policy.explain(Actor(member), Verb.VIEW, case)
    role = f"{Role(member.role).label}, {member.agency}"
    return Answer(role, said.allowed, tuple(upper_first(words) for words in said.because))
