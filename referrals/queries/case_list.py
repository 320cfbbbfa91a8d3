"""The work list: the cases a person may see, newest activity first, as quick in a large county as in a small one.

`policy.visible_to` says which cases. People who come in by a grant have an access path to the same rows: on PostgreSQL
one seek a group on the grant's index (group, latest activity, case), because no planner finds that by itself for
everybody. tests/queries/test_case_list.py holds the two to the same answer. Pages go on from a cursor, never an offset,
and a count stops at COUNT_LIMIT.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case as Case_
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind
from portal.register.sessions import Summary
from referrals import policy, protection
from referrals.models import Case, Child, ConflictOfInterest, Grant, Note, Restriction
from referrals.models.grant import in_force
from referrals.models.note import Visibility
from referrals.workflow import Noun, Stage, Verb

from . import attendance

PAGE = 25
COUNT_LIMIT = 1_000


@dataclass(frozen=True)
class Cursor:
    """The last case of a page; the next page begins after it. As text: microseconds since 1970, a dash, the number."""

    moment: datetime.datetime
    case: int

    def __str__(self) -> str:
        since = self.moment - EPOCH
        return f"{(since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds}-{self.case}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """None for anything that is no cursor: the list then begins at its beginning."""
        moment, _, case = text.partition("-")
        if not (moment.isdecimal() and case.isdecimal() and max(len(moment), len(case)) < 19):
            return None
        try:
            return cls(EPOCH + datetime.timedelta(microseconds=int(moment)), int(case))
        except OverflowError:
            return None


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Row:
    """One line of the list. `attended` is the sum the tier is read from, None while there are no marks."""

    case: Case
    attended: Summary | None

    @property
    def child(self) -> str:
        return f"{self.case.child_known_as or self.case.child_first_name} {self.case.child_last_name}"

    @property
    def attendance(self) -> str:
        return self.attended.percentage if self.attended and self.attended.possible else ""

    @property
    def reads_story(self) -> bool:
        """Whether all that happened is shared with the reader: of a part she learns no day on which it did."""
        return bool(self.case.reads_story)

    @property
    def first_contact_due(self) -> datetime.date | None:
        """The promised day, until the attendance team has shared a note on the case; of what she reads alone."""
        if not self.reads_story or self.case.contacted or self.case.stage != Stage.OPEN:
            return None
        return self.case.first_contact_by

    @property
    def is_late(self) -> bool:
        return bool(self.first_contact_due and self.first_contact_due < timezone.localdate())


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: Cursor | None
    count: int

    @property
    def counted(self) -> str:
        """ "1", "214", "1,000+"."""
        return said_count(self.count)


def said_count(number: int) -> str:
    """A number that was counted no further than COUNT_LIMIT."""
    return f"{COUNT_LIMIT:,}+" if number > COUNT_LIMIT else f"{number:,}"


def page(actor: Actor, *, stage: Stage = Stage.OPEN, led_by: User | None = None, after: Cursor | None = None) -> Page:
    """A page of the cases in `stage` that the actor may see (`led_by`: only those this person leads)."""
    found = newest(actor, stage=stage, led_by=led_by, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    marks = attendance.newest(_whose_attendance(actor, shown))
    rows = [
        Row(case, attendance.judged(marks[case.child_id].text) if case.child_id in marks else None) for case in shown
    ]
    further = Cursor(shown[-1].last_activity, shown[-1].pk) if len(found) > PAGE else None
    return Page(rows, further, count(actor, stage=stage, led_by=led_by))


def _whose_attendance(actor: Actor, cases: list[Case]) -> list[Any] | QuerySet:
    """The children of these cases whose attendance the actor reads, all of it: a sum of a part says something else."""
    if not comes_in_by_grant(actor):
        return [case.child_id for case in cases]
    numbers = [case.pk for case in cases]
    return (
        policy.visible_to(actor, Case, Verb.VIEW_ATTENDANCE)
        .filter(
            Exists(
                Grant.objects.filter(
                    content_object=OuterRef("pk"),
                    group__in=actor.groups,
                    shares_attendance=True,
                    shares_from__isnull=True,
                )
            ),
            pk__in=numbers,
        )
        .values("child")
    )


def newest(
    actor: Actor,
    *,
    stage: Stage | None = Stage.OPEN,
    led_by: User | None = None,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> list[Case]:
    """Cases by latest activity, with the child's, school's and lead's names, `contacted` and `reads_story` beside."""
    if connection.vendor == "postgresql" and led_by is None and comes_in_by_grant(actor):
        return _seek(actor, stage, after, limit)
    cases = _in(policy.visible_to(actor, Case), stage, led_by)
    if after:
        cases = cases.filter(
            Q(last_activity__lt=after.moment) | Q(last_activity=after.moment, pk__lt=after.case),
            last_activity__lte=after.moment,
        )
    beside = {**BESIDE, "reads_story": _reads_story(actor)}
    return list(cases.annotate(**beside).order_by("-last_activity", "-pk")[:limit])


def count(actor: Actor, *, stage: Stage = Stage.OPEN, led_by: User | None = None) -> int:
    """How many, up to COUNT_LIMIT + 1."""
    if comes_in_by_grant(actor) and led_by is None:
        grants = Grant.everything.filter(
            in_force(timezone.localdate()),
            group__in=actor.groups,
            joined_at__isnull=False,
        )
        if len(actor.groups) > 1:  # a case may come in by two of them
            of_cases = grants.filter(_spared(actor, "content_object__"), content_object__stage=stage)
            found: QuerySet = of_cases.values("content_object").distinct()
        else:
            # A scalar subquery, not a join: looked up row by row until the limit, where a join would read every case.
            # So is whether it is denied: to find what is, every case would be asked, and the second wall of each.
            spared = Case.objects.filter(_spared(actor), pk=OuterRef("content_object"))
            stage_now = Subquery(spared.values("stage"))
            found = grants.annotate(stage_now=stage_now).filter(stage_now=stage).values("pk")
        return found[: COUNT_LIMIT + 1].count()
    return _in(policy.visible_to(actor, Case), stage, led_by)[: COUNT_LIMIT + 1].count()


def _spared(actor: Actor, at: str = "") -> Q:
    """That no denial keeps the case from the actor."""
    condition = policy.not_denied(actor, Noun.CASE, at)
    return condition if isinstance(condition, Q) else Q() if condition else policy.NOBODY


def comes_in_by_grant(actor: Actor) -> bool:
    """Whether all the actor may see, she sees because her agency takes part."""
    ties = {rule.tie.name for rule in policy.rules_of(Noun.CASE, {Verb.VIEW}, actor.role)}
    return ties - {policy.BROKE_GLASS.name} == {policy.TAKES_PART.name}


def invitations(actor: Actor) -> list[Grant]:
    """What the actor's agency has been asked to join and she may answer: why, until when, and who asks. No child."""
    asked = Grant.everything.filter(in_force(timezone.localdate()), group__in=actor.groups, joined_at__isnull=True)
    waiting = list(asked.values_list("pk", flat=True))
    if not waiting:  # mostly so: then the policy need not be asked
        return []
    return list(
        asked.filter(pk__in=waiting, content_object__in=policy.visible_to(actor, Case, Verb.JOIN))
        .select_related("content_object", "granted_by", "group__agency")
        .order_by("since")
    )


def _in(cases: QuerySet[Case], stage: Stage | None, led_by: User | None) -> QuerySet[Case]:
    if stage:
        cases = cases.filter(stage=stage)
    return cases.filter(lead=led_by) if led_by else cases


# Notes the attendance team has shared with the case: a note that some cannot see must not show in anybody's dates.
SHARED_BY_THE_TEAM = Note.objects.filter(
    case=OuterRef("pk"), visibility=Visibility.CASE, agency__kind=AgencyKind.LA_ATTENDANCE
)
BESIDE: dict[str, Any] = {
    "child_first_name": F("child__first_name"),
    "child_known_as": F("child__known_as"),
    "child_last_name": F("child__last_name"),
    "child_year_group": F("child__year_group"),
    "school_name": Case_(When(protection.HIDES_SCHOOL, then=Value(protection.MASK)), default=F("school__name")),
    "lead_name": F("lead__name"),
    "contacted": Exists(SHARED_BY_THE_TEAM),
}


def _reads_story(actor: Actor) -> Any:
    """Whether a case's whole story is the actor's. `_page_of` says the same in SQL."""
    if not comes_in_by_grant(actor):
        return Value(True)
    whole = Grant.objects.filter(
        content_object=OuterRef("pk"), group__in=actor.groups, shares_story=True, shares_from__isnull=True
    )
    return Exists(whole)


def _seek(actor: Actor, stage: Stage | None, after: Cursor | None, limit: int) -> list[Case]:
    """The newest `limit` by whichever of two ways is quick for this actor; both give the same rows.

    Few groups: the newest `limit` of each by the grants' index, then the newest of those. Many groups (a trust's
    attendance lead): most of the county's newest cases are hers, so those are walked first, but never more of them than
    the seek would have looked at; where they do not fill the page, the seek is the answer. Measured with 400 groups:
    4 ms for 55 (docs/benchmarks.md, bar 2).
    """
    if len(actor.groups) >= MANY_GROUPS:
        found = _page_of(actor, *_walking(actor, stage, after, limit))
        if len(found) == limit:
            return found
    return _page_of(actor, *_seeking(actor, stage, after, limit))


MANY_GROUPS = 8


def _seeking(actor: Actor, stage: Stage | None, after: Cursor | None, limit: int) -> tuple[str, list[Any]]:
    in_stage, stages = "", []
    if stage:
        in_stage, stages = f"JOIN {_CASE} staged ON staged.id = part.case_id AND staged.stage = %s", [str(stage)]
    beyond, cursor = _beyond(after, "part.last_activity, part.case_id")
    sql = f"""
        SELECT DISTINCT part.case_id, part.last_activity
        FROM unnest(%s::int[]) AS mine(group_id)
        CROSS JOIN LATERAL (
            SELECT part.case_id, part.last_activity FROM {_GRANT} part {in_stage}
            WHERE part.group_id = mine.group_id AND {_PARTS} AND {_NOT_DENIED} {beyond}
            ORDER BY part.last_activity DESC, part.case_id DESC LIMIT %s
        ) part
        ORDER BY part.last_activity DESC, part.case_id DESC LIMIT %s
    """
    denied = [actor.user.pk, actor.user.pk]
    return sql, [list(actor.groups), *stages, timezone.localdate(), *denied, *cursor, limit, limit]


def _walking(actor: Actor, stage: Stage | None, after: Cursor | None, limit: int) -> tuple[str, list[Any]]:
    in_stage, stages = ("AND c.stage = %s", [str(stage)]) if stage else ("", [])
    beyond, cursor = _beyond(after, "c.last_activity, c.id")
    sql = f"""
        SELECT near.case_id, near.last_activity
        FROM (
            SELECT c.id AS case_id, c.last_activity FROM {_CASE} c WHERE true {in_stage} {beyond}
            ORDER BY c.last_activity DESC, c.id DESC LIMIT %s
        ) near
        WHERE EXISTS (
            SELECT 1 FROM {_GRANT} part
            WHERE part.case_id = near.case_id AND part.group_id = ANY(%s::int[]) AND {_PARTS} AND {_NOT_DENIED}
        )
        ORDER BY near.last_activity DESC, near.case_id DESC LIMIT %s
    """
    window = limit * len(actor.groups)
    denied = [actor.user.pk, actor.user.pk]
    return sql, [*stages, *cursor, window, list(actor.groups), timezone.localdate(), *denied, limit]


def _beyond(after: Cursor | None, place: str) -> tuple[str, list[Any]]:
    return (f"AND ({place}) < (%s, %s)", [after.moment, after.case]) if after else ("", [])


def _page_of(actor: Actor, page: str, parameters: list[Any]) -> list[Case]:
    standing, known = _standing(timezone.localdate())
    who = [actor.membership.pk if value == ANYBODY else value for value in known]
    sql = f"""
        SELECT c.*, child.first_name AS child_first_name, child.known_as AS child_known_as,
               child.last_name AS child_last_name, child.year_group AS child_year_group,
               CASE WHEN EXISTS (SELECT 1 FROM {_RESTRICTION} kept
                                 WHERE kept.child_id = c.child_id AND kept.lifted_at IS NULL AND kept.covers_school)
                    THEN %s ELSE school.name END AS school_name, officer.name AS lead_name,
               EXISTS (SELECT 1 FROM {_NOTE} note JOIN {_AGENCY} team ON team.id = note.agency_id
                       WHERE note.case_id = c.id AND note.visibility = %s AND team.kind = %s) AS contacted,
               EXISTS (SELECT 1 FROM {_GRANT} part
                       WHERE part.case_id = c.id AND part.group_id = ANY(%s::int[]) AND {_PARTS}
                         AND part.shares_story AND part.shares_from IS NULL) AS reads_story
        FROM ({page}) page
        JOIN {_CASE} c ON c.id = page.case_id
        JOIN {_CHILD} child ON child.id = c.child_id
        LEFT JOIN {_AGENCY} school ON school.id = c.school_id
        LEFT JOIN {_USER} officer ON officer.id = c.lead_id
        WHERE EXISTS ({standing})
        ORDER BY page.last_activity DESC, page.case_id DESC
    """
    beside: list[Any] = [protection.MASK, Visibility.CASE.value, AgencyKind.LA_ATTENDANCE.value]
    beside += [list(actor.groups), timezone.localdate()]
    return list(Case.objects.raw(sql, [*beside, *parameters, *who]))


ANYBODY = -1  # stands for the number of a membership


@lru_cache(maxsize=2)
def _standing(today: datetime.date) -> tuple[str, tuple[Any, ...]]:
    """Is membership ANYBODY current? As SQL: the same words for everybody all day, so they are written once."""
    return Membership.objects.current(today).filter(pk=ANYBODY).values("pk").query.sql_with_params()


_CASE, _CHILD, _GRANT, _NOTE, _AGENCY, _USER, _CONFLICT, _RESTRICTION = (
    model._meta.db_table for model in (Case, Child, Grant, Note, Agency, User, ConflictOfInterest, Restriction)
)
_PARTS = "part.joined_at IS NOT NULL AND (part.until IS NULL OR part.until >= %s)"
# policy.denied_cases, worked out once a query: few or none, so that the seek goes on along its index.
_NOT_DENIED = f"""part.case_id <> ALL (ARRAY(
    SELECT denied.id FROM {_CASE} denied WHERE denied.child_id IN (
        SELECT child_id FROM {_CONFLICT} WHERE user_id = %s AND lifted_at IS NULL AND child_id IS NOT NULL
        UNION ALL
        SELECT child_id FROM {_RESTRICTION} WHERE from_user_id = %s AND lifted_at IS NULL
    )
))"""
