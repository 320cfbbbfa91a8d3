"""The queue, and the sheet: look, decide, and see what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal import county
from portal.accounts.middleware import actor_of
from portal.accounts.models import User
from portal.accounts.step_up import recently_confirmed
from referrals import events, policy
from referrals.actions._change import Conflict
from referrals.actions._grant import Invitation
from referrals.actions._input import BadInput
from referrals.actions.concern import accept as accept_concern
from referrals.actions.concern import contact as contact_concern
from referrals.actions.concern import decline as decline_concern
from referrals.actions.concern import review as review_concern
from referrals.actions.referral import accept as accept_referral
from referrals.actions.referral import decline as decline_referral
from referrals.actions.referral import return_ as return_referral
from referrals.models import Concern, IdempotencyKey, Referral
from referrals.queries import intake as queues
from referrals.queries import triage
from referrals.questions.referral import TASKS
from referrals.web.gate import find, workspace
from referrals.workflow import Noun, Verb

from . import forms

Thing = Concern | Referral
KINDS = [("", "Everything"), ("concern", "Concerns"), ("referral", "Referrals")]
RISKS = [("", "Any risk"), ("urgent", "Urgent"), ("high", "High"), ("normal", "Normal")]
SAID_DONE = {
    Verb.REVIEW: "You are looking at it",
    Verb.ACCEPT: "Accepted. It is now worked on as a case",
    Verb.RETURN: "Returned. The school has been asked for what is missing",
    Verb.DECLINE: "Decided. Your reason and advice are recorded",
    Verb.CONTACT: "Contact recorded",
}


@workspace("concern.view", "referral.view")
@require_safe
def intake(request: HttpRequest) -> HttpResponse:
    """The whole queue in one order: risk, then oldest."""
    actor = actor_of(request)
    policy.require(actor, Verb.VIEW, Noun.CONCERN)
    kind = _one_of(KINDS, request.GET.get("kind", ""))
    risk = _one_of(RISKS, request.GET.get("risk", ""))
    page = _page(request.GET.get("page", ""))
    found = queues.queue(actor, kind=kind, risk=risk, page=page)
    filters = {"kind": kind, "risk": risk}
    return render(
        request,
        "referrals/intake/queue.html",
        {
            "queue": found,
            "kinds": KINDS,
            "risks": RISKS,
            "kind": kind,
            "risk": risk,
            "filtered": bool(kind or risk),
            "previous": _href(filters, page - 1) if page > 1 else "",
            "next": _href(filters, page + 1) if found.has_more else "",
        },
    )


def _one_of(choices: list[tuple[str, str]], word: str) -> str:
    return word if word in dict(choices) else ""


def _page(text: str) -> int:
    return min(int(text), 1_000) if text.isascii() and text.isdigit() and int(text[:6]) > 0 and len(text) < 6 else 1


def _href(filters: dict[str, str], page: int) -> str:
    asked = {name: value for name, value in filters.items() if value} | ({"page": page} if page > 1 else {})
    return f"{reverse('workspace:intake')}{'?' + urlencode(asked) if asked else ''}"


# --- the sheet -------------------------------------------------------------------------------------------------------


@workspace("concern.view", "referral.view")
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, reference: str) -> HttpResponse:
    policy.require(actor_of(request), Verb.VIEW, Noun.CONCERN)
    thing = _find(request, reference)
    if request.method == "POST":
        return _decide(request, thing)
    return _sheet(request, thing, Decision(request, thing))


def _find(request: HttpRequest, reference: str) -> Thing:
    if reference.startswith("C"):
        return find(request, Concern, reference, related=("school",))
    return find(request, Referral, reference, related=("school", "started_by"))


class Decision:
    """The forms of one sheet: what may be decided, what was typed, what is wrong with it."""

    def __init__(self, request: HttpRequest, thing: Thing) -> None:
        self.actor, self.thing = actor_of(request), thing
        self.allowed = policy.allowed(self.actor, thing)
        self.sheet = triage.sheet(self.actor, thing)
        self.data = request.POST if request.method == "POST" else None
        self.chosen = self.data.get("decision", "") if self.data is not None else ""
        verbs = [verb for (noun, verb) in forms.DECISIONS if noun is thing.NOUN and verb in self.allowed]
        self.possible = bool(verbs)
        self.radios = forms.decision_form(thing.NOUN, verbs, self.data)
        today, rules, calendar = timezone.localdate(), county.rules(), county.calendar()
        self.rows = self._number_of_rows()
        if Verb.ACCEPT in verbs:
            self.accept = self._form(
                forms.Accept,
                Verb.ACCEPT,
                noun=thing.NOUN,
                officers=triage.officers(),
                known=self.sheet.known,
                first_contact_by=calendar.add_school_days(today, rules.family_first_contact_target_school_days),
            )
            agencies = triage.agencies(thing)
            self.invites = [
                self._form(forms.Invite, Verb.ACCEPT, agencies=agencies, prefix=f"invite-{row}")
                for row in range(self.rows)
            ]
        if Verb.RETURN in verbs:
            self.return_ = self._form(
                forms.Return, Verb.RETURN, return_by=calendar.add_school_days(today, return_referral.RETURN_SCHOOL_DAYS)
            )
        if Verb.DECLINE in verbs:
            self.decline = self._form(forms.Decline, Verb.DECLINE, noun=thing.NOUN)
        if Verb.CONTACT in verbs:
            self.contact = self._form(forms.Contact, Verb.CONTACT)

    def _number_of_rows(self) -> int:
        typed = self.data.get("invite_rows", "") if self.data is not None else ""
        rows = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 1
        more = 1 if self.data is not None and "add_agency" in self.data else 0
        return max(1, min(rows + more, forms.MOST_INVITATIONS))

    def _form(self, form_class: Any, verb: Verb, **kwargs: Any) -> Any:
        if self.data is None:
            return form_class(**kwargs)
        if self.chosen == verb and "add_agency" not in self.data:
            return form_class(self.data, **kwargs)
        return forms.unchecked(form_class, self.data, **kwargs)

    @property
    def can_add_row(self) -> bool:
        return self.rows < forms.MOST_INVITATIONS

    @property
    def of_choice(self) -> list[Any]:
        """The forms of the decision that was chosen."""
        named = {
            Verb.ACCEPT: lambda: [self.accept, *self.invites],
            Verb.RETURN: lambda: [self.return_],
            Verb.DECLINE: lambda: [self.decline],
            Verb.CONTACT: lambda: [self.contact],
        }
        return named[Verb(self.chosen)]() if self.radios.is_valid() else []

    def is_valid(self) -> bool:
        return self.radios.is_valid() and all(form.is_valid() for form in self.of_choice)

    def blame(self, wrong: BadInput) -> None:
        """What an action says about a field, beside the field."""
        for name, sentence in wrong.errors.items():
            form = next((f for f in self.of_choice if name in f.fields), self.radios)
            form.add_error(name if name in form.fields else None, sentence)

    @property
    def errors(self) -> list[dict[str, str]]:
        if self.data is None or "add_agency" in self.data:
            return []
        return forms.errors_of([self.radios, *(self.of_choice if self.radios.is_valid() else [])])


def _sheet(request: HttpRequest, thing: Thing, decision: Decision) -> HttpResponse:
    request.matched = [known.case for known in decision.sheet.known]  # for the trail
    outcome = decision.sheet.outcome
    errors = decision.errors
    return render(
        request,
        "referrals/intake/sheet.html",
        {
            "sheet": decision.sheet,
            "thing": thing,
            "decision": decision,
            "allowed": [str(verb) for verb in decision.allowed],
            "errors": errors,
            "has_errors": bool(errors),
            "submission_key": request.POST.get("submission_key") or uuid.uuid4(),
            "outcome": outcome,
            "outcome_rows": _outcome_rows(thing, outcome) if outcome else [],
            "contacts": [_contact_line(h) for h in decision.sheet.history if h.kind == events.Kind.CONTACTED],
        },
    )


def _outcome_rows(thing: Thing, outcome: triage.Happening) -> list[dict[str, Any]]:
    reasons = forms.CONCERN_REASONS if thing.NOUN is Noun.CONCERN else forms.REFERRAL_REASONS
    said = outcome.data
    rows = [
        {"key": "Why", "value": reasons.get(said.get("reason", ""), "")},
        {"key": "What would help", "value": said.get("advice", "")},
        {"key": "Message to the school", "value": said.get("note", "")},
        *(
            {"key": TASKS[task].title if task in TASKS else task, "value": text}
            for task, text in said.get("items", {}).items()
        ),
    ]
    return [row for row in rows if row["value"]]


def _contact_line(contact: triage.Happening) -> dict[str, Any]:
    return {
        "title": forms.OUTCOMES.get(contact.data.get("outcome", ""), "Contact"),
        "when": contact.at,
        "by": contact.by.get_short_name() if contact.by else "",
        "text": contact.data.get("outcome_note", ""),
    }


# --- deciding --------------------------------------------------------------------------------------------------------


def _decide(request: HttpRequest, thing: Thing) -> HttpResponse:
    here = redirect("workspace:intake-item", thing.reference)
    chosen = request.POST.get("decision", "")
    verb = Verb(chosen) if chosen in set(Verb) else None
    if verb is not None and verb not in policy.allowed(actor_of(request), thing):
        return _too_late(request, thing, verb) or here
    if verb is Verb.REVIEW:
        return _do(request, thing, verb, lambda: review_concern.review(thing, by=actor_of(request))) or here
    decision = Decision(request, thing)
    if "add_agency" in request.POST:
        return _sheet(request, thing, decision)
    if not decision.is_valid():
        # The first of two presses may have changed what is asked: its child is one we know by now.
        decided = verb is not None and verb is not Verb.CONTACT and _mine(request, thing, verb) is not None
        return here if decided else _sheet(request, thing, decision)
    invites = verb is Verb.ACCEPT and any(row.cleaned_data.get("agency") for row in decision.invites)
    return (_taken_by_her if invites else _taken)(request, thing, decision, verb)


def _taken(request: HttpRequest, thing: Thing, decision: Decision, verb: Verb) -> HttpResponse:
    try:
        _do(request, thing, verb, lambda: _act(decision, verb))
    except BadInput as wrong:
        decision.blame(wrong)
        return _sheet(request, thing, decision)
    return redirect("workspace:intake-item", thing.reference)


_taken_by_her = recently_confirmed(_taken)  # to invite an agency is to share the record with it


def _do(request: HttpRequest, thing: Thing, verb: Verb, act: Callable[[], Any]) -> None:
    """Do it and say so. The second of two presses does nothing, and lands on the result of the first."""
    try:
        with transaction.atomic():
            # The only decision that may be taken again and again: its form is what is sent once.
            if verb is Verb.CONTACT and not _is_first(request):
                return
            act()
    except Conflict:
        if _mine(request, thing, verb) is None:
            raise
        return
    messages.success(request, SAID_DONE[verb])


def _is_first(request: HttpRequest) -> bool:
    """Whether this person sends this form for the first time. Remembered with what it does, or not at all."""
    key = request.POST.get("submission_key", "")[:40]
    mine = {"user": request.user, "membership": actor_of(request).membership}
    return not key or IdempotencyKey.objects.get_or_create(**mine, key=f"contact:{key}")[1]


def _too_late(request: HttpRequest, thing: Thing, verb: Verb) -> HttpResponse | None:
    """None where this person did it already: the second of two presses. Otherwise says what happened instead."""
    if _mine(request, thing, verb) is not None:
        return None
    policy.require(actor_of(request), Verb.VIEW, thing)
    if thing.decided_at or verb is Verb.REVIEW:
        raise Conflict(
            f"This {thing.NOUN} is already {thing.get_stage_display().lower()}: somebody else was quicker. "
            "What they decided stands; look at it as it is now."
        )
    policy.require(actor_of(request), verb, thing)
    return None


def _mine(request: HttpRequest, thing: Thing, verb: Verb) -> Any:
    """The event by which this person did `verb` already, if that is the newest thing that happened."""
    newest = thing.events.order_by("-pk").first()
    kind = events.kind_of(thing.NOUN, verb) if (thing.NOUN, verb) in _known_verbs() else None
    return newest if newest and newest.kind == kind and newest.by_id == request.user.pk else None


def _known_verbs() -> set[tuple[Noun, Verb]]:
    return {(spec.noun, spec.verb) for spec in events.KINDS.values()}


def _act(decision: Decision, verb: Verb) -> None:
    {
        Verb.ACCEPT: _accept,
        Verb.RETURN: _return,
        Verb.DECLINE: _decline,
        Verb.CONTACT: _contact,
    }[verb](decision)


def _accept(decision: Decision) -> None:
    said = decision.accept.cleaned_data
    about = {
        "by": decision.actor,
        "lead": User.objects.filter(pk=int(said["lead"])).first() if said.get("lead") else None,
        "aim": said["aim"],
        "first_contact_by": said["first_contact_by"],
        "first_contact_reason": said.get("first_contact_reason", ""),
        "invitations": _invitations(decision),
    }
    known = decision.accept.known.get(said.get("child", ""))
    about["child"] = known.child if known else None
    if decision.thing.NOUN is Noun.CONCERN:
        accept_concern.accept(decision.thing, **about)
    else:
        accept_referral.accept(decision.thing, note=said["note"], **about)


def _invitations(decision: Decision) -> list[Invitation]:
    found: dict[Any, Invitation] = {}
    for row in decision.invites:
        agency = row.by_id.get(row.cleaned_data.get("agency") or "")
        if agency is None:
            continue
        if agency.pk in found:
            row.add_error("agency", f"You have chosen {agency} twice")
            raise BadInput({})
        found[agency.pk] = Invitation(agency, row.cleaned_data["purpose"], row.cleaned_data["until"], row.shares())
    return list(found.values())


def _return(decision: Decision) -> None:
    said = decision.return_.cleaned_data
    return_referral.return_(
        decision.thing,
        by=decision.actor,
        items=decision.return_.needs,
        note=said["note"],
        return_by=said["return_by"],
    )


def _decline(decision: Decision) -> None:
    said = decision.decline.cleaned_data
    action = decline_concern if decision.thing.NOUN is Noun.CONCERN else decline_referral
    action.decline(decision.thing, by=decision.actor, reason=said["reason"], advice=said["advice"])


def _contact(decision: Decision) -> None:
    said = decision.contact.cleaned_data
    contact_concern.contact(
        decision.thing, by=decision.actor, outcome=said["outcome"], outcome_note=said["outcome_note"]
    )
