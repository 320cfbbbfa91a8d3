"""Check, send, and take back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal import county
from portal.accounts.middleware import actor_of
from portal.ui.charts import RegisterCalendar
from portal.ui.forms import Form, LongTextField
from referrals import policy
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput
from referrals.actions.referral.submit import submit
from referrals.actions.referral.withdraw import withdraw as withdraw_referral
from referrals.models import Referral
from referrals.queries.referral_page import page
from referrals.web.gate import workspace
from referrals.workflow import Stage, Verb

from . import _open


@workspace("referral.submit")
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """All the answers on one page, and the button that sends them. Sent twice is sent once."""
    referral = _open.seen(request, reference)
    if Verb.SUBMIT not in policy.allowed(actor_of(request), referral):
        return redirect(after(referral), referral.reference)
    changed = False
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            submit(referral, by=actor_of(request), version=_open.version_of(request))
        except BadInput as wrong:
            errors = wrong.errors
        except (Conflict, policy.Refused):
            referral.refresh_from_db()
            changed = Verb.SUBMIT in policy.allowed(actor_of(request), referral)
            if not changed:
                return redirect(after(referral), referral.reference)
        else:
            return redirect("workspace:referral-sent", referral.reference)
    shown = page(actor_of(request), referral)
    if not shown.ready and request.method != "POST":
        return redirect("workspace:referral", referral.reference)
    missing = [
        {"text": text, "href": reverse("workspace:referral-task", args=[referral.reference, task])}
        for task, text in errors.items()
    ]
    context = {
        "page": shown,
        "referral": referral,
        "sections": [
            {"section": section, "href": reverse("workspace:referral-task", args=[referral.reference, section.task])}
            for section in shown.sections
        ],
        "calendar": RegisterCalendar(shown.picture, level=3) if shown.picture else None,
        "changed": changed,
        "missing": missing,
        "has_errors": bool(missing),
        "version": referral.version,
    }
    return render(request, "referrals/referral/check.html", context)


def after(referral: Referral) -> str:
    """Where somebody belongs who comes to send what has been sent."""
    return "workspace:referral-sent" if referral.stage == Stage.SUBMITTED else "workspace:referral"


@workspace("referral.view")
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """What happens next, with dates. Works when it is bookmarked."""
    referral = _open.seen(request, reference)
    if referral.stage != Stage.SUBMITTED:
        return redirect("workspace:referral", referral.reference)
    rules = county.rules()
    return render(
        request,
        "referrals/referral/sent.html",
        {
            "referral": referral,
            "page": page(actor_of(request), referral),
            "contact_days": rules.family_first_contact_target_school_days,
            "contact_by": county.calendar().add_school_days(
                referral.due_on, rules.family_first_contact_target_school_days
            ),
        },
    )


class Withdrawal(Form):
    reason = LongTextField(
        label="Why are you taking it back?",
        noun="why you are taking it back",
        help_text="The attendance team reads this if the referral has been sent.",
        max_length=500,
        rows=3,
        optional=True,
    )


@workspace("referral.withdraw")
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """A page to think twice on, never a browser's question."""
    referral = _open.seen(request, reference)
    if Verb.WITHDRAW not in policy.allowed(actor_of(request), referral):
        if referral.stage == Stage.WITHDRAWN:
            return redirect("workspace:referral", referral.reference)
        policy.require(actor_of(request), Verb.WITHDRAW, referral)
    form = Withdrawal(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        withdraw_referral(referral, by=actor_of(request), reason=form.cleaned_data["reason"])
        messages.success(request, f"{referral.reference} has been withdrawn")
        return redirect("workspace:referrals")
    return render(
        request,
        "referrals/referral/withdraw.html",
        {"referral": referral, "form": form, "draft": referral.stage == Stage.DRAFT},
    )
