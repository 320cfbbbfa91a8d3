"""Acting as another of one's memberships: a person who works at two agencies acts as one of them at a time."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from .access import declares
from .middleware import SESSION_KEY
from .models import Membership


@declares("signed in")
@require_POST
@login_required
def act_as(request: HttpRequest) -> HttpResponse:
    """From now on, in this session, the person acts as her current membership number `membership`."""
    number = request.POST.get("membership", "")
    mine = Membership.objects.current().filter(user=request.user)
    if not number.isdecimal() or len(number) > 18 or not mine.filter(pk=number).exists():
        raise Http404
    request.session[SESSION_KEY] = int(number)
    return redirect("/workspace/")
