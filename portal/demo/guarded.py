"""What some in the county must not know: one restriction with a protected carer, and one conflict of interest."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from portal.demo.clock import at, working_day
from portal.demo.places import County
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.restrict import restrict
from referrals.models import Case
from referrals.workflow import Stage


def story(today: datetime.date, county: County) -> Iterator[datetime.datetime]:
    """At the end of the last working day: by then the cases are open, and the agencies have joined."""
    yield at(working_day(today, 1), 17, 40)
    _guard(county)


def _guard(county: County) -> None:
    """The same cases for the same county, by the order in which they were opened; each another one."""
    manager = county.council("manager")
    hillside = county.agencies["hillside"]
    open_ones = Case.objects.filter(stage=Stage.OPEN).order_by("pk")

    protected = open_ones.filter(
        school=hillside, grants__group=hillside.group_id, grants__joined_at__isnull=False, child__care__isnull=False
    ).first()
    carer = protected.child.carers.order_by("pk").first()
    carer.address = "Flat 2, 11 Weir Lane"
    carer.save(update_fields=["address"])
    restrict(
        protected,
        by=county.at("hillside", "dsl"),
        protects=carer,
        from_user=county.people["earlyhelp2@council.example.org"].user,
        covers={"address", "contact"},
        reason="A court order: a former partner must not learn where they live.",
    )

    colleague = county.council("officer2")
    known = open_ones.exclude(pk=protected.pk).exclude(lead=colleague.user).first()
    declare_conflict(known, by=manager, person=colleague.user, reason="The family lives next door.")
