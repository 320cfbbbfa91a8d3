"""Who looked: the audit trail as the data protection officer and the attendance team's manager read it."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, User
from portal.audit import trail
from portal.audit.models import Entry, Prompt
from referrals import policy, reference
from referrals.models import Case, Concern, ConflictOfInterest, Referral, Restriction
from referrals.workflow import Noun, Verb

from . import rules_said

PAGE = 50
MOST = 50_000  # rows of one export
WORDS = {
    "view": "Looked at",
    "list": "Opened a list",
    "search": "Searched",
    "export": "Took out a file",
    "print": "Printed",
    "reveal": "Revealed a protected detail",
    "refused": "Was refused",
    "sign_in": "Signed in",
    "sign_in_failed": "Failed to sign in",
    "sign_out": "Signed out",
    "permission": "Changed access",
    "break_glass": "Emergency access",
    "change": "Changed",
    "review": "Reviewed a prompt",
}


@dataclass(frozen=True)
class Asked:
    """What the trail is narrowed by. `agency` and `who`: numbers, or 0; `about`: a reference; days inclusive."""

    who: str = ""
    agency: int = 0
    about: str = ""
    action: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def reference(self) -> str:
        """`about`, if it is a reference: what else was typed may be a name, and is written nowhere."""
        return reference.parse(self.about) or ""


@dataclass(frozen=True)
class Line:
    """One row in words. `rule` is the code that the chain holds, `by` the same in words; `code`, the action's."""

    at: datetime.datetime
    who: str
    agency: str
    code: str
    action: str
    refused: bool
    reference: str
    rule: str
    by: str
    why: str
    channel: str

    def cells(self) -> list[str]:
        return [
            timezone.localtime(self.at).isoformat(timespec="seconds"),
            self.who,
            self.agency,
            self.code,
            self.action,
            "refused" if self.refused else "allowed",
            self.reference,
            self.rule,
            self.by,
            self.why,
            self.channel,
        ]


HEADINGS = [
    *("when", "who", "agency", "action", "what", "decision", "reference", "rule", "rule in words", "why", "channel")
]


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: str


def page(actor: Actor, asked: Asked, *, after: str = "") -> Page:
    """Newest first, 50 a page, going on after the mark of the page before. May raise policy.Refused."""
    found = _rows(actor, asked)
    if mark := _mark(after):
        at, number = mark
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=number))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(_lines(rows[:PAGE]), f"{last.at.isoformat()} {last.pk}" if last else "")


def export(actor: Actor, asked: Asked) -> str:
    """The same rows as a CSV file of MOST lines at most; that it was taken out is itself a row."""
    rows = list(_rows(actor, asked)[:MOST])
    trail.write("export", by=actor, noun="audit", reference=asked.reference or "trail", channel="export")
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADINGS)
    for line in _lines(rows):
        writer.writerow(map(guarded, line.cells()))
    return file.getvalue()


def guarded(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula, and would run it."""
    return f"'{cell}" if cell.lstrip()[:1] in {"=", "+", "-", "@", "\t", "\r", "|", "%"} else cell


def _rows(actor: Actor, asked: Asked) -> QuerySet[Entry]:
    policy.require(actor, Verb.VIEW_ACTIVITY, Noun.COUNTY)
    found = Entry.objects.exclude(flag=trail.KEPT).order_by("-at", "-id")
    children, references = _kept_from(actor)
    if children or references:
        found = found.exclude(about__in=children).exclude(reference__in=references)
    if asked.who:
        named = User.objects.filter(Q(email__iexact=asked.who) | Q(name__icontains=asked.who))
        found = found.filter(user_id__in=list(named.values_list("pk", flat=True)[:200]))
    if asked.agency:
        found = found.filter(agency_id=asked.agency)
    if asked.about:
        found = found.filter(reference=asked.reference or asked.about)
    if asked.action in WORDS:
        found = found.filter(action=asked.action)
    if asked.since:
        found = found.filter(at__gte=_midnight(asked.since))
    if asked.until:
        found = found.filter(at__lt=_midnight(asked.until + datetime.timedelta(days=1)))
    return found


@identity.as_worker()
def _kept_from(actor: Actor) -> tuple[list[str], list[str]]:
    """The children whoever reads must not know of, and every reference that speaks of one: of a case, and of what
    arrived, before it was known whom it is about, too. Asked as the service: such rows are hidden from her."""
    mine = ConflictOfInterest.objects.in_force().filter(user=actor.user)
    from_me = Restriction.objects.in_force().filter(from_user=actor.user).values_list("child_id", flat=True)
    children = [*mine.filter(child__isnull=False).values_list("child_id", flat=True), *from_me]
    arrived = [one for pair in mine.values_list("concern__reference", "referral__reference") for one in pair if one]
    if not children:
        return [], arrived
    theirs = Q(case__child__in=children) | Q(likely__in=children)
    rows = (Case.objects.filter(child__in=children), Concern.objects.filter(theirs), Referral.objects.filter(theirs))
    return [str(child) for child in children], [
        *arrived,
        *(ref for of in rows for ref in of.values_list("reference", flat=True)),
    ]


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _mark(text: str) -> tuple[datetime.datetime, int] | None:
    moment, _, number = text.rpartition(" ")
    try:
        at = datetime.datetime.fromisoformat(moment)
        found = int(number)
    except ValueError:
        return None
    return (at, found) if at.tzinfo and 0 <= found < 2**63 else None


def _who(row: Entry, people: dict[int, User]) -> str:
    if row.user_id:
        return str(people.get(row.user_id) or f"Person {row.user_id}")
    return f"The service ({row.actor})" if row.actor else "Nobody known"


def _lines(rows: Iterable[Entry]) -> list[Line]:
    rows = list(rows)
    people = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
    agencies = Agency.objects.in_bulk({row.agency_id for row in rows if row.agency_id})
    return [
        Line(
            at=row.at,
            who=_who(row, people),
            agency=str(agencies.get(row.agency_id, "")),
            code=row.action,
            action=WORDS.get(row.action, row.action),
            refused=row.decision == trail.REFUSED,
            reference=row.reference,
            rule=row.rule,
            by=rules_said.in_words(row.action, row.rule),
            why=row.why,
            channel=row.channel,
        )
        for row in rows
    ]


def agencies() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Agency.objects.order_by("name").values_list("pk", "name")]


# --- what should be looked into ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A prompt, with the names of the people in it."""

    prompt: Prompt
    who: str
    reviewer: str


def questions(actor: Actor) -> list[Question]:
    """Those nobody has reviewed, newest first, then the last 20 that somebody has. Nobody reviews what she did."""
    policy.require(actor, Verb.VIEW_ACTIVITY, Noun.COUNTY)
    others = Prompt.objects.exclude(user_id=actor.user.pk)
    waiting = list(others.filter(reviewed_at__isnull=True).order_by("-until")[:200])
    return _named([*waiting, *others.filter(reviewed_at__isnull=False).order_by("-reviewed_at")[:20]])


def question(actor: Actor, number: int) -> Question | None:
    policy.require(actor, Verb.VIEW_ACTIVITY, Noun.COUNTY)
    return next(iter(_named(Prompt.objects.filter(pk=number).exclude(user_id=actor.user.pk))), None)


def _named(prompts: Iterable[Prompt]) -> list[Question]:
    prompts = list(prompts)
    people = User.objects.in_bulk({who for prompt in prompts for who in (prompt.user_id, prompt.reviewed_by) if who})

    def name(who: int | None) -> str:
        return str(people.get(who) or f"Person {who}") if who else ""

    return [Question(prompt, name(prompt.user_id), name(prompt.reviewed_by)) for prompt in prompts]
