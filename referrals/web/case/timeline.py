"""The timeline, what is new on it, and writing a note."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.middleware import actor_of
from portal.accounts.models import User
from referrals import policy
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput
from referrals.actions.case.add_note import add_note as add
from referrals.models import Case
from referrals.queries import people
from referrals.queries import timeline as story
from referrals.web.gate import workspace
from referrals.workflow import Stage, Verb

from .forms import NoteForm, blame
from .frame import case_of, older, read_by, show

ADDED = "Note added"
HIGHEST = 2**63 - 1  # an event's number; a larger one asks for nothing there can be


@workspace("case.view_story")
@require_safe
def timeline(request: HttpRequest, reference: str) -> HttpResponse:
    case, allowed = case_of(request, reference)
    read_by(request, case, allowed, Verb.VIEW_STORY)
    return _page(request, case, allowed)


@workspace("case.view")
@require_safe
def news(request: HttpRequest, reference: str) -> HttpResponse:
    """A piece of HTML: the entries after event `after` that the actor may see, newest first, and what to call them."""
    case, _ = case_of(request, reference)
    after = _number(request.GET.get("after", ""))
    found = story.news(actor_of(request), case, after=after or 0)
    answer = render(request, "referrals/case/news.html", {"case": case, "entries": found.entries})
    answer["X-Last-Event"] = str(found.last)
    answer["X-New"] = str(len(found.entries))
    answer["X-Label"] = _header(found.label) if found.entries else ""
    return answer


@workspace("case.add_note")
@require_http_methods(["GET", "HEAD", "POST"])
def add_note(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """The note is there at once, in its place, with the focus on it; what cannot be saved stays as it was typed."""
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    if request.method == "POST" and case.stage == Stage.CLOSED:
        raise Conflict("This case was closed while you were writing, so your note was not saved. Your words are below.")
    if Verb.ADD_NOTE not in allowed:
        policy.require(actor, Verb.ADD_NOTE, case)  # says why not
    if request.method != "POST":
        return redirect("workspace:case-timeline", case.reference)
    form = NoteForm(request.POST, audience=_audience(case), actor=actor)
    if form.is_valid():
        said = form.cleaned_data
        try:
            note = add(
                case,
                by=actor,
                body=said["body"],
                visibility=said["visibility"],
                people=list(User.objects.filter(pk__in=said["people"])),
                occurred_on=said["occurred_on"],
                submission_key=said["submission_key"],
            )
        except BadInput as wrong:
            blame(form, wrong)
        else:
            messages.success(request, ADDED)
            number = note.events.values_list("pk", flat=True).first()
            return redirect(f"{reverse('workspace:case-timeline', args=[case.reference])}#event-{number}")
    return _page(request, case, allowed, form=form)


def _page(request: HttpRequest, case: Case, allowed: frozenset[Verb], *, form: NoteForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    before = _number(request.GET.get("before", ""))
    found = story.page(actor, case, before=before)
    if form is None and Verb.ADD_NOTE in allowed and not before:
        form = NoteForm(audience=_audience(case), actor=actor)
    return show(
        request,
        "timeline",
        case,
        allowed,
        here="case-timeline",
        last=found.last,
        page=found,
        form=form,
        paged=before,
        older_href=older(case, "case-timeline", found.older),
    )


def _audience(case: Case) -> Any:
    """Asked for when the form is shown or somebody is chosen from it; to save a note nobody needs to be listed."""
    return SimpleLazyObject(lambda: people.audience(case))


def _number(text: str) -> int | None:
    return min(int(text), HIGHEST) if text.isdecimal() and len(text) < 25 else None


def _header(text: str) -> str:
    """What a header can carry: Latin-1, the curly apostrophe made straight."""
    return text.replace("’", "'").encode("latin-1", "replace").decode("latin-1")
