"""Each route of ours is opened by somebody who may and tried by somebody who may not. A route nobody tries fails."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Channel, Delivery
from portal.accounts.models import Invitation
from portal.audit.models import Prompt
from referrals.models import BreakGlass, Event
from tests.accounts import hands
from tests.laws.routes import methods_of, routes

NOBODY = "nobody"  # not signed in


@dataclass(frozen=True)
class Try:
    """`thing`: whose reference stands in the address. `sent`: what is posted (None: a GET)."""

    allow: str
    deny: str | None  # None: open to everyone, so there is nobody to turn away
    thing: str | None = None
    sent: dict[str, Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)


def listed(allow: str, deny: str = NOBODY, **rest: Any) -> Try:
    return Try(allow, deny, **rest)


CONCERN = "received concern"


def a_prompt(county: Any) -> int:
    now = timezone.now()
    return Prompt.objects.create(rule="many_children", user_id=county.lead.user.pk, since=now, until=now, count=41).pk


def a_review(county: Any) -> int:
    health, ends = county.people["health"], timezone.now() + datetime.timedelta(hours=1)
    who = {"user": health.user, "membership": health.membership, "told": county.officer.user}
    about = {"case": county.things["open case"], "reason": "A child is missing", "ends_at": ends}
    return BreakGlass.objects.create(**who, **about).pk


def a_notice(county: Any) -> int:
    event = Event.objects.filter(case=county.things["open case"], note=None, kept=False).earliest("pk")
    entry = {"event": event, "person": county.lead.user, "channel": Channel.INBOX}
    return Delivery.objects.get_or_create(**entry)[0].pk


def an_invitation(county: Any) -> int:
    asked = {"email": "new@example.org", "agency": county.lead.agency, "role": "senco"}
    return Invitation.objects.create(**asked, invited_as=county.people["manager"].membership).pk


LEAD_HELD = {
    "number": lambda county: county.lead.user.pk,
    "membership": lambda county: county.lead.membership.pk,
}
SCREEN = {
    "healthz": Try(NOBODY, None),
    "readyz": Try(NOBODY, None),
    "search": Try(NOBODY, None),
    "concern:start": Try(NOBODY, None),
    "concern:exit": Try(NOBODY, None),
    "concern:check": Try(NOBODY, None),
    "concern:sent": Try(NOBODY, None),
    "concern:step": Try(NOBODY, None, more={"name": "you"}),
    "notifications:inbox": listed("lead"),
    "notifications:mark": listed("lead", sent={}),
    "notifications:count": listed("lead"),
    "notifications:open": Try("lead", "other lead", more={"number": a_notice}),
    "act-as": listed("lead", sent={"membership": lambda county: county.lead.membership.pk}),
    "account_home": listed("lead"),
    "account_confirm": listed("lead"),
    "change_password": listed("lead"),
    "second_factor": listed("lead"),
    "second_factor_app": listed("lead"),
    "second_factor_passkey": listed("lead"),
    "recovery_codes": listed("lead"),
    "account_logout": Try("lead", None),
    "reset_ask": Try(NOBODY, None),
    "reset_sent": Try(NOBODY, None),
    "workspace:home": listed("dpo"),
    "workspace:intake": Try("duty", "lead"),
    "workspace:intake-item": Try("duty", "other lead", "submitted"),
    "workspace:referrals": Try("lead", "early help"),
    "workspace:referral-new": Try("lead", "duty", sent={}),
    "workspace:referral": Try("colleague", "other lead", "draft"),
    "workspace:referral-check": Try("lead", "other lead", "returned"),
    "workspace:referral-sent": Try("lead", "other lead", "submitted"),
    "workspace:referral-withdraw": Try("lead", "other lead", "draft"),
    "workspace:referral-task": Try("senco", "other lead", "draft", more={"task": "voices"}),
    "workspace:referral-item-new": Try("lead", "other lead", "returned", more={"task": "carers"}),
    "workspace:referral-item": Try("lead", "other lead", "returned", more={"task": "carers", "number": 1}),
    "workspace:referral-item-remove": Try("lead", "other lead", "returned", more={"task": "carers", "number": 1}),
    "workspace:conflict-declared": listed("lead"),
    "workspace:intake-declare_conflict": Try("officer", "lead", CONCERN),
    "workspace:intake-lift_conflict": Try("manager", "officer", CONCERN),
    "workspace:referral-declare_conflict": Try("lead", "other lead", "submitted"),
    "workspace:cases": listed("sen"),
    "workspace:case": Try("sen", "other lead", "open case"),
    "workspace:case-timeline": Try("sen", "provider", "open case"),
    "workspace:case-news": Try("sen", "health", "open case"),
    "workspace:case-attendance": Try("trust lead", "other lead", "open case"),
    "workspace:case-people": Try("early help", "dpo", "open case"),
    "workspace:case-history": Try("officer", "editor", "open case"),
    "workspace:case-print": Try("sen", "other lead", "open case"),
    "workspace:case-restrictions": Try("dsl", "lead", "guarded case"),
    "workspace:case-who": Try("sen", "other lead", "open case"),
    "workspace:why": Try("dpo", "officer"),
    "workspace:break-glass": Try("health", "officer"),
    "workspace:break-glass-reviews": Try("manager", "officer"),
    "workspace:break-glass-review": Try("manager", "officer", more={"number": a_review}),
    "workspace:break-glass-end": Try("manager", "lead", "open case", {}),
    "workspace:permissions": Try("dpo", "editor"),
    "workspace:activity": Try("dpo", "officer"),
    "workspace:audit": Try("dpo", "officer"),
    "workspace:audit-export": Try("manager", "officer"),
    "workspace:audit-prompts": Try("dpo", "lead"),
    "workspace:audit-prompt": Try("manager", "duty", more={"number": lambda county: a_prompt(county)}),
    "invitation-accept": Try(NOBODY, None),
    "invitation": Try(NOBODY, None, more={"token": "x" * 43}),
    "workspace:people": Try("head", "officer"),
    "workspace:people-leavers": Try("manager", "lead"),
    "workspace:people-confirm": Try("head", "officer"),
    "workspace:people-invite": Try("manager", "dpo"),
    "workspace:people-invitation": Try("manager", "officer", sent={}, more={"number": an_invitation}),
    "workspace:people-agencies": Try("manager", "sen"),
    "workspace:people-close-agency": Try("manager", "head", more={"agency": "orchard"}),
    "workspace:person": Try("head", "lead", more={"number": lambda county: county.lead.user.pk}),
    "workspace:person-suspend": Try("head", "officer", more={"number": lambda county: county.lead.user.pk}),
    "workspace:person-restore": Try("head", "dpo", more={"number": lambda county: county.lead.user.pk}),
    "workspace:person-second-step": Try("head", "officer", more={"number": lambda county: county.lead.user.pk}),
    "workspace:person-hand-over": Try("manager", "duty", more={"number": lambda county: county.officer.user.pk}),
    "workspace:person-role": Try("manager", "lead", more=LEAD_HELD),
    "workspace:person-end": Try("head", "duty", more=LEAD_HELD),
}
NOTE = {"body": "Seen today.", "visibility": "case"}
INVITE = {"agency": "health", "purpose": "Advice on health"}
CLOSE = {"outcome": "better", "what_helped": "One named person"}
DECLINE = {"reason": "duplicate", "advice": "See the other one."}
API = {
    "api:schema": Try(NOBODY, None),
    "api:docs": Try(NOBODY, None),
    "api:token": Try(NOBODY, None, sent={"email": "x@example.org", "password": "x"}),
    "api:concerns": listed("duty"),
    "api:concern": Try("officer", "lead", CONCERN),
    "api:referrals": listed("lead"),
    "api:referrals POST": listed("lead", "duty", sent={}),
    "api:referral": Try("duty", "other lead", "submitted"),
    "api:cases": listed("sen"),
    "api:case": Try("provider", "other lead", "open case"),
    "api:case-events": Try("sen", "provider", "open case"),
    "api:case-notes": Try("sen", "provider", "open case"),
    "api:case-notes POST": Try("early help", "trust lead", "open case", NOTE),
    "api:concern-review": Try("duty", "officer", CONCERN, {}),
    "api:concern-contact": Try("officer", "lead", CONCERN, {"outcome": "spoke"}),
    "api:concern-accept": Try("duty", "officer", CONCERN, {"lead": "officer@attendance.example.org"}),
    "api:concern-decline": Try("manager", "officer", CONCERN, {"reason": "advice_given", "advice": "Ring the school."}),
    "api:referral-edit": Try("senco", "duty", "returned", {"task": "voices", "answers": {}}),
    "api:referral-submit": Try("lead", "other lead", "returned", {}),
    "api:referral-withdraw": Try("lead", "duty", "submitted", {}),
    "api:referral-accept": Try("duty", "lead", "submitted", {"lead": "officer@attendance.example.org"}),
    "api:referral-return": Try("duty", "officer", "submitted", {"items": {"voices": "What does she say?"}}),
    "api:referral-decline": Try("manager", "lead", "submitted", DECLINE),
    "api:case-invite": Try("officer", "early help", "open case", INVITE),
    "api:case-join": Try("provider", "health", "open case", {}),
    "api:case-refuse": Try("provider", "sen", "open case", {}),
    "api:case-remove": Try("officer", "lead", "open case", {"agency": "sen"}),
    "api:case-assign": Try("manager", "sen", "open case", {"lead": "duty@attendance.example.org"}),
    "api:case-add_note": Try("early help", "trust lead", "open case", NOTE),
    "api:case-add_marks": Try("lead", "sen", "open case", {"marks": "nonsense"}),
    "api:concern-declare_conflict": Try("officer", "lead", CONCERN, {"reason": "A neighbour"}),
    "api:concern-lift_conflict": Try("manager", "duty", CONCERN, {"person": "officer@attendance.example.org"}),
    "api:referral-declare_conflict": Try("lead", "other lead", "submitted", {"reason": "A neighbour"}),
    "api:referral-lift_conflict": Try("manager", "lead", "submitted", {"person": "officer@attendance.example.org"}),
    "api:case-declare_conflict": Try("trust lead", "other lead", "open case", {"reason": "A neighbour"}),
    "api:case-lift_conflict": Try("manager", "officer", "open case", {"person": "officer@attendance.example.org"}),
    "api:case-share": Try("officer", "sen", "open case", {"agency": "sen", "sections": ["attendance"]}),
    "api:case-close": Try("officer", "duty", "open case", CLOSE),
    "api:case-restrict": Try("dsl", "lead", "open case", {}),
    "api:case-ask_to_lift": Try("officer", "head", "guarded case", {"reason": "The order has ended."}),
    "api:case-lift": Try("dsl", "early help", "guarded case", {"restriction": "x"}),
    "api:case-reveal": Try("early help", "trust lead", "guarded case", {"detail": "school", "reason": "I need it."}),
    "api:case-reopen": Try("manager", "sen", "closed case", {"reason": "Absent again"}),
}
VERBS = {
    "add_note": Try("early help", "trust lead", "open case"),
    "add_marks": Try("lead", "early help", "open case"),
    "join": Try("provider", "other lead", "open case"),
    "refuse": Try("provider", "health", "open case"),
    "invite": Try("officer", "early help", "open case"),
    "remove": Try("officer", "lead", "open case"),
    "declare_conflict": Try("sen", "other lead", "open case"),
    "lift_conflict": Try("manager", "officer", "open case"),
    "share": Try("officer", "early help", "open case"),
    "assign": Try("manager", "sen", "open case"),
    "close": Try("officer", "duty", "open case"),
    "reopen": Try("manager", "sen", "closed case"),
    "restrict": Try("dsl", "lead", "open case"),
    "ask_to_lift": Try("officer", "head", "guarded case"),
    "lift": Try("dsl", "early help", "guarded case"),
    "reveal": Try("early help", "trust lead", "guarded case"),
}
# Steps in the middle of a way, which let nobody in who is not there on it: tried on that way.
ELSEWHERE = {
    "mfa_authenticate": "tests/accounts/test_second_factor.py",
    **dict.fromkeys(("reset_choose", "reset_link"), "tests/accounts/test_reset.py"),
    **dict.fromkeys(("sso", "sso_return"), "tests/accounts/test_sso.py"),
    **dict.fromkeys(("end_device", "end_everything"), "tests/accounts/test_own.py"),
    "session_left": "tests/accounts/test_sessions_end.py",
    "second_step_code": "tests/accounts/test_lost_second_step.py",
    "second_factor_remove": "tests/accounts/test_enrolment.py",
    "api:not-there": "tests/api/test_promises.py",
}
# 410: a receipt that has been shown; 503: no worker in this test. Both are answers to somebody who was let in.
OPEN, SHUT = {200, 201, 204, 302, 400, 410, 503}, {401, 403, 404}


def keyed() -> dict[str, Try]:
    return {**SCREEN, **API, **{f"workspace:case-verb {verb}": attempt for verb, attempt in VERBS.items()}}


def ours() -> set[str]:
    found = set()
    for route in routes():
        if not route.ours or route.name in ELSEWHERE:
            continue
        first, *rest = methods_of(route) or [""]
        found.update(f"{route.name} {method}" for method in rest)
        is_verb = route.name == "workspace:case-verb"
        found.add(f"{route.name} {route.path.rstrip('/').rpartition('/')[2]}" if is_verb else route.name)
    return found


def test_every_route_of_ours_is_in_the_table():
    assert ours() - set(keyed()) == set()
    assert set(keyed()) - ours() == set()


def ask(county, name: str, attempt: Try, who: str) -> Any:
    client = Client(raise_request_exception=True)
    if who != NOBODY:
        client.force_login(county.people[who].user)
        hands.confirmed(client)
    reference = {"reference": county.things[attempt.thing].reference} if attempt.thing else {}
    route, _, verb = name.partition(" ")
    if verb and not name.startswith("api:"):
        return client.get(f"/workspace/cases/{reference['reference']}/{verb}/")
    more = {key: value(county) if callable(value) else value for key, value in attempt.more.items()}
    url = reverse(route, kwargs={**reference, **more})
    if attempt.sent is None:
        return client.get(url)
    sent = {key: value(county) if callable(value) else value for key, value in attempt.sent.items()}
    if name.startswith("api:"):
        return client.post(url, sent, content_type="application/json")
    return client.post(url, sent)


@pytest.mark.parametrize("name", sorted(keyed()))
def test_it_opens_for_one_and_stays_shut_for_another(county, name):
    from django.db import transaction

    attempt = keyed()[name]
    with transaction.atomic():
        if attempt.deny:
            answer = ask(county, name, attempt, attempt.deny)
            sent_to_sign_in = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
            assert answer.status_code in SHUT or sent_to_sign_in, (attempt.deny, answer.status_code)
        answer = ask(county, name, attempt, attempt.allow)
        assert answer.status_code in OPEN, (attempt.allow, answer.status_code, answer.content[:300])
        assert "/accounts/login/" not in answer.headers.get("Location", "")
        transaction.set_rollback(True)


def test_editors_have_the_site_and_caseworkers_do_not(county):
    """Wagtail's own routes: all of them stand behind its permission to open the admin."""
    for name in ("duty", "lead", "dpo", "manager"):
        client = Client()
        client.force_login(county.people[name].user)
        for url in ("/cms/", "/cms/pages/", "/cms/images/", "/cms/documents/", "/cms/snippets/"):
            assert client.get(url).status_code in {302, 403}, (name, url)
