"""What every page of a case stands in: whose case it is, where one may go from here, and what one may do."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from portal.accounts.middleware import actor_of
from referrals import policy, protection
from referrals.models import Case
from referrals.queries import glass
from referrals.queries.timeline import latest
from referrals.web.gate import find
from referrals.workflow import STAGES, Noun, Stage, Verb

RELATED = ("child", "school", "lead")
PAGES = (
    ("case", "Overview", Verb.VIEW),
    ("case-timeline", "Timeline", Verb.VIEW_STORY),
    ("case-attendance", "Attendance", Verb.VIEW_ATTENDANCE),
    ("case-people", "People", Verb.VIEW_PEOPLE),
    ("case-history", "History", Verb.VIEW_STORY),
)


def case_of(request: HttpRequest, reference: str, *verbs: Verb) -> tuple[Case, frozenset[Verb]]:
    """The case and what the actor may do with it; 404 unless she may do one of `verbs` (by default: view)."""
    try:
        case = find(request, Case, reference, *verbs, related=RELATED, beside=protection.BESIDE)
    except Http404:
        if not {Verb.JOIN, Verb.REFUSE} & set(verbs):
            raise
        # Who is only asked to join has a case, and no child: behind the second wall the two do not join.
        case = find(request, Case, reference, *verbs, related=RELATED[1:], beside=protection.BESIDE)
    allowed = policy.allowed(actor_of(request), case)
    if not allowed & frozenset(verbs or (Verb.VIEW,)):
        raise Http404("There is no such case.")
    return case, allowed


def read_by(request: HttpRequest, case: Case, allowed: frozenset[Verb], section: Verb) -> None:
    """Refused, with a sentence, where this section of the case is not shared with whoever asks."""
    if section not in allowed:
        policy.require(actor_of(request), section, case)


def show(
    request: HttpRequest,
    template: str,
    case: Case,
    allowed: frozenset[Verb],
    *,
    here: str = "",
    last: int | None = None,
    **context: Any,
) -> HttpResponse:
    """A page of a case. `here` is the route of the page one is on; `last` the newest event's number, if it is known."""
    newest = latest(actor_of(request), case) if last is None else last
    sees = Verb.VIEW in allowed  # who is only asked to join does not
    return render(
        request,
        f"referrals/case/{template}.html",
        {
            "case": case,
            "child": case.child if sees else None,
            "allowed": allowed,
            "facts": facts(case) if sees else [],
            "tags": tags(case),
            "emergency": _emergency(request, case, allowed),
            "restricted": sees and bool(protection.of_case(case)),
            "pages": [
                {"text": text, "href": reverse(f"workspace:{route}", args=[case.reference]), "current": route == here}
                for route, text, verb in PAGES
                if verb in allowed
            ],
            "live": {
                "stream": case.reference,
                "after": newest,
                "url": f"{reverse('workspace:case-news', args=[case.reference])}?after=",
                "lead": str(case.lead.get_short_name()) if case.lead else "the attendance team",
            },
            **context,
        },
    )


def _emergency(request: HttpRequest, case: Case, allowed: frozenset[Verb]) -> glass.Access | None:
    """The emergency access by which she is here, if it is by one: asked only where it could be."""
    actor = actor_of(request)
    return glass.on(actor, case) if Verb.END_BREAK_GLASS in allowed and not actor.is_la else None


def older(case: Case, route: str, number: int | None) -> str:
    """The address of the page that goes on before an event's number; "" where there is no further one."""
    return f"{reverse(f'workspace:{route}', args=[case.reference])}?before={number}" if number else ""


def facts(case: Case) -> list[str]:
    """ "13, Year 9", "Hillside High": who the child is, in a line."""
    age = years(case.child.date_of_birth)
    who = ", ".join(fact for fact in (str(age) if age is not None else "", case.child.year_group) if fact)
    school = protection.school_of(case)
    return [fact for fact in (who, f"School: {school}" if protection.of_case(case).hides_school else school) if fact]


def tags(case: Case) -> list[dict[str, str]]:
    if case.stage == Stage.OPEN:
        return []
    word = STAGES[Noun.CASE][Stage(case.stage)]
    return [{"text": word.staff, "tone": word.tone}]


def years(born: datetime.date | None) -> int | None:
    if born is None:
        return None
    today = timezone.localdate()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
