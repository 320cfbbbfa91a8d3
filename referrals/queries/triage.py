"""The triage sheet: all that decides one concern or referral, in a fixed order, safety first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import LA_ROLES, AgencyKind
from portal.register.picture import Picture
from portal.ui.charts import AttendanceTrend, RegisterCalendar, RollingCount
from referrals import events, policy, protection, risk
from referrals.models import Case, Concern, Event, Referral
from referrals.models.intake import Risk
from referrals.questions import concern as asked
from referrals.questions import referral as tasks
from referrals.questions.attendance import picture_of
from referrals.questions.strength import Strength, strength
from referrals.workflow import Noun, Stage, Verb, word

from . import matches
from .intake import RISK_TONES, Wait, received_at, wait_of

Row = dict[str, Any]
WEEKS_SHOWN = 12
NOT_INVITED = (AgencyKind.LA_ATTENDANCE, AgencyKind.TRUST, AgencyKind.COUNCIL)


@dataclass(frozen=True)
class Excerpt:
    """A passage with words that may mean danger: (text, is such a word) in order."""

    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Person:
    """An adult, or the young person, and the rules of safe contact."""

    name: str
    facts: list[str]
    rules: list[asked.Rule]

    @property
    def warnings(self) -> list[asked.Rule]:
        return [rule for rule in self.rules if rule.warns]


@dataclass(frozen=True)
class Happening:
    sentence: str
    at: datetime.datetime
    data: dict[str, Any]
    kind: str
    by: User | None


@dataclass
class Sheet:
    """One sheet. Built by `sheet()`; what costs a query is asked once, by name."""

    thing: Concern | Referral
    actor: Actor
    known: list[matches.Known]
    told: list[matches.Told]
    history: list[Happening]
    case: Case | None
    standing: protection.Protection = protection.NOTHING
    today: datetime.date = field(default_factory=timezone.localdate)

    # --- what it is ---

    @property
    def is_concern(self) -> bool:
        return self.thing.NOUN is Noun.CONCERN

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What was said, with what is protected by now masked."""
        return self.standing.hide_in(self.thing.answers)

    @property
    def kind(self) -> str:
        return "Concern" if self.is_concern else "Referral"

    @property
    def child(self) -> str:
        pupil = self.answers if self.is_concern else self.answers.get("pupil", {})
        known_as = pupil.get("child_known_as" if self.is_concern else "known_as", "")
        name = f"{self.thing.child_first_name} {self.thing.child_last_name}".strip()
        return f"{name} ({known_as})" if known_as else name or "Name not given"

    @property
    def facts(self) -> list[str]:
        born = self.thing.date_of_birth
        years = asked.age({"child_dob": born.isoformat()}) if born else None
        return [
            ", ".join(filter(None, [f"Age {years}" if years is not None else "", self.thing.year_group])),
            self.school,
            f"{self.kind} from {self._from}",
        ]

    @property
    def school(self) -> str:
        if self.standing.hides_school:
            return protection.MASK
        if self.thing.school:
            return self.thing.school.name
        if self.answers.get("school_other"):
            return f"{self.answers['school_other']} (not in our list)"
        return {"none": "No school place", "home": "Educated at home"}.get(
            self.answers.get("school_id", ""), "School not known"
        )

    @property
    def _from(self) -> str:
        if not self.is_concern:
            return self.thing.started_by.get_short_name()
        return {
            "parent": "a parent or carer",
            "young_person": "the young person",
            "family_or_friend": "family or a friend",
            "works_with_child": "somebody who works with the child",
        }.get(self.thing.raiser_type, "somebody else")

    @property
    def stage(self) -> Any:
        return word(self.thing.NOUN, self.thing.stage)

    @property
    def received(self) -> datetime.datetime:
        return received_at(self.thing)

    @property
    def wait(self) -> Wait:
        return wait_of(self.thing, self.today)

    @property
    def is_decided(self) -> bool:
        return self.thing.decided_at is not None or self.thing.stage == Stage.WITHDRAWN

    # --- safety first ---

    @property
    def risk(self) -> str:
        return Risk(self.thing.risk).label

    @property
    def risk_tone(self) -> str:
        return RISK_TONES[Risk(self.thing.risk)]

    @cached_property
    def excerpts(self) -> list[Excerpt]:
        return [Excerpt(parts) for text in _texts(self.answers) if (parts := _marked(text))]

    @property
    def last_seen(self) -> str:
        said = self.answers.get("risk", {})
        if not said.get("last_seen"):
            return ""
        day = datetime.date.fromisoformat(said["last_seen"])
        days = (self.today - day).days
        ago = "today" if days == 0 else f"{days} day{'s' * (days != 1)} ago"
        return f"{day.day} {day:%B %Y}, {ago}" + (f", by {said['last_seen_by']}" if said.get("last_seen_by") else "")

    @property
    def protects_source(self) -> bool:
        return self.is_concern and (self.thing.source_protected or self.answers.get("share_with_family") == "no")

    @property
    def asks_first(self) -> bool:
        return "ask_first" in (self.answers.get("share_with_school"), self.answers.get("share_with_family"))

    # --- the story, in its order ---

    @property
    def ask(self) -> list[Row]:
        if self.is_concern:
            return self._said("hoped_for", "concern_reasons", "concern_reasons_other")
        return self._rows("asking")

    @cached_property
    def picture(self) -> Picture | None:
        if self.is_concern:
            return None
        attendance = self.answers.get("attendance") or {}
        source = "Register of the school" if self.standing.hides_school else f"Register of {self.thing.school.name}"
        return picture_of(attendance.get("marks", ""), born=self.thing.date_of_birth, source=source)

    @property
    def sentences(self) -> list[str]:
        """What the marks say, without the headline: that is the chart's title."""
        return [] if self.picture is None else [s for s in self.picture.sentences if s != self.picture.headline]

    @property
    def calendar(self) -> RegisterCalendar | None:
        return RegisterCalendar(self.picture, weeks=WEEKS_SHOWN) if self.picture and self.picture.ordered else None

    @property
    def lines(self) -> list[Any]:
        """The rolling count and the trend."""
        if not self.picture or not self.picture.ordered:
            return []
        return [RollingCount(self.picture), AttendanceTrend(self.picture)]

    @property
    def attendance(self) -> list[Row]:
        if self.is_concern:
            return self._said("attendance_now", "missing_since")
        return self._rows("attendance")[1:]  # the sentences of the marks stand above the chart

    @property
    def tried(self) -> list[Row]:
        if self.is_concern:
            return self._said("told_school", "school_contact_name", "school_response")
        return self._rows("support")

    @property
    def barriers(self) -> list[Row]:
        return [] if self.is_concern else self._rows("barriers")

    @property
    def send(self) -> list[Row]:
        if self.is_concern:
            return self._said("send_status", "support_now")
        wanted = {"SEN status", "Do any of these apply?"}
        return [row for row in self._rows("pupil") if row["key"] in wanted]

    @property
    def voices(self) -> list[tuple[str, str]]:
        """(whose words, the words)."""
        if self.is_concern:
            whose = "In the young person’s words" if asked.is_young_person(self.answers) else "In their words"
            return [(whose, self.answers["own_words"])] if self.answers.get("own_words") else []
        said = self.answers.get("voices", {})
        found = [
            ("In the child’s words", said.get("voice_words", "")),
            ("What would help, the child says", said.get("voice_wants", "")),
            ("Why the child has not been heard yet", said.get("voice_reason", "")),
        ]
        for parent in said.get("parents", []):
            words = parent.get("view_words") or ("Not reached" if parent.get("not_reached") else "")
            found.append((f"In the words of {parent.get('name', '')}", words))
        return [(whose, words) for whose, words in found if words]

    @property
    def risks(self) -> list[Row]:
        return [] if self.is_concern else self._rows("risk")

    @property
    def people(self) -> list[Person]:
        if self.is_concern:
            return [_raiser(self.answers, self.child, self._from)]
        return [_carer(person) for person in self.answers.get("carers", {}).get("people", [])]

    @property
    def sharing(self) -> list[Row]:
        return self._said("share_with_school", "share_with_family", "trusted_adult") if self.is_concern else []

    @cached_property
    def strength(self) -> Strength | None:
        return None if self.is_concern else strength(self.answers, self.today)

    def _rows(self, task: str) -> list[Row]:
        return next(section.rows for section in self._sections if section.task == task)

    @cached_property
    def _sections(self) -> list[tasks.Section]:
        return tasks.summary(self.answers)

    def _said(self, *names: str) -> list[Row]:
        by_name = {one.field: one for one in self._words}
        return [
            {"key": by_name[name].key, "value": by_name[name].value, "lines": by_name[name].lines}
            for name in names
            if name in by_name
        ]

    @cached_property
    def _words(self) -> list[asked.Said]:
        return asked.said(self.answers)

    # --- how it was decided ---

    @property
    def outcome(self) -> Happening | None:
        """The newest decision: accepted, declined, returned."""
        kinds = {
            events.kind_of(self.thing.NOUN, verb)
            for verb in (Verb.ACCEPT, Verb.DECLINE, Verb.RETURN)
            if (self.thing.NOUN, verb) != (Noun.CONCERN, Verb.RETURN)
        }
        return next((event for event in self.history if event.kind in kinds), None)


def sheet(actor: Actor, thing: Concern | Referral) -> Sheet:
    """Needs school (and started_by) loaded. The same few queries whatever is on it."""
    case = (
        policy.visible_to(actor, Case)
        .filter(pk=thing.case_id)
        .select_related("lead")
        .annotate(**protection.BESIDE)
        .first()
        if thing.case_id
        else None
    )
    standing = protection.of_case(case) if case else protection.NOTHING
    rows = policy.visible_to(actor, Event).filter(**{thing.NOUN: thing}).select_related("by", "by_agency", "agency")
    happened = list(rows.order_by("-pk")[:50])
    standing.hide_schools(*(agency for event in happened for agency in (event.by_agency, event.agency)))
    hidden = {events.Kind.STARTED, events.Kind.EDITED}
    history = [
        Happening(events.sentence(event), event.at, event.data, event.kind, event.by)
        for event in happened
        if event.kind not in hidden
    ]
    decided = case is not None
    return Sheet(
        thing,
        actor,
        known=[] if decided else matches.children(actor, thing),
        told=matches.arrivals(actor, thing),
        history=history,
        case=case,
        standing=standing,
    )


# --- who can take it on ----------------------------------------------------------------------------------------------


def officers() -> list[tuple[User, int]]:
    """Who can lead a case, each with how many they lead now, the fewest first. One query."""
    rows = (
        Membership.objects.current()
        .filter(agency__kind=AgencyKind.LA_ATTENDANCE, role__in=LA_ROLES)
        .select_related("user")
        .annotate(led=Count("user__led_cases", filter=Q(user__led_cases__stage=Stage.OPEN)))
    )
    led = {row.user: row.led for row in rows}
    return sorted(led.items(), key=lambda pair: (pair[1], pair[0].name))


def agencies(thing: Concern | Referral) -> list[Agency]:
    """Who can be invited; the school that referred takes part without being asked. One query."""
    rows = Agency.objects.open()
    if thing.NOUN is Noun.REFERRAL:
        rows = rows.exclude(pk=thing.school_id)
    return list(rows.exclude(kind__in=NOT_INVITED).order_by("kind", "name"))


# --- words -----------------------------------------------------------------------------------------------------------


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [text for inner in value for text in _texts(inner)] if isinstance(value, list) else []


def _marked(text: str, around: int = 120) -> tuple[tuple[str, bool], ...]:
    """The passage from a little before the first risk word to a little after the last, cut at spaces."""
    hits = list(risk.RISK_WORDS.finditer(text))
    if not hits:
        return ()
    start, end = max(0, hits[0].start() - around), min(len(text), hits[-1].end() + around)
    parts: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for hit in hits:
        parts += [(text[at : hit.start()], False), (hit.group(), True)]
        at = hit.end()
    parts.append((text[at:end], False))
    return (*parts, (" …", False)) if end < len(text) else tuple(parts)


def _raiser(answers: dict[str, Any], child: str, from_whom: str) -> Person:
    name = child if asked.is_young_person(answers) else answers.get("raiser_name") or "Name not given"
    needs = [asked.in_words(answers, key) for key in ("language_needed", "language", "support_other")]
    facts = [asked.in_words(answers, "relationship") or from_whom.capitalize()]
    if answers.get("language_needed") not in (None, "", "english"):
        facts += [need for need in needs if need]
    if answers.get("prefer_to_talk"):
        facts.append("Would rather tell someone than write it")
    return Person(name, facts, asked.contact_rules(answers))


def _carer(person: dict[str, Any]) -> Person:
    row = tasks.TASKS["carers"].form.item_row(person)
    unsafe = person.get("safe_contact") == "concerns"
    facts = [line for line in row["lines"] if not line.startswith(("Safe to contact", "Contact is not always"))]
    detail = person.get("safe_contact_detail", "")
    rule = asked.Rule(True, "The school knows of no concerns about contact")
    if unsafe:
        rule = asked.Rule(False, f"Not safe as usual: {detail}", warns=True)
    return Person(row["key"], facts, [rule])
