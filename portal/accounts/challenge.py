"""The second step of signing in: the code or the passkey, after the password."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .access import declares
from .models import User
from .sso import ASSERTED
from .step_up import Confirm


class SecondStep(AuthenticateStage):
    """The only stage after the first step. Not for whom the single sign-on provider has asked already (sso.py)."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not self.login.state.get(ASSERTED) and super()._should_handle(request)


@declares("everyone")
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def challenge(request: HttpRequest) -> HttpResponse:
    """Only for somebody whose password was right a moment ago; anybody else is sent back to the first step."""
    stage = request._login_stage
    form = Confirm(request, cast(User, stage.login.user), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return stage.exit()
    return render(request, "account/challenge.html", {"form": form, "passkey": form.passkey_options()})
