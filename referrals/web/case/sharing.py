"""What an agency that is on a case reads of it, what for, and until when: changed here, effective at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.accounts.middleware import actor_of
from portal.accounts.models import Agency
from portal.accounts.step_up import recently_confirmed
from portal.ui.forms import DatePartsField, TextField
from referrals import policy
from referrals.actions._input import BadInput
from referrals.actions.case.share import share as change
from referrals.models import Case, Grant
from referrals.queries import people
from referrals.web.gate import workspace
from referrals.web.shares import SharesForm, reads_choices, typed_of
from referrals.workflow import Verb

from .forms import blame
from .frame import case_of, show


class ShareForm(SharesForm):
    purpose = TextField(
        label="Why do they take part?",
        help_text="It stays in the history. Do not name anybody.",
        max_length=200,
        error_messages={
            "required": "Tell them why they take part",
            "max_length": "The reason must be 200 characters or fewer",
        },
    )
    until = DatePartsField(
        label="Last day of their access",
        noun="the end date",
        help_text="Leave it empty if they take part until the case ends.",
        when="future_or_today",
        required=False,
        optional=True,
    )

    def __init__(self, data: Any = None, *, part: Grant) -> None:
        super().__init__(data, initial={"purpose": part.purpose, "until": part.until, **typed_of(part)})
        self.fields["reads"].choices = reads_choices(part.shares_from)


@workspace("case.share")
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    policy.require(actor_of(request), Verb.SHARE, case)
    number = request.POST.get("agency") or request.GET.get("agency", "")
    agency = Agency.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    part = people.part_of(case, agency) if agency else None
    if agency is None or part is None:
        return redirect("workspace:case-people", case.reference)  # their part has ended
    return _change(request, case, allowed, agency, part)


@recently_confirmed
def _change(request: HttpRequest, case: Case, allowed: frozenset[Verb], agency: Agency, part: Grant) -> HttpResponse:
    form = ShareForm(request.POST if request.method == "POST" else None, part=part)
    if form.is_valid():
        said = form.cleaned_data
        asked = {"shares": form.shares(part.shares_from), "purpose": said["purpose"], "until": said["until"]}
        try:
            change(case, by=actor_of(request), agency=agency, keeps_until=False, **asked)
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, "Saved. It holds from now on")
            return redirect("workspace:case-people", case.reference)
    return show(request, "share", case, allowed, form=form, agency=agency, part=part)
