"""The inbox in HTML."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.middleware import actor_of
from referrals.web.gate import workspace

from . import inbox
from .audience import RELATED


@require_safe
@workspace("signed in")
def inbox_page(request: HttpRequest) -> HttpResponse:
    """`?show=unread` leaves out what is read; `?before=<number>` goes on from there."""
    actor = actor_of(request)
    unread_only = request.GET.get("show") == "unread"
    before = request.GET.get("before", "")
    page = inbox.page(
        actor, unread_only=unread_only, before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    here = reverse("notifications:inbox")
    older = f"{here}?before={page.older}{'&show=unread' if unread_only else ''}" if page.older else ""
    unread = inbox.unread_count(actor)
    return render(
        request,
        "notifications/inbox.html",
        {
            "page": page,
            "unread": unread,
            "unread_only": unread_only,
            "older": older,
            "newest": here + ("?show=unread" if unread_only else "") if before else "",
            "filters": [
                {"text": "All", "href": here, "current": not unread_only},
                {"text": "Unread", "href": f"{here}?show=unread", "current": unread_only, "badge": unread},
            ],
            "notifications_current": True,
        },
    )


@require_POST
@workspace("signed in")
def mark(request: HttpRequest) -> HttpResponse:
    """`entry`: the numbers of entries, `all` for every one; `as`: "read" or "unread"."""
    read = request.POST.get("as") != "unread"
    everything = "all" in request.POST
    numbers = [int(n) for n in request.POST.getlist("entry") if n.isdecimal() and len(n) < 19]
    inbox.mark(actor_of(request), read=read, numbers=None if everything else numbers)
    if everything:
        messages.success(request, "All marked as read" if read else "All marked as unread")
    back = "?show=unread" if request.POST.get("show") == "unread" else ""
    return redirect(reverse("notifications:inbox") + back)


@require_safe
@workspace("signed in")
def count(request: HttpRequest) -> HttpResponse:
    """The badge as it is now, to be put into an open page."""
    return render(request, "notifications/count.html", {"unread": inbox.unread_count(actor_of(request))})


@require_safe
@workspace("signed in")
def open_(request: HttpRequest, number: int) -> HttpResponse:
    """From an entry to what it is about, which makes it read. Somebody else's, or no longer visible, is not found."""
    actor = actor_of(request)
    entry = inbox.of(actor).filter(pk=number).select_related(*(f"event__{name}" for name in RELATED)).first()
    if entry is None:
        raise Http404("There is no such notification.")
    inbox.mark(actor, read=True, numbers=[number])
    return redirect(inbox.address(inbox.subject(entry.event), of_la=actor.is_la))
