"""THE DOOR FOR WHOEVER IS INVITED: from the link in the mail to a membership.

To look at the link uses nothing up: a GET shows what one is invited to, and a button. A link that lets nobody in (never
sent, used, withdrawn, run out, of an agency that has closed) gets one page, the same for all.
"""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from content import pages
from portal.accounts import invitations, second_factor
from portal.accounts.access import declares
from portal.accounts.actor import Actor
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.roles import ROLE_MEANS, Role
from portal.audit import trail
from portal.ui.forms import Form, TextField

SHOWN = "invitation"  # in the session: the number of the invitation whose link was pressed before signing in


class Newcomer(Form):
    """Name and first password."""

    name = TextField(
        label="Your name",
        help_text="As colleagues in other organisations should read it",
        max_length=120,
        autocomplete="name",
        width=30,
        error_messages={"required": "Enter your name"},
    )
    password = django_forms.CharField(
        label="Choose a password",
        help_text="At least 12 characters. Three words that do not belong together are good",
        strip=False,
        max_length=1_000,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "input input--30"}),
        error_messages={"required": "Choose a password", "max_length": "Choose a shorter password"},
    )

    def __init__(self, *args, email: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict:
        said = super().clean()
        if said.get("password"):
            try:
                validate_password(said["password"], User(email=self.email, name=said.get("name", "")))
            except ValidationError as wrong:
                self.add_error("password", wrong)
        return said


@declares("everyone")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail."""
    found = invitations.found(token)
    if found is None:
        return _no_longer(request)
    owner = invitations.account(found)
    if request.user.is_authenticated and request.user != owner:
        return _page(request, found, "somebody_else")
    if owner is None:
        return _newcomer(request, found)
    if not owner.is_active:
        return _no_longer(request)
    if request.method != "POST":
        return _page(request, found, "known")
    if request.user.is_authenticated:
        return _accept(request, found)
    request.session[SHOWN] = found.pk  # the token itself goes no further: neither into an address nor into a session
    return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('invitation-accept')})}")


@declares("everyone")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Back from signing in: the invitation whose link was pressed in this session."""
    found = invitations.still_good(request.session.get(SHOWN))
    if found is None:
        return _no_longer(request)
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('invitation-accept')})}")
    if request.user != invitations.account(found):
        return _page(request, found, "somebody_else")
    return _accept(request, found) if request.method == "POST" else _page(request, found, "known")


def _newcomer(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = Newcomer(request.POST if request.method == "POST" else None, email=found.email)
    if not form.is_valid():
        return _page(request, found, "newcomer", form=form)
    try:
        with transaction.atomic():
            user = invitations.accept_as_new(found, **form.cleaned_data)
            _written(found, user)
    except invitations.NoLonger:
        return _no_longer(request)
    login = Login(user=user, redirect_url=_onward(user))
    return perform_password_login(request, {"email": user.email}, login)


def _accept(request: HttpRequest, found: Invitation) -> HttpResponse:
    user = cast(User, request.user)
    try:
        with transaction.atomic():
            invitations.accept(found, user)
            _written(found, user)
    except invitations.NoLonger:
        return _no_longer(request)
    request.session.pop(SHOWN, None)
    messages.success(request, f"You now also work at {found.agency} here")
    return redirect(_onward(user))


def _written(found: Invitation, user: User) -> None:
    """To the trail; and whoever is an editor now may edit."""
    if found.role == Role.EDITOR:
        pages.editors_group()
    held = Membership.objects.current().select_related("agency", "user").filter(user=user, agency=found.agency).last()
    by = Actor(held) if held else None
    rule = f"accepted:{found.role}"
    trail.write("permission", by=by, user=user, noun="invitation", reference=str(found.pk), rule=rule)


def _onward(user: User) -> str:
    """First the second factor, where she has none yet; then her work."""
    if settings.SECOND_FACTOR and not second_factor.enrolled(user):
        return f"{reverse('second_factor')}?{urlencode({'next': '/workspace/'})}"
    return "/workspace/"


def _page(request: HttpRequest, found: Invitation, who: str, **more) -> HttpResponse:
    about = {"invitation": found, "means": ROLE_MEANS[found.role], "who": who, **more}
    return render(request, "account/invitation.html", about)


def _no_longer(request: HttpRequest) -> HttpResponse:
    request.session.pop(SHOWN, None)
    return render(request, "account/invitation_no_longer.html", status=410)
