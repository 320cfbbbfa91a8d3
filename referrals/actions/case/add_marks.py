"""New attendance marks for the child of a case."""

from __future__ import annotations

from typing import Any

from portal.accounts.actor import Actor
from referrals import policy
from referrals.actions import _people
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Case, Marks
from referrals.workflow import Verb


def add_marks(case: Case, *, by: Actor, attendance: dict[str, Any]) -> Marks:
    """`attendance`: {"marks": packed text, "first_day": ISO, "last_day": ISO}, as questions.attendance reads it."""
    check(marks=not attendance.get("marks") and "Paste the marks from your register")
    newest = Marks.objects.filter(child=case.child_id).order_by("-pk").first()
    if newest and newest.text == attendance["marks"]:
        policy.require(by, Verb.ADD_MARKS, case)
        return newest  # sent twice: nothing that anybody sees would change
    with change(case, by=by, verb=Verb.ADD_MARKS) as ch:
        school = by.agency if by.agency and by.agency.is_school else case.school
        marks = _people.add_marks(case.child, school, attendance, by.user)
        ch.record(data={"first_day": attendance["first_day"], "last_day": attendance["last_day"]})
    return marks
