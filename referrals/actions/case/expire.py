"""Agencies whose last day on a case has passed. They could not look from that moment; this clears up and says so."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.actor import Actor
from referrals.actions._change import NothingRecorded, change
from referrals.models import Case, Grant
from referrals.models.grant import in_force
from referrals.workflow import Verb


def expire(case: Case, *, by: Actor) -> Case:
    """End every part in `case` that is past its last day; nothing, where nothing is."""
    if not _past(case=case).exists():
        return case
    with change(case, by=by, verb=Verb.EXPIRE) as ch:
        for grant in _past(case=ch.obj).select_related("group__agency"):
            ch.record(agency=grant.agency, data={"until": grant.until.isoformat()})
            grant.delete()
    return case


def expire_all(*, by: Actor) -> int:
    """End every part in every case that is past its last day; returns the number of cases. The worker runs this."""
    cases = Case.objects.filter(pk__in=_past().values("content_object"))
    done = 0
    for case in cases.iterator():
        try:
            expire(case, by=by)
        except NothingRecorded:  # another worker was quicker
            continue
        done += 1
    return done


def _past(case: Case | None = None):
    past = Grant.everything.exclude(in_force(timezone.localdate()))
    return past.filter(content_object=case) if case else past
