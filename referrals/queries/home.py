"""Today's work for a role: what to do next, and how much there is of what. Each list is short, each count a link."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet, Window
from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from portal.accounts.roles import PARTNER_ROLES, SCHOOL_ROLES, Role
from portal.register.calendar import ONE_WEEK, SchoolCalendar, in_words, week_of
from referrals import policy, protection
from referrals.access import term, work
from referrals.models import Case, Concern, Grant, Referral
from referrals.models.intake import Risk
from referrals.workflow import Stage

from . import case_list

SHOWN = 5
WAITING_CONCERNS = (Stage.RECEIVED, Stage.REVIEWING, Stage.CONTACTED)
WAITING_REFERRALS = (Stage.SUBMITTED,)


@dataclass(frozen=True)
class Item:
    """One thing to do. `place`: the kind of page it is on ("intake", "referral", "case", "join") and its reference."""

    place: str
    reference: str
    text: str
    note: str = ""
    status: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class Figure:
    """A count with its words and where it leads (a route and a query)."""

    number: int
    text: str
    route: str
    query: str = ""
    tone: str = ""

    @property
    def counted(self) -> str:
        return case_list.said_count(self.number)


@dataclass(frozen=True)
class Panel:
    title: str
    items: list[Item]
    nothing: str
    route: str = ""


@dataclass(frozen=True)
class Home:
    panels: list[Panel] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)


def home(actor: Actor) -> Home:
    """What this role's home shows (service design §4)."""
    if actor.role == Role.LA_DUTY:
        return _duty(actor)
    if actor.role == Role.LA_OFFICER:
        return _officer(actor)
    if actor.role == Role.LA_MANAGER:
        return _manager(actor)
    if actor.role == Role.HEAD:
        return _head(actor)
    if actor.role in SCHOOL_ROLES:
        return _school(actor)
    if actor.role in PARTNER_ROLES | {Role.TRUST_LEAD}:
        return _partner(actor)
    return Home()


# --- the attendance team ---------------------------------------------------------------------------------------------


def _duty(actor: Actor) -> Home:
    intake = _intake(actor)
    return Home([_next_in_intake(intake)], _intake_figures(intake))


def _officer(actor: Actor) -> Home:
    mine = policy.visible_to(actor, Case).filter(lead=actor.user, stage=Stage.OPEN)
    first = _without_contact(mine)
    late = first.filter(first_contact_by__lt=timezone.localdate())[: case_list.COUNT_LIMIT + 1].count()
    return Home(
        [
            _first_contacts(first),
            _recent(actor, "Your cases, latest first", "You lead no cases yet.", led_by_me=True),
        ],
        [
            Figure(case_list.count(actor, led_by=actor.user), "cases you lead", "workspace:cases"),
            Figure(late, "first contacts late", "workspace:cases", tone="warning" if late else ""),
        ],
    )


def _without_contact(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with a day promised to the family, in which the team has not shared a note yet."""
    waiting = cases.annotate(contacted=Exists(case_list.SHARED_BY_THE_TEAM))
    return waiting.filter(contacted=False, first_contact_by__isnull=False)


def _manager(actor: Actor) -> Home:
    intake = _intake(actor)
    unled = work.without_lead(policy.visible_to(actor, Case))
    rows = _with_names(unled).select_related("lead").order_by("opened_at", "pk")[:SHOWN]
    items = [_case_item(case, note=_why_unled(case)) for case in rows]
    return Home(
        [
            _next_in_intake(intake),
            Panel("Cases that nobody leads", items, "Every open case has a lead who works here."),
        ],
        [
            *_intake_figures(intake),
            *_to_confirm(actor),
            Figure(case_list.count(actor), "open cases", "workspace:cases", "?show=all"),
        ],
    )


def _why_unled(case: Case) -> str:
    return f"{case.lead} no longer works here" if case.lead else f"Open since {_said(case.opened_at)}"


def _to_confirm(actor: Actor) -> list[Figure]:
    number = term.to_confirm(actor).count()
    return [Figure(number, "to confirm this term", "workspace:people-confirm", tone="warning")] if number else []


@dataclass(frozen=True)
class Intake:
    """What waits for a decision: the first few, the riskiest first, then the oldest; and how many there are of what."""

    next: list[Any]
    waiting: int
    urgent: int
    due: int


def _intake(actor: Actor) -> Intake:
    """One question a noun: the counts of all stand beside each of the first few."""
    counted = {
        "waiting": Window(Count("pk")),
        "urgent": Window(Count("pk", filter=Q(risk=Risk.URGENT))),
        "due": Window(Count("pk", filter=Q(due_on__lte=timezone.localdate()))),
    }
    first = [
        list(
            policy.visible_to(actor, model)
            .filter(stage__in=stages)
            .annotate(**counted)
            .select_related("school")
            .defer("answers")
            .order_by("-risk", arrived)[:SHOWN]
        )
        for model, stages, arrived in (
            (Concern, WAITING_CONCERNS, "created_at"),
            (Referral, WAITING_REFERRALS, "submitted_at"),
        )
    ]
    found = sorted(itertools.chain(*first), key=lambda arrival: (-arrival.risk, _arrived(arrival)))
    totals = {name: sum(getattr(rows[0], name) for rows in first if rows) for name in counted}
    return Intake(found[:SHOWN], **totals)


def _next_in_intake(intake: Intake) -> Panel:
    items = [_arrival_item(arrival) for arrival in intake.next]
    return Panel("Do next", items, "The queue is clear. Nothing is waiting for a decision.", "workspace:intake")


def _arrived(arrival: Any) -> datetime.datetime:
    return getattr(arrival, "submitted_at", None) or arrival.created_at


def _arrival_item(arrival: Any) -> Item:
    today = timezone.localdate()
    kind = "Referral" if isinstance(arrival, Referral) else "Concern"
    who = " · ".join(part for part in (arrival.child_initials, arrival.year_group, str(arrival.school or "")) if part)
    late = arrival.due_on and arrival.due_on < today
    due = ("Was due " if late else "Due ") + _said(arrival.due_on) if arrival.due_on else ""
    status, tone = "", "neutral"
    if arrival.risk == Risk.URGENT:
        status, tone = "Urgent", "danger"
    elif late:
        status, tone = "Late", "warning"
    elif arrival.risk == Risk.HIGH:
        status, tone = "High", "warning"
    why = ", ".join(arrival.risk_reasons)
    note = " · ".join(part for part in (due, why) if part)
    return Item("intake", arrival.reference, f"{kind}: {who or arrival.reference}", note, status, tone)


def _intake_figures(intake: Intake) -> list[Figure]:
    return [
        Figure(intake.waiting, "waiting for a decision", "workspace:intake"),
        Figure(intake.urgent, "urgent", "workspace:intake", tone="danger" if intake.urgent else ""),
        Figure(intake.due, "due today or late", "workspace:intake", tone="warning" if intake.due else ""),
    ]


def _first_contacts(waiting: QuerySet[Case]) -> Panel:
    """By the day promised to the family."""
    today = timezone.localdate()
    items = []
    for case in _with_names(waiting).order_by("first_contact_by", "pk")[:SHOWN]:
        late = case.first_contact_by < today
        status, tone = (
            ("Late", "warning") if late else ("Today", "info") if case.first_contact_by == today else ("", "")
        )
        by = ("Was due " if late else "By ") + _said(case.first_contact_by)
        items.append(_case_item(case, note=f"First contact with the family. {by}", status=status, tone=tone))
    return Panel("Do next", items, "All done for today. Every family you lead for has been contacted.")


# --- schools and partners --------------------------------------------------------------------------------------------


def _school(actor: Actor) -> Home:
    own = policy.visible_to(actor, Referral)
    return Home([_ours_to_do(own), _recent(actor)], _school_figures(actor, own))


def _head(actor: Actor) -> Home:
    own = policy.visible_to(actor, Referral)
    sent = own.filter(stage__in=(Stage.SUBMITTED, Stage.RETURNED, Stage.ACCEPTED, Stage.DECLINED))
    items = [
        _referral_item(referral, note=f"Sent {_said(referral.submitted_at)}")
        for referral in sent.defer("answers").order_by("-submitted_at")[:SHOWN]
    ]
    panel = Panel("Our referrals", items, "Our school has not sent a referral yet.", "workspace:referrals")
    return Home([panel, _recent(actor)], [*_school_figures(actor, own), *_to_confirm(actor)])


def _school_figures(actor: Actor, own: QuerySet[Referral]) -> list[Figure]:
    counts = own.aggregate(
        drafts=Count("pk", filter=Q(stage=Stage.DRAFT)),
        returned=Count("pk", filter=Q(stage=Stage.RETURNED)),
        sent=Count("pk", filter=Q(stage=Stage.SUBMITTED)),
    )
    returned = counts["returned"]
    return [
        Figure(returned, "returned to us", "workspace:referrals", tone="warning" if returned else ""),
        Figure(counts["drafts"], f"draft{'s' * (counts['drafts'] != 1)}", "workspace:referrals"),
        Figure(counts["sent"], "with the council", "workspace:referrals"),
        Figure(case_list.count(actor), "open cases", "workspace:cases"),
    ]


def _ours_to_do(own: QuerySet[Referral]) -> Panel:
    """What the council sent back comes first, then drafts, the oldest first."""
    waiting = own.filter(stage__in=(Stage.RETURNED, Stage.DRAFT)).defer("answers")
    items = [
        _referral_item(
            referral,
            note=f"The council asked for more. By {_said(referral.due_on)}"
            if referral.stage == Stage.RETURNED and referral.due_on
            else f"Last changed {_said(referral.changed_at)}",
        )
        for referral in waiting.order_by("-stage", "changed_at")[:SHOWN]  # "returned" sorts after "draft"
    ]
    return Panel("Do next", items, "All done for today. Nothing is waiting for your school.", "workspace:referrals")


def _partner(actor: Actor) -> Home:
    asked = case_list.invitations(actor)
    items = [_invitation_item(grant) for grant in asked[:SHOWN]]
    panels = [_recent(actor)]
    if actor.role in PARTNER_ROLES:
        nothing = "All done for today. Nobody is waiting for your answer."
        panels.insert(0, Panel("Do next", items, nothing, "workspace:cases"))
    return Home(
        panels,
        [
            Figure(len(asked), f"invitation{'s' * (len(asked) != 1)} to answer", "workspace:cases"),
            Figure(case_list.count(actor), "open cases", "workspace:cases"),
        ],
    )


def _invitation_item(grant: Grant) -> Item:
    who = grant.granted_by.get_short_name() if grant.granted_by else "The attendance team"
    return Item(
        "join",
        grant.content_object.reference,
        f"Asked to join {grant.content_object.reference}",
        f"{who}: {grant.purpose}",
        "Invitation",
        "info",
    )


# --- what they share -------------------------------------------------------------------------------------------------


def _recent(
    actor: Actor,
    title: str = "Our cases, latest first",
    nothing: str = "No open cases yet.",
    *,
    led_by_me: bool = False,
) -> Panel:
    cases = case_list.newest(actor, led_by=actor.user if led_by_me else None, limit=SHOWN)
    items = [
        Item(
            "case",
            case.reference,
            f"{case.child_known_as or case.child_first_name} {case.child_last_name}",
            " · ".join(part for part in (case.child_year_group, case.school_name) if part),
        )
        for case in cases
    ]
    return Panel(title, items, nothing, "workspace:cases")


def _with_names(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("child", "school").annotate(**protection.BESIDE)


def _case_item(case: Case, **about: str) -> Item:
    school = protection.MASK if protection.of_case(case).hides_school else case.school or "no school place"
    return Item("case", case.reference, f"{case.child}, {school}", **about)


def _referral_item(referral: Referral, *, note: str) -> Item:
    name = f"{referral.child_first_name} {referral.child_last_name}".strip() or "A pupil not named yet"
    tone = {Stage.RETURNED: "warning", Stage.SUBMITTED: "info", Stage.ACCEPTED: "success"}
    return Item(
        "referral",
        referral.reference,
        name,
        note,
        referral.get_stage_display(),
        tone.get(Stage(referral.stage), "neutral"),
    )


def _said(moment: datetime.date | datetime.datetime | None) -> str:
    """ "Thu 26 Nov"."""
    if moment is None:
        return ""
    day = timezone.localdate(moment) if isinstance(moment, datetime.datetime) else moment
    return f"{day:%a} {day.day} {day:%b}"


# --- the greeting ----------------------------------------------------------------------------------------------------


def today_line(today: datetime.date, calendar: SchoolCalendar | None = None) -> str:
    """ "Monday 23 November 2026, week 4 after half term"; in a holiday, the holiday's name."""
    calendar = calendar or county.calendar()
    said = in_words(today)
    monday = week_of(today)
    if not calendar.knows(today):
        return said
    if not calendar.is_school_week(monday):
        return f"{said}, {_lower(calendar.break_name(monday, monday + ONE_WEEK))}"
    number, week = 1, monday - ONE_WEEK
    while calendar.knows(week) and calendar.is_school_week(week):
        number, week = number + 1, week - ONE_WEEK
    if not calendar.knows(week):
        return f"{said}, week {number} of term"
    name = calendar.break_name(week, week + datetime.timedelta(days=4))
    return f"{said}, week {number} " + (f"after {_lower(name)}" if "half" in name.lower() else "of term")


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
