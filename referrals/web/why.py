"""Why can this person see this child? Asked by a manager or the data protection officer, about anybody and any case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from portal.accounts import identity
from portal.accounts.middleware import actor_of
from portal.audit import trail
from portal.ui.forms import Form, TextField
from referrals import policy, reference
from referrals.queries import unseen, who
from referrals.workflow import Noun, Verb

from .gate import workspace

NO_CASE = "There is no case with this reference. Check it and try again"


class WhyForm(Form):
    reference = TextField(
        label="Reference of the case",
        help_text="Like A-4K7-9M2T. It stands at the top of each page of the case.",
        width=20,
        max_length=20,
        error_messages={"required": "Enter the reference of the case"},
    )
    person = TextField(
        label="Name or email address of the person",
        width=30,
        max_length=254,
        error_messages={"required": "Enter the name or the email address of the person"},
    )


@workspace("case.explain")
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """One person: the answer. Several with such a name: which one is meant."""
    actor = actor_of(request)
    policy.require_ever(actor, Verb.EXPLAIN, Noun.CASE)
    asked = "person" in request.GET
    form = WhyForm(request.GET) if asked else WhyForm(initial={"reference": request.GET.get("reference", "")[:20]})
    context: dict = {"form": form}
    if asked and form.is_valid():
        case = unseen.case_for(actor, Verb.EXPLAIN, form.cleaned_data["reference"])
        if case is None:
            typed = reference.parse(form.cleaned_data["reference"]) or ""
            trail.write("refused", by=actor, noun="case", reference=typed, decision=trail.REFUSED, rule="explain")
            form.add_error("reference", NO_CASE)
        else:
            trail.write("search", by=actor, thing=case, about=case.child_id, rule="explain")
            people = who.people_named(form.cleaned_data["person"])
            if not people:
                form.add_error("person", "Nobody has this name or email address. Check the spelling")
            elif len(people) > 1:
                context |= {"case": case, "people": people, "most": len(people) == who.MOST}
            else:
                with identity.as_actor(unseen.SERVICE):
                    context |= {"case": case, "person": people[0], "answers": who.why(case, people[0])}
    return render(request, "referrals/oversight/why.html", context)


def urls() -> list:
    return [path("why/", why, name="why")]
