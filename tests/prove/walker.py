"""Somebody at her browser, or her program: asks for an address, is answered, and leaves no trace.

Every request runs in a savepoint that is taken back, so that the county stays as it was; what a request changed is
looked at before that. Every answer is read to the last byte, headers too, for words that are not hers to read.
"""

from __future__ import annotations

import json as jsons
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from allauth.account.internal.flows import login
from django.db import transaction
from django.db.models import Max
from django.test import Client
from django.urls import Resolver404, resolve

from portal.audit.models import Entry
from referrals.models import Event

from . import table
from .county import TOKEN, County
from .expected import Expected
from .table import Person

READ_METHODS = {"get", "head"}
SIGNED_IN_FOR = 8 * 60  # seconds; well within what step-up asks and a browser left alone is allowed
# What the trail calls a change of somebody's access, or of a prompt: there is no event of these.
CHANGES = ("permission", "review")
DOORS = ("/accounts/login/", "/cms/login/", "/accounts/confirm/")  # to be sent there is to be turned away


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]
    made: int  # events that it recorded, and changes of access in the trail

    @property
    def inside(self) -> bool:
        """Whether she was let in: an answer, or sent on to another page of the workspace."""
        onward = self.headers.get("Location", "")
        return self.status < 400 and not any(door in onward for door in DOORS)

    @property
    def outside(self) -> bool:
        """Turned away: not signed in, not found, not allowed, or overtaken."""
        return not self.inside and self.status in {302, 401, 403, 404, 409}

    def json(self) -> Any:
        return jsons.loads(self.text)


@dataclass(frozen=True)
class Try:
    """One address that everybody asks for. `right(person)`: whether she is let in; None where either would do.

    `seen(person)`: a word that must then be on the page, or None. `changes`: an event is recorded if, and only if, she
    may. `put_right`: the answer may say that what was sent needs putting right, or lead to where it stands already; and
    then nothing is recorded. `reveals`: a token that is for whoever may, on this one answer alone.
    """

    channel: str
    about: str
    address: str
    right: Callable[[Person], bool | None]
    method: str = "get"
    sent: Any = None
    json: bool = False
    seen: Callable[[Person], str | None] = lambda person: None
    changes: bool = False
    put_right: bool = False
    reveals: str = ""


class Walker:
    """`one_in`: of all there is to try, one in so many, drawn by `seed`: the same each time."""

    def __init__(
        self, county: County, expected: Expected, tally: Any, *, one_in: int = 1, seed: int = 0, sample: bool = False
    ) -> None:
        self.county, self.expected, self.tally, self.one_in = county, expected, tally, one_in
        self.requests = self.bytes = 0
        self._sample = sample
        self._lot = random.Random(seed)
        self._cookies: dict[str, str] = {}
        self._client = Client(raise_request_exception=False)  # one for all: to make one loads the middleware again
        self.listeners: list[Callable[[Person, str, str], None]] = []
        self._sign_in()

    def _sign_in(self) -> None:
        """Everybody, anew: a session is not left to grow old in the middle of a walk."""
        self._since = time.monotonic()
        for person in table.PERSONS.values():
            if person.name in self.county.users:
                self._cookies[person.name] = self._signed_in(person)

    def _signed_in(self, person: Person) -> str:
        client = Client()
        client.force_login(self.county.users[person.name])
        session = client.session
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(self.county.users[person.name].pk)
        if person.name == "two hats elsewhere":
            session["acting_as"] = self.county.actors[person.name].membership.pk
        session.save()
        return client.cookies.output(header="", sep=";").strip()

    @property
    def persons(self) -> list[Person]:
        return [person for person in table.PERSONS.values() if person.kind != "the service"]

    def is_its_turn(self) -> bool:
        return self._lot.randrange(self.one_in) == 0

    def leaves_out(self) -> bool:
        """Where one person's few requests bring many cells, a sample alone leaves people out."""
        return self._sample and not self.is_its_turn()

    def ask(
        self,
        person: Person,
        address: str,
        method: str = "get",
        sent: Any = None,
        *,
        json: bool = False,
        reveals: str = "",
    ) -> Answer:
        if time.monotonic() - self._since > SIGNED_IN_FOR:
            self._sign_in()
        client = self._client
        client.cookies = SimpleCookie(self._cookies.get(person.name, ""))
        more: dict[str, Any] = {"content_type": "application/json"} if json else {}
        actor = self.county.actors.get(person.name)
        if method == "post" and not json and actor is not None and actor.membership:
            sent = {"acting_as": str(actor.membership.pk), **(sent or {})}
        with transaction.atomic():
            before = self._done() if method not in READ_METHODS else 0
            response = getattr(client, method)(address, sent if sent is not None else {}, **more)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            answer = Answer(
                response.status_code,
                body.decode("utf-8", "replace"),
                dict(response.items()),
                self._done() - before if method not in READ_METHODS else 0,
            )
            transaction.set_rollback(True)
        self.requests += 1
        self.bytes += len(body)
        hers = f"{address} {sent} {reveals}"
        self.scan(person, method, address, answer, cookies=response.cookies.output(), said_herself=hers)
        return answer

    @staticmethod
    def _done() -> int:
        newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
        return newest + Entry.objects.filter(action__in=CHANGES).count()

    def scan(
        self, person: Person, method: str, address: str, answer: Answer, *, cookies: str = "", said_herself: str = ""
    ) -> None:
        """`said_herself`: what she sent may come back to her."""
        said = "\n".join([answer.text, *(f"{name}: {value}" for name, value in answer.headers.items()), cookies])
        for token in {found.replace(" ", "") for found in TOKEN.findall(said)}:
            if token not in said_herself and not self.expected.may_read(person, token):
                self.tally.leak(
                    "shown", person.name, method, self.plain(address), token, "of", self.expected.where(token)
                )
        if answer.status >= 500:
            self.tally.leak("broke", person.name, method, self.plain(address), answer.status)
        for listener in self.listeners:
            listener(person, address, said)

    def plain(self, address: str) -> str:
        """The address with the names of things for their references."""
        for name, thing in self.county.things.items():
            if getattr(thing, "reference", None):
                address = address.replace(thing.reference, f"<{name}>")
        return address

    def route_of(self, address: str) -> str:
        try:
            return resolve(address.partition("?")[0]).route
        except Resolver404:
            return ""

    def walked(self, method: str, address: str, *, inside: bool) -> None:
        """For proof 2: somebody was let in, or turned away, here."""
        route = self.route_of(address)
        for way in (route, f"{method.upper()} {route}"):
            self.tally.ways.setdefault(way, set()).add("allow" if inside else "deny")

    def everybody(self, tries: Iterable[Try]) -> None:
        for one in tries:
            for person in self.persons:
                if self.is_its_turn():
                    self.attempt(person, one)

    def attempt(self, person: Person, one: Try) -> Answer:
        right = one.right(person)
        reveals = one.reveals if right else ""
        answer = self.ask(person, one.address, one.method, one.sent, json=one.json, reveals=reveals)
        inside = answer.inside or (one.put_right and answer.status == 400)
        about = (person.name, one.about, one.method, self.plain(one.address), answer.status)
        self.walked(one.method, one.address, inside=inside)
        if right is None:
            return answer
        if not inside and not answer.outside:
            self.tally.wrong_denials.append(f"an odd answer · {about}")
        self.tally.tried(one.channel, right, inside, *about)
        word = one.seen(person)
        if right and word and word not in answer.text:
            self.tally.tried(one.channel, True, False, "not shown", *about)
        if one.changes:
            if answer.made and not right:
                self.tally.leak("was done", *about)
            if right and not answer.made and not (one.put_right and answer.status in {200, 302, 400}):
                self.tally.wrong_denials.append(" · ".join(map(str, ("was not done", *about))))
        return answer
