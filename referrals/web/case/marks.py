"""New marks from a register."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.accounts.middleware import actor_of
from referrals import policy
from referrals.actions._input import BadInput
from referrals.actions.case.add_marks import add_marks as add
from referrals.queries import attendance
from referrals.questions.attendance import A_FILE, read_attendance
from referrals.web.gate import workspace
from referrals.workflow import Verb

from .forms import MarksForm, blame
from .frame import case_of, show


@workspace("case.add_marks")
@require_http_methods(["GET", "HEAD", "POST"])
def add_marks(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    policy.require(actor, Verb.ADD_MARKS, case)
    form = MarksForm(request.POST if request.method == "POST" else None)
    if request.FILES.get("marks"):
        form.add_error("marks", A_FILE)
    if form.is_valid():
        answers, problems = read_attendance(form.cleaned_data["marks"])
        held = attendance.newest([case.child_id]).get(case.child_id)
        if answers and held and held.text == answers["marks"]:  # the same again is nothing new
            return redirect("workspace:case-attendance", case.reference)
        for problem in problems:
            form.add_error("marks", problem)
        if answers:
            try:
                add(case, by=actor, attendance=answers)
            except BadInput as wrong:
                blame(form, wrong)
            else:
                messages.success(request, "Marks added")
                return redirect("workspace:case-attendance", case.reference)
    return show(request, "add_marks", case, allowed, form=form)
