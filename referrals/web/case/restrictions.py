"""An adult must not learn an address, a school or a number: set it, see what stands, end it by two, read one detail."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import limits
from portal.accounts.middleware import actor_of
from portal.accounts.models import User
from portal.accounts.step_up import recently_confirmed
from portal.ui.forms import CheckboxesField, EmailField, Form, LongTextField, RadiosField
from referrals import policy
from referrals.actions._input import BadInput
from referrals.actions.case.ask_to_lift import ask_to_lift as ask_that_it_ends
from referrals.actions.case.lift import lift as end
from referrals.actions.case.restrict import restrict as set_restriction
from referrals.actions.case.reveal import LONGEST, SHORTEST
from referrals.actions.case.reveal import reveal as read_detail
from referrals.models import Carer, Case, Restriction
from referrals.models.restriction import DETAILS
from referrals.queries import restrictions as found
from referrals.web.gate import workspace
from referrals.workflow import Verb

from .forms import blame
from .frame import case_of, show

page = require_http_methods(["GET", "HEAD", "POST"])
CHILD, STAFF = "child", "staff"


def _reason(label: str, hint: str) -> LongTextField:
    return LongTextField(
        label=label,
        help_text=f"At least {SHORTEST} characters. {hint}",
        min_length=SHORTEST,
        max_length=LONGEST,
        rows=4,
        error_messages={
            **dict.fromkeys(("required", "min_length"), f"Give the reason in {SHORTEST} characters or more"),
            "max_length": f"The reason must be {LONGEST} characters or fewer",
        },
    )


class RestrictForm(Form):
    """Whose details, from whom, which, and why."""

    protects = RadiosField(
        label="Who is protected?",
        help_text="Choose the child for the school, and for the home of the adults the child lives with.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select who is protected"),
    )
    from_carer = RadiosField(
        label="Which adult must not learn it?",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select who must not learn it"),
    )
    from_user = EmailField(
        label="Email address of the member of staff",
        help_text="Only if it is a member of staff. They will see nothing of this child at all.",
        required=False,
    )
    covers = CheckboxesField(
        label="What must they not learn?",
        choices=list(DETAILS.items()),
        initial=list(DETAILS),
        error_messages={"required": "Select what must not be learned"},
    )
    reason = _reason("Why?", "The attendance team and the school’s safeguarding lead can read it.")

    def __init__(self, *args, case: Case, carers: list[Carer], asker: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker
        self.carers = {str(carer.pk): carer for carer in carers}
        adults = [(key, carer.name) for key, carer in self.carers.items()]
        self.fields["protects"].choices = [(CHILD, str(case.child)), *adults]
        self.fields["from_carer"].choices = [*adults, (STAFF, "A member of staff")]
        self.person: User | None = None

    def clean(self) -> dict:
        said = super().clean()
        if said.get("from_carer") != STAFF or self.has_error("from_user"):
            return said
        if not limits.fail(limits.NAMED, str(self.asker.pk)):
            self.add_error("from_user", found.TOO_MANY)
        else:
            self.person = found.staff(said.get("from_user") or "")
            if self.person is None:
                self.add_error("from_user", "Enter the email address with which the member of staff signs in")
        return said


class WhyForm(Form):
    reason = _reason("Why should it end?", "Say what has changed.")


class RevealForm(Form):
    reason = _reason("Why do you need it?", "It is kept with your name, and it is looked at.")

    def __init__(self, *args, details: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.details = dict(details)
        self.fields["detail"] = RadiosField(
            label="Which detail do you need?",
            choices=details,
            error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a protected detail"),
        )
        self.order_fields(["detail", "reason"])


@workspace("case.restrict", "case.ask_to_lift", "case.lift")
@require_safe
def standing(request: HttpRequest, reference: str) -> HttpResponse:
    """Every restriction that stands, for those who set and end them."""
    case, allowed = case_of(request, reference)
    policy.require(actor_of(request), Verb.RESTRICT, case)
    return show(request, "restrictions", case, allowed, standing=found.standing(case), asker=actor_of(request).user)


@workspace("case.restrict")
@page
def restrict(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    policy.require(actor_of(request), Verb.RESTRICT, case_of(request, reference)[0])
    return _restrict(request, reference)


@recently_confirmed
def _restrict(request: HttpRequest, reference: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    sent = request.POST if request.method == "POST" else None
    form = RestrictForm(sent, case=case, carers=found.carers(case), asker=actor_of(request).user)
    if form.is_valid():
        said = form.cleaned_data
        try:
            set_restriction(
                case,
                by=actor_of(request),
                reason=said["reason"],
                covers=said["covers"],
                protects=form.carers.get(said["protects"]),
                from_carer=form.carers.get(said["from_carer"]),
                from_user=form.person,
            )
        except BadInput as wrong:
            if found.has_set(case, actor_of(request), said["reason"]):
                return redirect("workspace:case-restrictions", case.reference)  # pressed twice: it is done
            blame(form, wrong)
        else:
            messages.success(request, "The restriction stands from now on")
            return redirect("workspace:case-restrictions", case.reference)
    return show(request, "restrict", case, allowed, form=form)


@workspace("case.ask_to_lift")
@page
def ask_to_lift(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    policy.require(actor, Verb.ASK_TO_LIFT, case)
    restriction = _one(request, case)
    if restriction is None or restriction.lift_asked_by_id == actor.user.pk:
        return redirect("workspace:case-restrictions", case.reference)  # ended, or asked already: pressed twice
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask_that_it_ends(case, by=actor, restriction=restriction, reason=form.cleaned_data["reason"])
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, "You have asked that it ends. It stands until somebody else agrees")
            return redirect("workspace:case-restrictions", case.reference)
    return show(request, "ask_to_lift", case, allowed, form=form, one=found.in_words(case, restriction))


@workspace("case.lift")
@page
def lift(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    policy.require(actor_of(request), Verb.LIFT, case_of(request, reference)[0])
    return _lift(request, reference)


@recently_confirmed
def _lift(request: HttpRequest, reference: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    restriction = _one(request, case)
    if restriction is None or restriction.lift_asked_by_id is None:
        return redirect("workspace:case-restrictions", case.reference)  # ended, or nobody has asked
    if restriction.lift_asked_by_id == actor_of(request).user.pk:
        raise policy.Refused("You asked that this restriction ends. Somebody else must agree.")
    if request.method == "POST":
        end(case, by=actor_of(request), restriction=restriction)
        messages.success(request, "The restriction has ended")
        return redirect("workspace:case-restrictions", case.reference)
    return show(request, "lift", case, allowed, one=found.in_words(case, restriction))


@workspace("case.reveal")
@page
def reveal(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """One protected detail, on the answer to this one POST: in no address, no title and nowhere kept."""
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    policy.require(actor, Verb.REVEAL, case)
    details = found.details(actor, case)
    sent = request.method == "POST"
    form = RevealForm(request.POST if sent else None, details=details, initial={"detail": request.GET.get("detail")})
    label = words = ""
    if details and form.is_valid():
        detail = form.cleaned_data["detail"]
        try:
            words = read_detail(case, by=actor, detail=detail, reason=form.cleaned_data["reason"])
            label = form.details[detail]
        except BadInput as wrong:
            blame(form, wrong)
    return show(request, "reveal", case, allowed, form=form, details=details, label=label, words=words)


def _one(request: HttpRequest, case: Case) -> Restriction | None:
    return found.one(case, request.POST.get("restriction") or request.GET.get("restriction", ""))


VERBS: dict[str, Callable[..., HttpResponse]] = {
    "restrict": restrict,
    "ask_to_lift": ask_to_lift,
    "lift": lift,
    "reveal": reveal,
}
