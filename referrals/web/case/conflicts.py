"""A conflict of interest with the child of a case, a referral or a concern: declared, and ended by a manager.

Whoever declares her own loses sight of the child with the press of the button. What is shown next is therefore a page
about nothing: that it is done, and whom to talk to.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.actor import Actor
from portal.accounts.middleware import actor_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.step_up import recently_confirmed
from portal.ui.forms import EmailField, Form, LongTextField, RadiosField, SelectField
from referrals import policy
from referrals.actions import _conflict
from referrals.actions._input import BadInput
from referrals.actions.case import declare_conflict as on_case
from referrals.actions.case import lift_conflict as off_case
from referrals.actions.concern import declare_conflict as on_concern
from referrals.actions.concern import lift_conflict as off_concern
from referrals.actions.referral import declare_conflict as on_referral
from referrals.actions.referral import lift_conflict as off_referral
from referrals.models import Case, Concern, Referral
from referrals.queries import conflicts
from referrals.queries.restrictions import staff
from referrals.web.gate import find, workspace
from referrals.workflow import Noun, Verb

from .forms import blame

page = require_http_methods(["GET", "HEAD", "POST"])
DECLARE: dict[Noun, ModuleType] = {Noun.CASE: on_case, Noun.CONCERN: on_concern, Noun.REFERRAL: on_referral}
LIFT: dict[Noun, ModuleType] = {Noun.CASE: off_case, Noun.CONCERN: off_concern, Noun.REFERRAL: off_referral}
MYSELF, ELSE = "me", "else"


class DeclareForm(Form):
    """`others`: about whom a manager may declare it, beside anybody else who works here; None: it is one's own."""

    person = SelectField(
        label="Whose conflict of interest is it?",
        blank="Choose one",
        error_messages={
            "required": "Select whose conflict of interest it is",
            "invalid_choice": "Select whose conflict of interest it is",
        },
    )
    email = EmailField(
        label="Email address of somebody else",
        help_text="Only for somebody who is not in the list, with whose email address they sign in.",
        required=False,
        optional=True,
    )
    reason = LongTextField(
        label="Why?",
        help_text="One sentence is enough, for example that you are neighbours. Only the attendance team can read it.",
        max_length=_conflict.LONGEST,
        rows=3,
        required=False,
        optional=True,
        error_messages={"max_length": f"The reason must be {_conflict.LONGEST} characters or fewer"},
    )

    def __init__(self, data: Any = None, *, others: list[User] | None) -> None:
        super().__init__(data)
        self.others = {str(user.pk): user for user in others or []}
        self.elsewhere: User | None = None
        if others is None:
            del self.fields["person"], self.fields["email"]
        else:
            named = [(number, user.name) for number, user in self.others.items()]
            end = (ELSE, "Somebody else, who has no access to this child now")
            self.fields["person"].choices = [("", "Choose one"), (MYSELF, "Mine"), *named, end]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("person") == ELSE and not self.has_error("email"):
            self.elsewhere = staff(said.get("email") or "")
            if self.elsewhere is None:
                self.add_error("email", "Enter the email address with which they sign in")
        return said

    @property
    def person_chosen(self) -> User | None:
        """None: whoever fills it in."""
        return self.elsewhere or self.others.get(self.cleaned_data.get("person", MYSELF))


class LiftForm(Form):
    person = RadiosField(
        label="Whose conflict of interest has ended?",
        error_messages={
            "required": "Select whose conflict of interest has ended",
            "invalid_choice": "Select whose conflict of interest has ended",
        },
    )

    def __init__(self, data: Any = None, *, people: list[User]) -> None:
        super().__init__(data)
        self.people = {str(user.pk): user for user in people}
        self.fields["person"].choices = [(number, user.name) for number, user in self.people.items()]


# --- from the address to the thing ------------------------------------------------------------------------------------


def _case(request: HttpRequest, reference: str) -> Case:
    return find(request, Case, reference, related=("child",))


def _referral(request: HttpRequest, reference: str) -> Referral:
    return find(request, Referral, reference, related=("case",))


def _arrival(request: HttpRequest, reference: str) -> Concern | Referral:
    """Of the attendance team's queue."""
    if reference.startswith("C"):
        return find(request, Concern, reference, related=("case",))
    return _referral(request, reference)


def _view(
    do: Callable[[HttpRequest, _conflict.Thing, str], HttpResponse],
    found: Callable[[HttpRequest, str], _conflict.Thing],
    back: str,
    *rule: str,
) -> Callable[..., HttpResponse]:
    """`back`: the route of the thing's own page."""

    @workspace(*rule)
    @page
    def view(request: HttpRequest, reference: str, verb: str = "") -> HttpResponse:
        try:
            thing = found(request, reference)
        except Http404:
            if request.method == "POST" and conflicts.has_just_declared(actor_of(request)):
                return redirect("workspace:conflict-declared")  # pressed twice: it is done
            raise
        return do(request, thing, reverse(back, args=[reference]))

    return view


# --- the two pages ----------------------------------------------------------------------------------------------------


def _declare(request: HttpRequest, thing: _conflict.Thing, back: str) -> HttpResponse:
    policy.require(actor_of(request), Verb.DECLARE_CONFLICT, thing)
    return _ask(request, thing, back)


@recently_confirmed
def _ask(request: HttpRequest, thing: _conflict.Thing, back: str) -> HttpResponse:
    actor = actor_of(request)
    others = _others(actor, thing)
    form = DeclareForm(request.POST if request.method == "POST" else None, others=others)
    if form.is_valid():
        person = form.person_chosen
        try:
            DECLARE[thing.NOUN].declare_conflict(thing, by=actor, person=person, reason=form.cleaned_data["reason"])
        except BadInput as wrong:
            blame(form, wrong)
        else:
            if person is None:
                request.found = []  # nothing of it is shown from here on
                return redirect("workspace:conflict-declared")
            messages.success(request, f"{person} sees nothing of this child from now on")
            return redirect(back)
    return _show(request, "declare", thing, back, form=form)


def _others(actor: Actor, thing: _conflict.Thing) -> list[User] | None:
    """For a manager: whoever else may work with it now. Others speak for themselves alone."""
    if actor.role != Role.LA_MANAGER:
        return None
    found = policy.holders(Verb.DECLARE_CONFLICT, thing).exclude(pk=actor.user.pk)
    return list(found.order_by("name", "pk"))


def _lift(request: HttpRequest, thing: _conflict.Thing, back: str) -> HttpResponse:
    policy.require(actor_of(request), Verb.LIFT_CONFLICT, thing)
    return _end(request, thing, back)


@recently_confirmed
def _end(request: HttpRequest, thing: _conflict.Thing, back: str) -> HttpResponse:
    known = list(_conflict.of(thing).select_related("user", "declared_by").order_by("declared_at"))
    people = {conflict.user_id: conflict.user for conflict in known}
    form = LiftForm(request.POST if request.method == "POST" else None, people=list(people.values()))
    if known and form.is_valid():
        person = form.people[form.cleaned_data["person"]]
        LIFT[thing.NOUN].lift_conflict(thing, by=actor_of(request), person=person)
        messages.success(request, f"{person} can work with this child again")
        return redirect(back)
    return _show(request, "lift", thing, back, form=form, known=known)


def _show(request: HttpRequest, template: str, thing: _conflict.Thing, back: str, **context: Any) -> HttpResponse:
    return render(request, f"referrals/conflict/{template}.html", {"thing": thing, "back": back, **context})


@workspace("signed in")
@require_safe
def declared(request: HttpRequest) -> HttpResponse:
    """About no child: she who reads it must not know more of this one."""
    return render(request, "referrals/conflict/declared.html", {"role": actor_of(request)})


declare_on_case = _view(_declare, _case, "workspace:case", "case.declare_conflict")
lift_on_case = _view(_lift, _case, "workspace:case", "case.lift_conflict")
declare_on_referral = _view(_declare, _referral, "workspace:referral", "referral.declare_conflict")
declare_on_arrival = _view(
    _declare, _arrival, "workspace:intake-item", "concern.declare_conflict", "referral.declare_conflict"
)
lift_on_arrival = _view(_lift, _arrival, "workspace:intake-item", "concern.lift_conflict", "referral.lift_conflict")
