"""What some in the county must not know, and some know in part.

One restriction with a protected carer, one conflict of interest, one part in a case with chosen sections, one from the
day it was shared, and one look in an emergency that somebody else has reviewed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet

from portal.demo.clock import at, working_day
from portal.demo.places import County
from referrals.actions._grant import Shares
from referrals.actions.case.break_glass import break_glass
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.end_break_glass import end_break_glass
from referrals.actions.case.restrict import restrict
from referrals.actions.case.review_break_glass import review_break_glass
from referrals.actions.case.share import share
from referrals.models import Case
from referrals.workflow import Stage


def story(today: datetime.date, county: County) -> Iterator[datetime.datetime]:
    """At the end of the last working day: by then the cases are open, and the agencies have joined.

    The same cases for the same county, by the order in which they were opened; each another one.
    """
    day = working_day(today, 1)
    yield at(day, 17, 40)
    taken = [_protect(county)]
    taken.append(_leave_out(county, taken))
    yield at(day, 17, 46)
    taken.append(_share_in_part(county, taken))
    taken.append(_share_from_today(county, taken))
    yield at(day, 17, 52)
    case = _open_ones(taken).exclude(grants__group=county.agencies["health"].group_id).first()
    glass = break_glass(
        case,
        by=county.people["partner@health.example.org"],
        reason="The child is in A and E and the ward asks who is around the family.",
    )
    yield at(day, 18, 4)
    end_break_glass(case, by=county.people["partner@health.example.org"])
    yield at(day, 18, 20)
    review_break_glass(
        case,
        by=county.council("dpo"),
        glass=glass,
        review="The ward rang the duty line as well. Twelve minutes, the people page alone. As it should be.",
    )


def _open_ones(but: list[Case]) -> QuerySet[Case]:
    return Case.objects.filter(stage=Stage.OPEN).exclude(pk__in=[case.pk for case in but]).order_by("pk")


def _protect(county: County) -> Case:
    hillside = county.agencies["hillside"]
    case = (
        _open_ones([])
        .filter(
            school=hillside, grants__group=hillside.group_id, grants__joined_at__isnull=False, child__care__isnull=False
        )
        .first()
    )
    carer = case.child.carers.order_by("pk").first()
    carer.address = "Flat 2, 11 Weir Lane"
    carer.save(update_fields=["address"])
    restrict(
        case,
        by=county.at("hillside", "dsl"),
        protects=carer,
        from_user=county.people["earlyhelp2@council.example.org"].user,
        covers={"address", "contact"},
        reason="A court order: a former partner must not learn where they live.",
    )
    return case


def _leave_out(county: County, taken: list[Case]) -> Case:
    colleague = county.council("officer2")
    case = _open_ones(taken).exclude(lead=colleague.user).first()
    declare_conflict(case, by=county.council("manager"), person=colleague.user, reason="The family lives next door.")
    return case


def _share_in_part(county: County, taken: list[Case]) -> Case:
    return _share(county, taken, "orchard", Shares(frozenset({"attendance", "people"})))


def _share_from_today(county: County, taken: list[Case]) -> Case:
    return _share(county, taken, "sen", Shares(from_today=True))


def _share(county: County, taken: list[Case], slug: str, shares: Shares) -> Case:
    """The oldest case of another school than Hillside, whose own people may want to try the whole of a case."""
    agency = county.agencies[slug]
    cases = _open_ones(taken).exclude(school=county.agencies["hillside"])
    case = cases.filter(grants__group=agency.group_id, grants__joined_at__isnull=False).first()
    share(case, by=county.council("manager"), agency=agency, shares=shares)
    return case
