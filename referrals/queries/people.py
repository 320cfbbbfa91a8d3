"""Who is around the child, how it is safe to reach them, which agencies take part, and who can see the case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import INVITED_KINDS, LA_ROLES, AgencyKind
from referrals import policy, protection
from referrals.models import Care, Case, Concern, Grant
from referrals.models.grant import in_force
from referrals.workflow import Verb


@dataclass(frozen=True)
class Way:
    """A way to reach somebody that is safe: what to press, and what to mind."""

    icon: str
    words: str
    href: str
    mind: str = ""


@dataclass(frozen=True)
class Adult:
    """One carer. A channel that is not safe is not among `ways`, and `unsafe` says so instead of showing it.

    `masked`: what is recorded and protected, by its label: masked for everybody, whoever reads this. `is_reachable`:
    whether how to reach this adult is for the reader at all; else `ways`, `unsafe`, `address` and `detail` are empty.
    """

    care: Care
    ways: tuple[Way, ...] = ()
    unsafe: tuple[str, ...] = ()
    address: str = ""
    detail: str = ""
    masked: tuple[str, ...] = ()
    is_reachable: bool = True

    @property
    def name(self) -> str:
        return self.care.carer.name

    @property
    def reminder(self) -> str:
        """One line for the overview: "Text only", "Calls and letters are safe", "No safe way is known"."""
        if not self.is_reachable:
            return "The attendance team knows how to reach them"
        carer = self.care.carer
        safe = [
            word
            for word, is_safe in (
                ("calls", carer.safe_to_call),
                ("texts", carer.safe_to_text),
                ("letters", carer.safe_to_write),
                ("email", carer.safe_to_email),
            )
            if is_safe
        ]
        if len(safe) == 4:
            return "No concerns about contact"
        return f"Only {', '.join(safe)}" if safe else "No safe way to contact is known"


def adults(case: Case, allowed: Collection[Verb]) -> list[Adult]:
    """The child's carers, those the child lives with first, as far as whoever may do `allowed` knows them."""
    if Verb.VIEW_PEOPLE not in allowed:
        return []
    care = Care.objects.filter(child=case.child_id).select_related("carer").order_by("-lives_with_child", "pk")
    if Verb.VIEW_CONTACT not in allowed:
        return [Adult(each, is_reachable=False) for each in care]
    standing = protection.of_case(case)
    return [_adult(each, standing) for each in care]


def _adult(care: Care, standing: protection.Protection) -> Adult:
    carer = care.carer
    masked = [name for name in protection.LABELS if getattr(carer, name) and standing.hides(carer, name)]
    for name in masked:
        setattr(carer, name, "")  # nothing below, and no template, comes to know it
    ways, unsafe = [], []
    number = carer.phone.replace(" ", "")
    if carer.safe_to_call:
        mind = "" if carer.safe_to_leave_message else "Do not leave a message"
        if carer.phone:
            ways.append(Way("phone", carer.phone, f"tel:{number}", mind))
    else:
        unsafe.append("Do not call: calls are not safe")
    if carer.safe_to_text:
        if carer.phone:
            ways.append(Way("note", f"Text {carer.phone}", f"sms:{number}"))
    else:
        unsafe.append("Do not text: texts are not safe")
    if carer.safe_to_email:
        if carer.email:
            ways.append(Way("letter", carer.email, f"mailto:{carer.email}"))
    else:
        unsafe.append("Do not email: emails are not safe")
    if not carer.safe_to_write:
        unsafe.append("Do not write: letters are not safe")
    labels = tuple(protection.LABELS[name] for name in masked)
    return Adult(care, tuple(ways), tuple(unsafe), carer.address, carer.safe_contact_detail, labels)


def concerns(actor: Actor, case: Case) -> list[Concern]:
    """What was told to the council about this child, for those who may read it; it says how to reach who told it."""
    return list(policy.visible_to(actor, Concern).filter(case=case).only("reference").order_by("-created_at"))


def parts(case: Case) -> list[Grant]:
    """The agencies that take part or have been asked, those taking part first."""
    found = Grant.everything.filter(in_force(timezone.localdate()), content_object=case)
    found = found.select_related("group__agency", "granted_by", "joined_by")
    protection.of_case(case).hide_schools(*(grant.agency for grant in found))
    return sorted(found, key=lambda grant: (grant.joined_at is None, grant.agency.name))


def part_of(case: Case, agency: Agency) -> Grant | None:
    """The agency's part in the case, taking part or asked."""
    found = Grant.everything.filter(in_force(timezone.localdate()), content_object=case, group=agency.group_id)
    part = found.select_related("granted_by", "group__agency").first()
    if part is not None:
        protection.of_case(case).hide_schools(part.agency)
    return part


@dataclass(frozen=True)
class Audience:
    """Everybody who can see a case, each as the membership that lets them."""

    members: list[Membership] = field(default_factory=list)

    @property
    def by_agency(self) -> list[tuple[Agency, list[Membership]]]:
        found: dict[int, tuple[Agency, list[Membership]]] = {}
        for member in self.members:
            found.setdefault(member.agency_id, (member.agency, []))[1].append(member)
        return list(found.values())

    def people(self, *, agency: Agency | None = None) -> int:
        return len({m.user_id for m in self.members if agency is None or m.agency_id == agency.pk})

    @property
    def everyone(self) -> str:
        """ "9 people in 4 organisations will see this. The family will not."."""
        return f"{self.people_in_organisations} will see this. The family will not."

    @property
    def people_in_organisations(self) -> str:
        """ "9 people in 4 organisations"."""
        agencies = len({m.agency_id for m in self.members})
        return f"{_people(self.people())} in {agencies} organisation{'s' * (agencies != 1)}"

    def of(self, agency: Agency) -> str:
        return f"{_people(self.people(agency=agency))} in {agency} will see this. Nobody else will."

    def others(self, actor: Actor) -> list[tuple[str, str]]:
        """(number, "S. Patel, Early Help practitioner, Early Help") of everybody on the case but the actor."""
        seen: dict[int, str] = {}
        for member in self.members:
            if member.user_id != actor.user.pk:
                said = f"{member.user.get_short_name()}, {member.get_role_display()}, {member.agency}"
                seen.setdefault(member.user_id, said)
        return [(str(number), words) for number, words in seen.items()]


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def audience(case: Case) -> Audience:
    """Who can see the case, by the rule that lets them, in one query."""
    members = Membership.objects.current().filter(policy.people_who(Verb.VIEW, case))
    found = list(members.select_related("user", "agency").order_by("agency__name", "user__name", "pk"))
    protection.of_case(case).hide_schools(*(member.agency for member in found))
    # Its place in the alphabet says something of a name, too.
    return Audience(sorted(found, key=lambda member: member.agency.name == protection.SOME_SCHOOL))


def agencies_to_ask(case: Case) -> list[Agency]:
    """Agencies that could be asked to join: open, of a kind that joins cases, and not on the case nor asked already."""
    on_it = Grant.everything.filter(in_force(timezone.localdate()), content_object=case).values("group")
    return list(Agency.objects.open().filter(kind__in=INVITED_KINDS).exclude(group__in=on_it).order_by("kind", "name"))


def who_can_lead() -> list[User]:
    """The people of the attendance team."""
    team = Membership.objects.current().filter(agency__kind=AgencyKind.LA_ATTENDANCE, role__in=LA_ROLES)
    return list(User.objects.filter(pk__in=team.values("user")).order_by("name"))


def has_been_asked(case: Case, actor: Actor, number: str) -> bool:
    """Whether the actor has already asked the agency with this number to join: the same form, sent twice."""
    if not number.isdecimal() or len(number) > 18:
        return False
    asked = Grant.everything.filter(in_force(timezone.localdate()), content_object=case, group__agency=int(number))
    return asked.filter(granted_by=actor.user, joined_at__isnull=True).exists()
