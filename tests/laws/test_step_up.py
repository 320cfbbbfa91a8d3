"""What shares a record, or changes who may know, asks again who it is: on the page, and of a program, for every verb.

Each is tried by somebody who may, sixteen minutes after she last showed who she is. What she does then does not come
about, and once she has shown it again it does (or is told what else is wrong with it).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts import tokens
from portal.accounts.models import User
from referrals import policy
from referrals.actions.case.ask_to_lift import ask_to_lift
from referrals.api.verbs import VERBS
from referrals.models import Case, Event, Restriction
from referrals.workflow import CONFIRMED, Noun, Verb
from tests import worlds
from tests.accounts import hands
from tests.laws.routes import routes

LATE = 16 * 60  # seconds
WHY = "The court has said so."
# By whom, to what, and what is sent: by the page, by a program.
SENT: dict[tuple[Noun, Verb], tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    (Noun.CASE, Verb.INVITE): (
        "officer",
        "open case",
        {"agency": "Health", "purpose": "Advice", "reads": "whole"},
        {"agency": "health", "purpose": "Advice"},
    ),
    (Noun.CASE, Verb.REMOVE): ("officer", "open case", {"agency": "SEN", "reason": WHY}, {"agency": "sen"}),
    (Noun.CASE, Verb.SHARE): (
        "officer",
        "open case",
        {"agency": "SEN", "purpose": "Advice", "reads": "sections", "sections": ["attendance"]},
        {"agency": "sen", "sections": ["attendance"]},
    ),
    (Noun.CASE, Verb.RESTRICT): (
        "dsl",
        "open case",
        {"protects": "child", "from_carer": "staff", "from_user": "@sen", "covers": ["address"], "reason": WHY},
        {"from_user": "@sen", "reason": WHY},
    ),
    (Noun.CASE, Verb.LIFT): ("dsl", "guarded case", {}, {}),
    (Noun.CASE, Verb.BREAK_GLASS): ("health", "open case", {"reference": "@", "reason": f"{WHY} At once."}, {}),
    (Noun.CASE, Verb.DECLARE_CONFLICT): ("officer", "open case", {"reason": WHY}, {"reason": WHY}),
    (Noun.REFERRAL, Verb.DECLARE_CONFLICT): ("lead", "submitted", {"reason": WHY}, {"reason": WHY}),
    (Noun.CONCERN, Verb.DECLARE_CONFLICT): ("officer", "received concern", {"reason": WHY}, {"reason": WHY}),
    **{
        (noun, Verb.LIFT_CONFLICT): (
            "manager",
            thing,
            {"person": "@conflicted manager"},
            {"person": "@conflicted manager"},
        )
        for noun, thing in (
            (Noun.CASE, "guarded case"),
            (Noun.REFERRAL, "conflicted referral"),
            (Noun.CONCERN, "conflicted concern"),
        )
    },
}
# Not changes of these nouns, but of what they bring with them: tried by name below.
ACCEPTING = ((Noun.REFERRAL, "submitted"), (Noun.CONCERN, "received concern"))
PLURAL = {Noun.CASE: "cases", Noun.REFERRAL: "referrals", Noun.CONCERN: "concerns"}
EVERY = sorted(CONFIRMED)


def test_every_such_verb_is_tried():
    assert set(SENT) == CONFIRMED
    assert not CONFIRMED - {(rule.noun, rule.verb) for rule in policy.RULES}


def test_what_opens_to_others_is_such_a_verb():
    """A new verb of that kind is seen here: whoever adds one decides it."""
    opens = {Verb.INVITE, Verb.SHARE, Verb.REMOVE, Verb.RESTRICT, Verb.LIFT, Verb.BREAK_GLASS}
    opens |= {Verb.DECLARE_CONFLICT, Verb.LIFT_CONFLICT}
    assert {verb for _, verb in CONFIRMED} == opens
    assert {(noun, verb) for noun, verb in VERBS if verb in opens} <= CONFIRMED


def browser(actor, *, ago: float) -> Client:
    client = Client()
    client.force_login(actor.user)
    return hands.confirmed(client, ago=ago)


def program(actor, *, ago: float) -> Client:
    client = Client(headers={"authorization": f"Token {tokens.issue(actor.user).key}"})
    User.objects.filter(pk=actor.user.pk).update(token_confirmed_at=timezone.now() - datetime.timedelta(seconds=ago))
    return client


def page_of(county, noun: Noun, verb: Verb, thing: str, sent: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The address of its page and what is sent there."""
    reference = county.things[thing].reference
    said = {key: _named(county, key, value, reference, number=True) for key, value in sent.items()}
    if verb is Verb.BREAK_GLASS:
        return "/workspace/break-glass/", said
    if verb is Verb.LIFT:
        said["restriction"] = str(standing(county.things[thing]).pk)
    if noun is Noun.CONCERN or (noun is Noun.REFERRAL and verb is Verb.LIFT_CONFLICT):
        return f"/workspace/intake/{reference}/{verb}/", said
    return f"/workspace/{PLURAL[noun]}/{reference}/{verb}/", said


def _named(county, key: str, value: Any, reference: str, *, number: bool) -> Any:
    if key == "reference":
        return reference
    if key == "agency" and number:
        return str(county.agencies[value].pk)
    if isinstance(value, str) and value.startswith("@"):
        user = county.people[value[1:]].user
        return str(user.pk) if number and key == "person" else user.email
    return value


def done() -> int:
    return Event.objects.count()


@pytest.mark.parametrize(("noun", "verb"), EVERY)
def test_a_page_asks_and_does_nothing_until_it_is_answered(county, noun, verb):
    who, thing, sent, _ = SENT[noun, verb]
    if verb is Verb.LIFT:
        asked_to_lift(county)
    address, said = page_of(county, noun, verb, thing, sent)
    query = f"?{'agency' if 'agency' in said else 'restriction'}={said.get('agency', said.get('restriction', ''))}"
    client, before = browser(county.people[who], ago=LATE), done()
    assert client.get(f"{address}{query}")["Location"].startswith("/accounts/confirm/")
    answer = client.post(address, said)
    assert answer.status_code == 403 and "Confirm that it is you" in answer.text
    assert done() == before
    answer = hands.confirmed(client).post(address, said)
    assert answer.status_code == 302, answer.text
    assert done() > before


@pytest.mark.parametrize("by", [program, browser])
@pytest.mark.parametrize(("noun", "verb"), [both for both in EVERY if both in VERBS])
def test_a_program_is_told_to_sign_in_again(county, noun, verb, by):
    who, thing, _, sent = SENT[noun, verb]
    if verb is Verb.LIFT:
        asked_to_lift(county)
    reference = county.things[thing].reference
    said = {key: _named(county, key, value, reference, number=False) for key, value in sent.items()}
    address, before = f"/api/v1/{PLURAL[noun]}/{reference}/{verb}/", done()
    answer = by(county.people[who], ago=LATE).post(address, said, content_type="application/json")
    assert (answer.status_code, answer.json().get("code")) == (403, "confirm_again"), answer.text
    assert done() == before
    answer = by(county.people[who], ago=14 * 60).post(address, said, content_type="application/json")
    assert answer.status_code == 200, answer.text
    assert done() > before


def test_what_has_no_operation_has_no_way_round():
    assert {both for both in EVERY if both not in VERBS} == {(Noun.CASE, Verb.BREAK_GLASS)}
    assert not [route.name for route in routes() if route.name.startswith("api:") and "glass" in route.name]


@pytest.mark.parametrize(("noun", "thing"), ACCEPTING)
def test_who_accepts_and_invites_is_asked_and_who_only_accepts_is_not(county, noun, thing):
    found, duty = county.things[thing], county.duty
    sent = {"lead": county.officer.user.email, "aim": "Four full days"}
    asks = [{"agency": "health", "purpose": "Advice"}]
    address, before = f"/api/v1/{PLURAL[noun]}/{found.reference}/accept/", done()
    for by in (program, browser):
        client = by(duty, ago=LATE)
        answer = client.post(address, {**sent, "invitations": asks}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "confirm_again")
    typed = {
        "decision": "accept",
        "invite_rows": "1",
        "accept-child": "new",
        "accept-lead": county.officer.user.pk,
        "accept-aim": "Four full days",
        "invite-0-agency": county.agencies["Health"].pk,
        "invite-0-purpose": "Advice",
        "invite-0-reads": "whole",
    }
    page = browser(duty, ago=LATE).post(f"/workspace/intake/{found.reference}/", typed)
    assert page.status_code == 403 and "Four full days" in page.text
    assert done() == before
    answer = program(duty, ago=LATE).post(address, sent, content_type="application/json")
    assert answer.status_code == 200, answer.text


def test_a_program_that_signs_in_again_goes_on_with_the_same_token(county):
    lead = county.officer
    client = program(lead, ago=LATE)
    case = county.things["open case"]
    said = {"agency": "health", "purpose": "Advice"}
    address = f"/api/v1/cases/{case.reference}/invite/"
    assert client.post(address, said, content_type="application/json").status_code == 403
    again = Client().post(
        "/api/v1/token/", {"email": lead.user.email, "password": worlds.PASSWORD}, content_type="application/json"
    )
    assert f"Token {again.json()['token']}" == client.defaults["HTTP_AUTHORIZATION"]
    assert client.post(address, said, content_type="application/json").status_code == 200


def asked_to_lift(county) -> None:
    """Somebody else has asked that the restriction ends."""
    case = Case.objects.get(pk=county.things["guarded case"].pk)
    ask_to_lift(case, by=county.officer, restriction=standing(case), reason=WHY)


def standing(case: Case) -> Restriction:
    return Restriction.objects.in_force().get(child=case.child_id)


def exports() -> Iterator[str]:
    return (route.name for route in routes() if route.ours and "export" in (route.name or ""))


def test_every_file_that_is_taken_out_asks(county):
    assert sorted(exports()) == ["workspace:audit-export"]
    client = browser(county.manager, ago=LATE)
    assert client.get("/workspace/audit/export/")["Location"].startswith("/accounts/confirm/")
    assert hands.confirmed(client).get("/workspace/audit/export/").status_code == 200
