"""What somebody may not see answers as what is not there: no status, no word, no header and no time tells them apart.

The resolver is walked: every address of the workspace and the API with a reference in it is asked, with every method
and with good, bad and empty bodies, for something that exists and is hidden from whoever asks and for a reference that
is nobody's. The two answers are compared to the byte once what was sent (the reference), and what is new in each answer
(form tokens, request numbers), have been masked. With the second wall, both ask the database equally often, which is
what time is made of. (Without it, on SQLite, what is hidden is looked at once more before it is refused.)

Time: pairs of the two, interleaved in random order, spread over the addresses of the kind. AUC is the chance that the
one that exists takes longer (0.5: it says nothing), over pairs at the same address.

Validation: what is typed into a form is never answered differently because somebody has heard of it already.
"""

from __future__ import annotations

import itertools
import json
import logging
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import identity, tokens
from portal.accounts.models import User
from portal.demo.answers import referral_answers
from portal.demo.names import upn
from referrals import reference
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.restrict import restrict
from referrals.models import Case, Concern, Referral
from tests import worlds
from tests.laws.routes import routes

PAIRS = {"full": 1_000, "sample": 20}  # of each kind
NEW_IN_EACH = [
    (re.compile(rb'(name="(?:csrfmiddlewaretoken|submission_key)" value=")[^"]*'), rb"\1masked"),
    (re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), b"masked"),
    (re.compile(rb"nonce-[A-Za-z0-9+/=_-]+"), b"nonce-masked"),
    (re.compile(rb'data-left="\d+"'), b'data-left="masked"'),  # seconds until she is signed out
]
PROLONGED = 'UPDATE "django_session"'  # once a minute, whatever is asked for
NOT_COMPARED = {"date", "set-cookie", "x-request-id", "content-length"}  # the length is that of the body
MODELS: dict[str, tuple[type, str]] = {"concern": (Concern, "C"), "referral": (Referral, "R"), "case": (Case, "A")}
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {
        "body": "Seen today.",
        "visibility": "case",
        "agency": "health",
        "purpose": "Advice",
        "reason": "It has ended, as everybody agreed",
        "advice": "See the other one.",
        "lead": "officer@attendance.example.org",
        "outcome": "better",
        "what_helped": "One named person",
        "answers": {},
        "task": "voices",
        "items": {"voices": "More"},
        "marks": "nonsense",
    },
)


# --- who asks for what ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hidden:
    """A thing, and somebody it is hidden from."""

    kind: str
    thing: Any
    who: str


class Asker:
    def __init__(self, user: User) -> None:
        self.browser, self.program = Client(raise_request_exception=False), Client(raise_request_exception=False)
        self.browser.force_login(user)
        self.program.defaults["HTTP_AUTHORIZATION"] = f"Token {tokens.issue(user).key}"

    def ask(self, method: str, address: str, sent: Any = None) -> HttpResponse:
        client = self.program if address.startswith("/api/") else self.browser
        rest: dict[str, Any] = {}
        if sent is not None:
            body = sent if isinstance(sent, str) else json.dumps(sent)
            rest = {"data": body, "content_type": "application/json"} if client is self.program else {"data": sent}
        return getattr(client, method.lower())(address, **rest)


class County:
    def __init__(self) -> None:
        self.world = worlds.county()
        things = self.world.things
        declare_conflict(
            things["plain case"], by=self.world.manager, person=self.world.manager.user, reason="A neighbour"
        )
        aunt = self.world.people["early help colleague"].user
        restrict(things["open case"], by=self.world.officer, from_user=aunt, reason="She is the child's aunt")
        self.hidden = [
            Hidden("concern", things["received concern"], "lead"),
            Hidden("concern", things["reviewing concern"], "sen"),
            Hidden("referral", things["submitted"], "other lead"),
            Hidden("referral", things["returned"], "early help"),
            Hidden("referral", things["draft"], "duty"),
            Hidden("case", things["open case"], "other lead"),
            Hidden("case", things["open case"], "health"),
            Hidden("case", things["open case"], "early help colleague"),
            Hidden("case", things["plain case"], "manager"),
            Hidden("case", things["case with expired grant"], "early help"),
        ]
        self.askers = {each.who: Asker(self.world.people[each.who].user) for each in self.hidden}
        self.askers["duty"] = self.askers.get("duty") or Asker(self.world.duty.user)


def absent(letter: str) -> str:
    """A reference that is nobody's."""
    model = next(model for model, known in MODELS.values() if known == letter)
    return reference.unused(letter, model._default_manager)


def addresses(kind: str) -> list[str]:
    """Every address in which something of this kind may be named, with {} where its reference stands."""
    found = []
    for route in routes():
        if "<reference:" not in route.path:
            continue
        place = f"/{route.path}".replace("<reference:reference>", "{}")
        whose = next((k for k in MODELS if f"/{k}s/" in place), None)
        if whose not in (None, kind):
            continue
        for converter, value in (("<int:number>", "1"), ("<slug:task>", "carers")):
            place = place.replace(converter, value)
        if "<" in place:
            raise AssertionError(f"{route.name} takes something this proof does not know: {route.path}")
        found.append(place)
    if kind == "case":
        found += ["/workspace/why/?person=officer&reference={}"]
    return sorted(set(found))


# --- alike, to the byte -----------------------------------------------------------------------------------------------


def plain(answer: HttpResponse, asked: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """What may be compared of an answer."""
    body = answer.getvalue() if answer.streaming else answer.content
    compact = asked.replace("-", "")
    for word in (asked, asked.lower(), compact, compact.lower()):
        body = body.replace(word.encode(), b"REFERENCE")
    for pattern, instead in NEW_IN_EACH:
        body = pattern.sub(instead, body)
    headers = [
        (name.lower(), re.sub(r"nonce-[^']+", "nonce-masked", value).replace(asked, "REFERENCE"))
        for name, value in answer.items()
        if name.lower() not in NOT_COMPARED
    ]
    return answer.status_code, sorted(headers), body


def tries(address: str) -> Iterator[tuple[str, Any]]:
    yield from (("GET", None), ("HEAD", None), ("OPTIONS", None))
    if "?" in address:
        return
    for body in BODIES:
        if address.startswith("/api/"):
            yield "POST", body
        else:
            yield "POST", {name: value for name, value in body.items() if isinstance(value, str)}
    if address.startswith("/api/"):
        yield from (("POST", "{"), ("PUT", {}), ("DELETE", None))


def compare(county: County, found: Findings, *, every: bool = True) -> None:
    """Every address, and everything that can be sent to it: `every` with each thing that is hidden from somebody, else
    with one of them in turn.
    """
    for each, places in _turns(county, every):
        asker = county.askers[each.who]
        nobodys = absent(MODELS[each.kind][1])
        for address in places:
            for method, sent in tries(address):
                here, steps = _asked_for(asker, method, address, each.thing.reference, sent)
                gone, fewer = _asked_for(asker, method, address, nobodys, sent)
                found.compared += 1
                if here != gone:
                    found.differs(f"{method} {address} as {each.who}: {_difference(here, gone)}")
                if steps != fewer and identity.is_walled():
                    found.differs(f"{method} {address} as {each.who}: {steps} queries and {fewer}")
                if here[0] >= 500:
                    found.differs(f"{method} {address} as {each.who}: {here[0]}")


def _asked_for(asker: Asker, method: str, address: str, named: str, sent: Any) -> tuple[tuple, int]:
    """What may be compared of the answer, and how often it asked the database."""
    with CaptureQueriesContext(connection) as asked:
        answer = plain(asker.ask(method, address.format(named), sent), named)
    return answer, sum(PROLONGED not in query["sql"] for query in asked.captured_queries)


def _turns(county: County, every: bool) -> Iterator[tuple[Hidden, list[str]]]:
    for kind in MODELS:
        places = addresses(kind)
        hidden = [each for each in county.hidden if each.kind == kind]
        for turn, each in enumerate(hidden):
            yield each, places if every else places[turn :: len(hidden)]


def _difference(one: tuple, other: tuple) -> str:
    if one[0] != other[0]:
        return f"status {one[0]} and {other[0]}"
    if one[1] != other[1]:
        return f"headers {sorted(set(one[1]) ^ set(other[1]))[:4]}"
    place = next((n for n, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b), 0)
    return f"body from byte {place}: {one[2][place : place + 60]!r} and {other[2][place : place + 60]!r}"


# --- in the same time -------------------------------------------------------------------------------------------------


def timed(county: County, kind: str, pairs: int, chance: random.Random, found: Findings) -> None:
    """`pairs` of the two, each in random order, in turn over what is hidden and over the addresses of the kind."""
    places = addresses(kind)
    hidden = [each for each in county.hidden if each.kind == kind]
    unknown = itertools.cycle([absent(MODELS[kind][1]) for _ in range(97)])
    for number in range(pairs + 8):
        address = places[number % len(places)]
        each = hidden[(number // len(places)) % len(hidden)]
        took = {}
        two = [True, False]
        chance.shuffle(two)
        for exists in two:
            asked = address.format(each.thing.reference if exists else next(unknown))
            started = time.perf_counter()
            county.askers[each.who].ask("GET", asked)
            took[exists] = time.perf_counter() - started
        if number >= 8:  # the first ones load what is loaded once
            found.times.setdefault(kind, {}).setdefault(address, []).append((took[True], took[False]))


def auc(pairs: list[tuple[float, float]]) -> float:
    """The chance that what exists takes longer, or shorter where that is likelier: 0.5 to 1."""
    longer = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)
    return max(longer, 1 - longer)


# --- what is typed is not answered ------------------------------------------------------------------------------------


def tell(county: County) -> Iterator[str]:
    """Where an answer says that somebody, or some child, is known."""
    known = Case.objects.select_related("child").get(pk=county.world.things["open case"].pk)
    for name, ask in (
        ("a school types the UPN of another's child", lambda value: _pupil(county, upn=value)),
        ("the same by the API", lambda value: _pupil_by_api(county, upn=value)),
    ):
        for taken, free in zip(ask(known.child.upn), ask(upn(987_654)), strict=True):
            if taken != free:
                yield f"{name}: {_difference(taken, free)}"
    other = county.world.people["trust lead"].user.email
    duty = county.askers["duty"]
    referral = county.world.things["submitted"].reference
    for field, taken, free in (
        ("lead", other, "nobody.at.all@example.org"),
        ("case", county.world.things["open case"].reference, absent("A")),
    ):
        body = {"lead": "officer@attendance.example.org", "aim": "Find out", "invitations": [{"agency": ""}]}
        answers = [
            plain(duty.ask("POST", f"/api/v1/referrals/{referral}/accept/", {**body, field: value}), value)
            for value in (taken, free)
        ]
        if answers[0] != answers[1]:
            yield f"accepting, {field}"
    manager = county.askers["manager"]
    kept, gone = county.world.things["plain case"].reference, absent("A")
    accepting = {"lead": "officer@attendance.example.org", "aim": "Find out"}
    address = f"/api/v1/referrals/{referral}/accept/"
    if plain(manager.ask("POST", address, {**accepting, "case": kept}), kept) != plain(
        manager.ask("POST", address, {**accepting, "case": gone}), gone
    ):
        yield "accepting into a case that is kept from whoever accepts"
    yield from _invitations(county, other)
    yield from _lists(county, known)
    yield from _concerns(known)


def _pupil(county: County, **over: str) -> list[tuple]:
    """A referral's first task filled in, and the pages after it."""
    lead = county.askers["other lead"]
    draft = county.world.things["other draft"].reference
    answers = {**referral_answers(3)["pupil"], **over}
    sent = {name: value for name, value in answers.items() if isinstance(value, str)}
    pages = [lead.ask("POST", reverse("workspace:referral-task", args=[draft, "pupil"]), sent)]
    pages += [lead.ask("GET", reverse(f"workspace:{name}", args=[draft])) for name in ("referral", "referral-check")]
    return [plain(page, over["upn"]) for page in pages]


def _pupil_by_api(county: County, **over: str) -> list[tuple]:
    lead = county.askers["other lead"]
    draft = county.world.things["other draft"].reference
    answers = {**referral_answers(3)["pupil"], **over}
    sent = {"task": "pupil", "answers": answers}
    done = [lead.ask("POST", f"/api/v1/referrals/{draft}/edit/", sent), lead.ask("GET", f"/api/v1/referrals/{draft}/")]
    return [_of_any_edit(plain(answer, over["upn"])) for answer in done]


def _of_any_edit(seen: tuple) -> tuple:
    """Without what is new in each: when it was changed, and for the how-manieth time."""
    return (*seen[:2], re.sub(rb'\d{4}-\d\d-\d\dT[0-9:.+Z-]+|"version":\d+', b"then", seen[2]))


def _invitations(county: County, known: str) -> Iterator[str]:
    """A head invites somebody who works elsewhere, and somebody nobody has heard of."""
    address = f"{reverse('workspace:people-invite')}?agency=hillside"
    head = Asker(county.world.head.user)
    answers = []
    for email in (known, "nobody.knows@example.org"):
        answers.append(plain(head.ask("POST", address, {"email": email, "role": "school_staff"}), email))
    if answers[0] != answers[1]:
        yield f"inviting an address that is known elsewhere: {_difference(*answers)}"


def _lists(county: County, known: Case) -> Iterator[str]:
    """Nothing may be sorted or filtered by what one may not see: such a word in an address changes nothing."""
    asker = county.askers["other lead"]
    words = {
        "upn": (known.child.upn, upn(987_655)),
        "child": (known.child.last_name, "Nobodyatall"),
        "search": (known.child.last_name, "Nobodyatall"),
        "q": (known.child.last_name, "Nobodyatall"),
        "reference": (known.reference, absent("A")),
        "child__last_name": (known.child.last_name, "Nobodyatall"),
        "case__child__upn": (known.child.upn, upn(987_655)),
        "ordering": ("child__upn", "-child__upn"),
        "sort": ("child__upn", "-child__upn"),
        "order_by": ("case__risk", "-case__risk"),
        "lead": (str(known.lead_id), "999999"),
    }
    lists = ["/api/v1/cases/", "/api/v1/referrals/", "/api/v1/concerns/", "/workspace/cases/", "/workspace/referrals/"]
    for address in [*lists, "/workspace/notifications/"]:
        for name, values in words.items():
            # Masked as the address repeats it, not wherever such a word stands.
            answers = [plain(asker.ask("GET", f"{address}?{name}={value}"), f"{name}={value}") for value in values]
            if answers[0] != answers[1]:
                yield f"{address}?{name}= of what is hidden: {_difference(*answers)}"


def _concerns(known: Case) -> Iterator[str]:
    """Somebody without an account names a child who is known, and one who is not."""
    answers = []
    for first, last in ((known.child.first_name, known.child.last_name), ("Zebedee", "Nobodyatall")):
        browser = Client()
        answer = browser.post("/raise-a-concern/child/", {"child_first_name": first, "child_last_name": last})
        answers.append((plain(answer, first), plain(browser.get("/raise-a-concern/check/"), first)))
    masked = [
        json.dumps(repr(answer)).replace(last, "NAME").replace(first, "NAME")
        for answer, (first, last) in zip(
            answers, ((known.child.first_name, known.child.last_name), ("Zebedee", "Nobodyatall")), strict=True
        )
    ]
    if masked[0] != masked[1]:
        yield "raising a concern about a child who is known"


# --- the run ----------------------------------------------------------------------------------------------------------


class Findings:
    def __init__(self) -> None:
        self.compared = 0
        self.differences: list[str] = []
        self.times: dict[str, dict[str, list[tuple[float, float]]]] = {}

    def differs(self, sentence: str) -> None:
        self.differences.append(sentence)
        print(f"  DIFFERS: {sentence}", flush=True)


def run(size: str) -> dict[str, Any]:
    logging.getLogger("django_structlog").setLevel(logging.ERROR)  # thousands of lines that say 404
    county, found, chance = County(), Findings(), random.Random(20_261_123)
    compare(county, found)
    telling = list(tell(county))
    for sentence in telling:
        print(f"  TELLS: {sentence}", flush=True)
    for kind in MODELS:
        timed(county, kind, PAIRS[size], chance, found)
    aucs = {kind: auc([pair for pairs in places.values() for pair in pairs]) for kind, places in found.times.items()}
    for kind, places in found.times.items():
        print(f"  {kind}: AUC {aucs[kind]:.3f} over {sum(map(len, places.values()))} pairs", flush=True)
        for place, pairs in places.items():
            print(f"    {place}: {auc(pairs):.2f} ({len(pairs)} pairs)", flush=True)
    return {
        "pairs": min(sum(map(len, places.values())) for places in found.times.values()),
        "differences": len(found.differences),
        "timing_auc": max(aucs.values()),
        "validation_tells": len(telling),
        "compared": found.compared,
        "addresses": sum(len(addresses(kind)) for kind in MODELS),
        "kinds": ", ".join(f"{kind} {value:.3f}" for kind, value in aucs.items()),
        "auc_by_address": {
            place: round(auc(pairs), 3) for places in found.times.values() for place, pairs in places.items()
        },
    }
