"""Acting as another of one's memberships: a person who works at two agencies acts as one of them at a time."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.audit import trail

from . import identity
from .access import declares
from .actor import Actor
from .middleware import SESSION_KEY
from .models import Membership

NUMBER = re.compile(r"[0-9]{1,18}")


@declares("signed in")
@require_POST
@login_required
def act_as(request: HttpRequest) -> HttpResponse:
    """From now on, in this session, the person acts as her current membership number `membership`."""
    number = request.POST.get("membership", "")
    mine = Membership.objects.current().filter(user=request.user)
    held = mine.select_related("user", "agency").filter(pk=number).first() if NUMBER.fullmatch(number) else None
    if held is None:
        raise Http404
    request.session[SESSION_KEY] = held.pk
    actor = Actor(held)
    identity.enter(actor)  # the trail takes no row but in one's own name
    trail.write("change", by=actor, noun="membership", reference=str(held.pk), rule="acting_as")
    return redirect("/workspace/")
