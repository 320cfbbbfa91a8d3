"""From the address to a referral that may be changed now."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from portal.accounts.middleware import actor_of
from referrals import policy
from referrals.actions._change import Conflict
from referrals.models import Referral
from referrals.questions import referral as questions
from referrals.web.gate import find
from referrals.workflow import Verb

RELATED = ("school", "started_by", "case")


def seen(request: HttpRequest, reference: str) -> Referral:
    """The referral, or 404 for everybody who may not know that it exists."""
    return find(request, Referral, reference, related=RELATED)


def may_edit(request: HttpRequest, referral: Referral) -> bool:
    return Verb.EDIT in policy.allowed(actor_of(request), referral)


def to_write(request: HttpRequest, referral: Referral) -> None:
    """Raise Conflict, with what was typed shown back, where the referral has gone on since the page was opened."""
    if may_edit(request, referral):
        return
    if policy.rules_of(Referral.NOUN, {Verb.EDIT}, actor_of(request).role):
        raise Conflict(
            f"This referral is now {referral.get_stage_display().lower()}, so its answers cannot be changed. "
            "What you typed is below: copy it if you need it."
        )
    policy.require(actor_of(request), Verb.EDIT, referral)


def task_of(key: str) -> questions.Task:
    try:
        return questions.TASKS[key]
    except KeyError:
        raise Http404("There is no such task.") from None


def version_of(request: HttpRequest) -> int:
    """The version of the page that was sent; 0, older than everything, where it does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else 0
