"""Who can see this case, or one note on it, and why."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.accounts.middleware import actor_of
from referrals import policy
from referrals.models import Case, Note
from referrals.queries import who as access
from referrals.web.gate import workspace
from referrals.workflow import Noun, Verb

from .frame import case_of, show


@workspace("case.view", "note.view")
@require_safe
def who(request: HttpRequest, reference: str) -> HttpResponse:
    """Of the whole case; with `?note=` and a number of one note, which whoever asks must be able to read herself."""
    case, allowed = case_of(request, reference)
    actor = actor_of(request)
    note = _note(request, case)
    return show(
        request,
        "who",
        case,
        allowed,
        here="case-people" if Verb.VIEW_PEOPLE in allowed else "case",
        note=note,
        readers=access.readers(note or case),
        may_ask_why=policy.may_ever(actor, Verb.EXPLAIN, Noun.CASE),
    )


def _note(request: HttpRequest, case: Case) -> Note | None:
    typed = request.GET.get("note", "")
    if not typed:
        return None
    found = policy.visible_to(actor_of(request), Note).filter(case=case).select_related("author", "agency", "case")
    note = found.filter(pk=typed).first() if typed.isdecimal() and len(typed) < 19 else None
    if note is None:
        raise Http404("There is no such note.")
    return note
