"""Where things can be seen or done, and what everybody tries there: the cells that are run for real.

page, fragment, API, list, search, count, socket, inbox, email, export, print, error and validation text, CMS. A choice
in a form is part of its page. Nothing can be attached yet: `screens.there_is_none` says so at each run, and fails once
it is not so, or once there is a page to print that nobody walks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core import mail
from django.db import transaction
from django.utils import timezone

from notifications import email, fanout
from notifications.models import Channel, Delivery
from portal.demo.answers import referral_answers
from referrals import reference
from referrals.models import Case, Event, Grant
from referrals.models.grant import in_force
from tests.laws.routes import routes

from . import table
from .county import County
from .expected import Expected
from .screens import Screens, there_is_none
from .table import Person
from .walker import Try, Walker

NOTE = {"body": "Seen today.", "visibility": "case"}
MARKS = referral_answers(99)["attendance"]["marks"]
OFFICER = "officer@example.org"
# What is sent to do each thing, by the API and by the page.
TO_CASE: dict[str, Any] = {
    "add_note": NOTE,
    "add_marks": {"marks": MARKS},
    "join": {},
    "refuse": {"reason": "Not for us"},
    "invite": {"agency": "library", "purpose": "Somewhere to read"},
    "remove": {"agency": "hillside", "reason": "It has ended"},
    "assign": {"lead": "duty@example.org"},
    "close": {"outcome": "better", "what_helped": "One named person"},
    "reopen": {"reason": "Absent again"},
}
TO_CONCERN: dict[str, Any] = {
    "review": {},
    "contact": {"outcome": "spoke"},
    "accept": {"lead": OFFICER, "aim": "Find out"},
    "decline": {"reason": "advice_given", "advice": "Ring the school."},
}
TO_REFERRAL: dict[str, Any] = {
    "edit": {"task": "asking", "answers": referral_answers(1)["asking"]},
    "submit": {},
    "withdraw": {"reason": "It is better"},
    "accept": {"lead": OFFICER, "aim": "Full days"},
    "return": {"items": {"voices": "What does she say?"}},
    "decline": {"reason": "duplicate", "advice": "See the other one."},
}
DECISIONS: dict[str, dict[str, str]] = {
    "review": {},
    "contact": {"contact-outcome": "spoke"},
    "accept": {"accept-aim": "Find out"},
    "return": {"return-items": "voices", "return-need_voices": "What does she say?"},
    "decline": {"decline-reason": "duplicate", "decline-advice": "Ask the school."},
}
# Of all there is to try with the county as it is (some 50,000 requests), one in so many, so that a run takes minutes.
# Each person, thing, verb and channel comes up many times. A proof draws its own lot, and the same in each run.
LOTS = {"matrix": (0, 12), "walls": (1, 24), "canaries": (2, 24)}
IN_A_SAMPLE = 211
SHELVES = ("cases", "referrals", "concerns")
# Of these cases everything is done by everybody; of the others everything is read.
DONE_TO = ("shared case", "closed case", "case in sections", "case in conflict", "case from today", "restricted case")


def lot(proof: str, size: str) -> dict[str, Any]:
    seed, one_in = LOTS[proof]
    sample = size != "full"
    return {"seed": seed, "one_in": IN_A_SAMPLE if sample else one_in, "sample": sample}


def walk(county: County, expected: Expected, tally: Any, size: str, proof: str) -> Walker:
    """Every channel, one after the other."""
    rings = tell_everybody(0 if size == "full" else 40)
    walker = Walker(county, expected, tally, **lot(proof, size))
    walk = Walk(county, expected, tally, walker)
    screens = Screens(walk, DONE_TO)
    walker.everybody(walk.case_pages())
    walk.case_contents()
    walker.everybody(walk.case_doings())
    walker.everybody(walk.referrals())
    walker.everybody(walk.concerns())
    walker.everybody(screens.looking())
    walker.everybody(screens.doing())
    screens.emergencies()
    screens.trail()
    screens.finding_people()
    walk.lists()
    walk.counts()
    walk.sockets(rings)
    walk.inboxes()
    walk.emails()
    walk.search()
    walk.errors()
    walker.everybody(walk.cms())
    there_is_none(tally, [route.path for route in routes()])
    print(f"  {walker.requests:,} requests, {walker.bytes:,} bytes read", flush=True)
    return walker


def tell_everybody(latest: int = 0) -> list[tuple[set[int], str, int]]:
    """Fan out everything that happened, or the latest; returns each doorbell: (people, stream, number)."""
    numbers = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    rings: list[tuple[set[int], str, int]] = []
    before = fanout.live.ring
    fanout.live.ring = lambda people, stream, number: rings.append((set(people), stream, number))
    try:
        for number in numbers[-latest:]:
            fanout.fan_out(number)
    finally:
        fanout.live.ring = before
    return rings


class Walk:
    def __init__(self, county: County, expected: Expected, tally: Any, walker: Walker) -> None:
        self.county, self.expected, self.tally, self.walker = county, expected, tally, walker
        self._absent: dict[tuple[str, str], tuple[int, str]] = {}
        self.tokens_of: dict[tuple[type, Any], dict[str, str]] = {}
        for token, places in expected.tokens.items():
            for place in places:
                self.tokens_of.setdefault((place.model, place.pk), {})[place.field] = token

    def may(self, person: Person, name: str) -> set[str]:
        return self.expected.on(person, self.county.things[name])

    def word(self, thing: Any, field: str) -> str | None:
        """The token that stands in this field of this row."""
        return self.tokens_of.get((type(thing), thing.pk), {}).get(field)

    # --- one case ----------------------------------------------------------------------------------------------------

    def case_pages(self) -> Iterator[Try]:
        for name in self.county.cases:
            case: Case = self.county.things[name]
            page, api = f"/workspace/cases/{case.reference}/", f"/api/v1/cases/{case.reference}/"

            def sees(verb: str, name: str = name) -> Any:
                return lambda person: verb in self.may(person, name)

            def section(verb: str, name: str = name) -> Any:
                """Who may view the case, but not this section, may be shown the page without it."""
                return lambda p: None if {"view"} == {"view", verb} & self.may(p, name) else verb in self.may(p, name)

            def child(person: Person, case: Case = case, name: str = name) -> str | None:
                return self.word(case.child, "last_name") if "view" in self.may(person, name) else None

            looks = lambda person, name=name: bool({"view", "join"} & self.may(person, name))  # noqa: E731
            yield Try("page", name, page, looks, seen=lambda p: None if "join" in self.may(p, name) else child(p))  # noqa: B023
            yield Try("page", name, f"{page}attendance/", section("view_attendance"), seen=child)
            yield Try("page", name, f"{page}people/", section("view_people"), seen=child)
            yield Try("page", name, f"{page}history/", section("view_story"))
            for verb in ("invite", "remove", "assign", "close", "reopen", "add_marks", "refuse"):
                yield Try("page", f"{name}: {verb}", f"{page}{verb}/", sees(verb))
            joins = lambda p, name=name: None if "view" in self.may(p, name) else "join" in self.may(p, name)  # noqa: E731
            yield Try("page", f"{name}: join", f"{page}join/", joins)
            yield Try("page", f"{name}: add_note", f"{page}add_note/", sees("add_note"))
            yield Try("api", name, api, looks, seen=child)

    def case_contents(self) -> None:
        """The timeline, its news and the API's notes and events: for each note and each event, is it there?"""
        for name in self.county.cases:
            case = self.county.things[name]
            page, api = f"/workspace/cases/{case.reference}/", f"/api/v1/cases/{case.reference}/"
            notes = {n: self.county.things[n] for n, facts in self.county.notes.items() if facts.case == name}
            events = list(Event.objects.filter(case=case))
            for person in self.walker.persons:
                for channel, address in (
                    ("page", f"{page}timeline/"),
                    ("fragment", f"{page}timeline/news/?after=0"),
                    ("api", f"{api}notes/?limit=100"),
                    ("api", f"{api}events/"),
                ):
                    if self.walker.is_its_turn():
                        self._contents(person, name, channel, address, notes, events)
                if self.walker.is_its_turn():
                    self._people(person, name, page)

    def _contents(
        self, person: Person, name: str, channel: str, address: str, notes: dict[str, Any], events: list[Event]
    ) -> None:
        may = self.may(person, name)
        both = {"view", "view_story"}
        right = None if both & may == {"view"} else "view_story" in may
        answer = self.walker.attempt(person, Try(channel, name, address, lambda p: right))
        if address.endswith("events/"):
            got = {row["number"] for row in answer.json()["results"]} if answer.status == 200 else set()
            for event in events:
                about = (person.name, self.expected.called(event), self.walker.plain(address))
                hers = bool(right) and "view" in self.expected.on(person, event)
                self.tally.tried(channel, hers, event.pk in got, *about)
            return
        for called, note in notes.items():
            about = (person.name, called, self.walker.plain(address))
            shown = (self.word(note, "body") or "") in answer.text
            self.tally.tried(channel, "view" in self.expected.on(person, note), shown, *about)

    def _people(self, person: Person, name: str, page: str) -> None:
        """Fields with rules of their own: the UPN, the people around the child, and how to reach them."""
        case = self.county.things[name]
        answer = self.walker.ask(person, f"{page}people/")
        for row in (case.child, *case.child.carers.all()):
            for field, token in self.tokens_of.get((type(row), row.pk), {}).items():
                if field in {"upn", "phone", "name", "email", "address", "last_name"}:
                    shown = token in {found.replace(" ", "") for found in re.findall(r"[\w ]+", answer.text)} or (
                        token in answer.text.replace(" ", "")
                    )
                    right = self.expected.may_read(person, token) and "view_people" in self.may(person, name)
                    if field in {"email", "address"}:
                        right = right and shown  # shown where the page has a place for it, and never to others
                    about = (person.name, f"{name}: {type(row).__name__.lower()}'s {field}", f"{page}people/")
                    self.tally.tried("page", right, shown, *about)

    def case_doings(self) -> Iterator[Try]:
        for name in DONE_TO:
            case = self.county.things[name]
            agency = self.part_of(case)

            def joins(right: Any, name: str) -> Any:
                return lambda person: None if "view" in self.may(person, name) else right(person)

            for verb, sent in TO_CASE.items():
                right = lambda p, verb=verb, name=name: verb in self.may(p, name)  # noqa: E731
                # Whoever has joined already and presses again is sent to the case.
                pressed = joins(right, name) if verb == "join" else right
                body = {**sent, "agency": agency.slug} if verb == "remove" else sent
                yield Try(
                    "api",
                    f"{name}: {verb}",
                    f"/api/v1/cases/{case.reference}/{verb}/",
                    right,
                    "post",
                    body,
                    json=True,
                    changes=True,
                )
                yield Try(
                    "page",
                    f"{name}: {verb}",
                    f"/workspace/cases/{case.reference}/{verb}/",
                    pressed,
                    "post",
                    self._form(verb, body, agency.pk),
                    changes=True,
                )
            writes = lambda p, name=name: "add_note" in self.may(p, name)  # noqa: E731
            yield Try(
                "api",
                f"{name}: note",
                f"/api/v1/cases/{case.reference}/notes/",
                writes,
                "post",
                NOTE,
                json=True,
                changes=True,
            )

    def part_of(self, case: Case) -> Any:
        return Grant.everything.filter(in_force(timezone.localdate()), content_object=case).first().group.agency

    def _form(self, verb: str, sent: dict[str, Any], agency: int) -> dict[str, Any]:
        users, agencies = self.county.users, self.county.agencies
        changed = {
            "invite": {"agency": str(agencies["Library"].pk)},
            "remove": {"agency": str(agency)},
            "assign": {"lead": str(users["duty"].pk)},
            "add_note": {"submission_key": "6a7d3c1e-7c43-4d86-9f0d-2d5f0f3f3a11"},
        }
        return {**sent, **changed.get(verb, {})}

    # --- what comes in -----------------------------------------------------------------------------------------------

    def referrals(self) -> Iterator[Try]:
        for name, facts in self.county.referrals.items():
            referral = self.county.things[name]
            page, api = f"/workspace/referrals/{referral.reference}/", f"/api/v1/referrals/{referral.reference}/"
            views = lambda p, name=name: "view" in self.may(p, name)  # noqa: E731
            word = self.word(referral, "child_last_name")
            seen = lambda person, word=word: word  # noqa: E731
            yield Try("page", name, page, views, seen=seen if facts.stage not in {"draft"} else lambda person: None)
            yield Try("api", name, api, views, seen=seen)
            queue = lambda p, views=views: views(p) and p.kind in table.TEAM  # noqa: E731
            yield Try("page", f"{name}: sheet", f"/workspace/intake/{referral.reference}/", queue, seen=seen)
            if facts.case and facts.case not in DONE_TO[:2]:
                continue
            for part in ("check/", "sent/", "voices/", "carers/new/"):
                yield Try("page", f"{name}: {part}", f"{page}{part}", views)
            for verb, sent in TO_REFERRAL.items():
                right = lambda p, verb=verb, name=name: verb in self.may(p, name)  # noqa: E731
                about = f"{name}: {verb}"
                yield Try("api", about, f"{api}{verb}/", right, "post", sent, json=True, changes=True, put_right=True)
            right = lambda p, name=name: "withdraw" in self.may(p, name)  # noqa: E731
            stays = (
                right
                if facts.stage != "withdrawn"
                else lambda p, right=right, views=views: right(p) or (None if views(p) else False)
            )
            yield Try("page", f"{name}: withdraw", f"{page}withdraw/", stays)
            yield Try("page", f"{name}: withdraw", f"{page}withdraw/", stays, "post", {"reason": "Better"})
            edits = lambda p, name=name: "edit" in self.may(p, name)  # noqa: E731
            yield Try("page", f"{name}: edit", f"{page}asking/", edits, "post", {"version": "1", "asks": "joint_plan"})
            for decision in ("accept", "return", "decline"):
                yield self._decision(name, referral, decision)

    def concerns(self) -> Iterator[Try]:
        for name in self.county.concerns:
            concern = self.county.things[name]
            views = lambda p, name=name: "view" in self.may(p, name)  # noqa: E731
            word = self.word(concern, "child_last_name")
            seen = lambda person, word=word: word  # noqa: E731
            yield Try("page", name, f"/workspace/intake/{concern.reference}/", views, seen=seen)
            yield Try("api", name, f"/api/v1/concerns/{concern.reference}/", views, seen=seen)
            for verb, sent in TO_CONCERN.items():
                right = lambda p, verb=verb, name=name: verb in self.may(p, name)  # noqa: E731
                yield Try(
                    "api",
                    f"{name}: {verb}",
                    f"/api/v1/concerns/{concern.reference}/{verb}/",
                    right,
                    "post",
                    sent,
                    json=True,
                    changes=True,
                )
                yield self._decision(name, concern, verb)

    def _decision(self, name: str, thing: Any, verb: str) -> Try:
        sent = {"decision": verb, **DECISIONS[verb]}
        if verb == "accept":
            sent["accept-lead"] = str(self.county.users["officer"].pk)
        if verb == "decline" and name in self.county.concerns:
            sent["decline-reason"] = "advice_given"
        return Try(
            "page",
            f"{name}: {verb}",
            f"/workspace/intake/{thing.reference}/",
            lambda p: self._decides(p, name, verb),
            "post",
            sent,
            changes=True,
        )

    def _decides(self, person: Person, name: str, verb: str) -> bool | None:
        """None: it was decided, and whoever did it lands on the result when she presses again."""
        facts = self.county.concerns.get(name) or self.county.referrals[name]
        if person.kind not in table.TEAM:
            return False
        if verb in self.may(person, name):
            return True
        waiting = facts.stage in {"received", "submitted"}
        return None if "view" in self.may(person, name) and not waiting else False

    # --- lists, counts and search ------------------------------------------------------------------------------------

    def lists(self) -> None:
        """Everything that is listed is in the detail, and the other way round (trust: ids in list == ids that open)."""
        for person in self.walker.persons:
            if self.walker.leaves_out():
                continue
            self._list(person, "api", self._api_pages(person, "cases"), self.county.cases, {"view", "join"})
            self._list(person, "api", self._api_pages(person, "referrals"), self.county.referrals, {"view"})
            self._list(person, "api", self._api_pages(person, "concerns"), self.county.concerns, {"view"})
            tabs = ("mine", "all", "closed") if person.kind in table.TEAM else ("mine", "closed")
            text = "".join(self._pages(person, f"/workspace/cases/?show={tab}") for tab in tabs)
            in_casework = person.kind not in {"dpo", "editor", "nobody", "stranger"}
            self._list(person, "list", text, self.county.cases, {"view", "join"}, only=in_casework)
            if person.kind in table.SCHOOL:
                text = self._pages(person, "/workspace/referrals/")
                for tab in sorted(set(re.findall(r"/workspace/referrals/\?tab=(\w+)", text))):
                    text += self._pages(person, f"/workspace/referrals/?tab={tab}")
                self._list(person, "list", text, self.county.referrals, {"view"})
            text = self._pages(person, "/workspace/intake/")
            waiting = {
                name
                for shelf, stages in (
                    (self.county.concerns, {"received", "reviewing", "contacted"}),
                    (self.county.referrals, {"submitted"}),
                )
                for name, facts in shelf.items()
                if facts.stage in stages
            }
            self._list(person, "list", text, waiting, {"view"}, only=person.kind in table.TEAM)

    def _list(self, person: Person, channel: str, text: str, names: Any, verbs: set[str], *, only: bool = True) -> None:
        for name in names:
            right = only and bool(verbs & self.may(person, name))
            shown = self.county.things[name].reference in text
            self.tally.tried(channel, right, shown, person.name, name, "in a list")

    def _pages(self, person: Person, address: str) -> str:
        """All pages of a list, one after the other."""
        text, seen = "", set()
        while address and address not in seen:
            seen.add(address)
            answer = self.walker.ask(person, address)
            self.walker.walked("get", address, inside=answer.inside)
            if answer.status != 200:
                break
            text += answer.text
            following = re.search(r'href="([^"]*[?&;](?:after|page)=[^"]*)"[^>]*rel="next"', answer.text) or re.search(
                r'rel="next"[^>]*href="([^"]*)"', answer.text
            )
            here = address.partition("?")[0]
            address = following[1].replace("&amp;", "&") if following else ""
            if address.startswith("?"):
                address = here + address
        return text

    def _api_pages(self, person: Person, what: str) -> str:
        address, text = f"/api/v1/{what}/?limit=100", ""
        while address:
            answer = self.walker.ask(person, address)
            self.walker.walked("get", address, inside=answer.inside)
            if answer.status != 200:
                break
            text += answer.text
            address = (answer.json().get("next") or "").removeprefix("http://testserver")
        return text

    def counts(self) -> None:
        """Every number on somebody's home is the number of things that are hers to see."""
        for person in self.walker.persons:
            if self.walker.leaves_out():
                continue
            answer = self.walker.attempt(
                person, Try("count", "home", "/workspace/", lambda p: p.works and bool(p.agency))
            )
            figures = re.findall(
                r'case-figure__number">([\d,+]+)</span> <span class="case-figure__words">([^<]*)<', answer.text
            )
            for number, words in figures:
                right = self._counted(person, words)
                if right is not None:
                    about = (person.name, f"“{words}” is {number}, and should be {right}", "/workspace/")
                    self.tally.tried("count", True, int(number) == right, *about)
                    if int(number) > right:
                        self.tally.leak("counted too many", *about)
            badge = self.walker.attempt(
                person, Try("count", "badge", "/workspace/notifications/count/", lambda p: p.works and bool(p.agency))
            )
            if badge.status == 200:
                found = re.search(r">\s*(\d+)", badge.text)
                number, right = int(found[1]) if found else 0, min(99, len(self._hers(person)))
                about = (person.name, f"badge is {number}, and should be {right}")
                self.tally.tried("count", True, number == right, *about)
                if number > right:
                    self.tally.leak("counted too many", *about)

    def _counted(self, person: Person, words: str) -> int | None:
        """What a figure with these words must say; None for one that is not about how many things she sees."""
        cases, concerns, referrals = self.county.cases, self.county.concerns, self.county.referrals
        hers = lambda names, verb="view": [n for n in names if verb in self.may(person, n)]  # noqa: E731
        opened = [n for n, facts in cases.items() if not facts.closed]
        staged = lambda stage: [n for n, facts in referrals.items() if facts.stage == stage]  # noqa: E731
        if words == "open cases":
            return len(hers(opened))
        if words == "cases you lead":
            return len([n for n in hers(opened) if self.county.things[n].lead_id == self.county.users[person.name].pk])
        if words == "waiting for a decision":
            waiting = [n for n, f in concerns.items() if f.stage in {"received", "reviewing", "contacted"}]
            return len(hers([*waiting, *staged("submitted")]))
        if words == "returned to us":
            return len(hers(staged("returned")))
        if words in {"draft", "drafts"}:
            return len(hers(staged("draft")))
        if words == "with the council":
            return len(hers(staged("submitted")))
        if words.startswith("invitation"):
            return len(hers(opened, "join"))
        return None

    def search(self) -> None:
        """The public search, and every list of choices, with the words of each child: nothing of a child answers."""
        for name in self.county.cases:
            child = self.county.things[name].child
            for person in self.walker.persons:
                if self.walker.is_its_turn():
                    for words in (child.last_name, self.county.things[name].reference):
                        answer = self.walker.ask(person, f"/search/?q={words.replace(' ', '+')}")
                        self.walker.walked("get", "/search/", inside=answer.inside)
                        found = f"/workspace/cases/{self.county.things[name].reference}" in answer.text
                        self.tally.tried("search", False, found, person.name, name, "/search/")

    # --- being told --------------------------------------------------------------------------------------------------

    def sockets(self, rings: list[tuple[set[int], str, int]]) -> None:
        """Whose socket is rung for each event. A person is rung for what any of her memberships lets her know."""
        rung: dict[int, set[int]] = {}
        for people, _, number in rings:
            rung.setdefault(number, set()).update(people)
        told = Event.objects.filter(fanned_out_at__isnull=False)
        for event in told.select_related("case", "referral", "concern", "note", "agency"):
            for user, persons in self._users().items():
                right = event.by_id != user and any(self._is_told(person, event) for person in persons)
                about = (persons[0].name, self.expected.called(event), "socket")
                self.tally.tried("socket", right, user in rung.get(event.pk, set()), *about)

    def _users(self) -> dict[int, list[Person]]:
        found: dict[int, list[Person]] = {}
        for person in self.walker.persons:
            if person.name in self.county.users:
                found.setdefault(self.county.users[person.name].pk, []).append(person)
        return found

    def _is_told(self, person: Person, event: Event) -> bool:
        """Who may see it; the agency that is asked; and whoever has just lost sight of the case, so that her page
        notices: a stream and a number, no more."""
        if self.expected.knows(person, event):
            return True
        agency = event.agency.name if event.agency else ""
        works_there = person.works and bool(agency) and agency in {person.agency, *self._schools_of(person)}
        if event.kind in {"removed", "refused", "expired"}:
            return works_there and person.kind not in {"editor", "dpo"}
        return event.kind == "invited" and works_there and "join" in self.expected.on(person, event.case)

    def _schools_of(self, person: Person) -> set[str]:
        return (
            {s for s, trust in table.TRUSTS.items() if trust == person.agency} if person.kind == "trust lead" else set()
        )

    def _hers(self, person: Person) -> list[Delivery]:
        """What her inbox shows: what she was told and may know as whom she acts now."""
        if not person.works or not person.agency:
            return []
        mine = Delivery.objects.filter(channel=Channel.INBOX, person=self.county.users[person.name])
        return [each for each in mine.select_related("event__agency") if self._may_still_know(person, each.event)]

    def _may_still_know(self, person: Person, event: Event) -> bool:
        if self.expected.knows(person, event):
            return True
        asked = event.kind == "invited" and event.agency.name == person.agency
        return asked and "join" in self.expected.on(person, event.case)

    def inboxes(self) -> None:
        everything = list(Delivery.objects.filter(channel=Channel.INBOX).select_related("event"))
        for person in self.walker.persons:
            hers = {delivery.pk for delivery in self._hers(person)}
            if self.walker.leaves_out():
                continue
            text, address = "", "/workspace/notifications/"
            while address:
                answer = self.walker.ask(person, address)
                self.walker.walked("get", address, inside=answer.inside)
                text += answer.text
                older = re.search(r'href="([^"]*before=\d+[^"]*)"', answer.text)
                address = (
                    older[1].replace("&amp;", "&")
                    if older and older[1] not in text[: -len(answer.text) or None]
                    else ""
                )
            for delivery in everything:
                shown = f"/workspace/notifications/{delivery.pk}/" in text
                about = (person.name, self.expected.called(delivery.event), "in the inbox")
                self.tally.tried("inbox", delivery.pk in hers, shown, *about)
            for delivery in everything[:: max(1, len(everything) // 12)]:
                opens = lambda p, pk=delivery.pk: pk in {d.pk for d in self._hers(p)}  # noqa: E731
                self.walker.attempt(
                    person,
                    Try(
                        "inbox", self.expected.called(delivery.event), f"/workspace/notifications/{delivery.pk}/", opens
                    ),
                )

    def emails(self) -> None:
        """Every mail there is to send: only to somebody who may know, and without a word of what it is about."""
        mail.outbox = []
        with transaction.atomic():
            waiting = list(Delivery.objects.filter(channel=Channel.EMAIL).select_related("event__agency", "person"))
            Delivery.objects.filter(channel=Channel.EMAIL).update(next_try="2026-01-01T00:00:00Z")
            while email.send_due():
                pass
            sent = {
                message.extra_headers["Message-ID"]: message
                for message in mail.outbox
                if "Message-ID" in message.extra_headers
            }
            transaction.set_rollback(True)
        for delivery in waiting:
            persons = self._users().get(delivery.person_id, [])
            right = any(self._may_still_know(person, delivery.event) for person in persons)
            message = next((m for key, m in sent.items() if key.startswith(f"<delivery.{delivery.pk}@")), None)
            about = (persons[0].name if persons else delivery.person_id, self.expected.called(delivery.event), "email")
            self.tally.tried("email", right, message is not None, *about)
            if message is not None:
                text = message.message().as_string() + message.body
                for token in self.expected.tokens:
                    if token in text:
                        self.tally.leak("mailed", *about, token, self.expected.where(token))

    # --- error text --------------------------------------------------------------------------------------------------

    def errors(self) -> None:
        """What is hidden answers as what is not there does: the same status, and the same words."""
        absent = {what: reference.new(what[0].upper() if what != "cases" else "A") for what in SHELVES}
        shelves = {"cases": self.county.cases, "referrals": self.county.referrals, "concerns": self.county.concerns}
        for person in self.walker.persons:
            for what, shelf in shelves.items():
                for name in shelf:
                    if {"view", "join"} & self.may(person, name) or not self.walker.is_its_turn():
                        continue
                    self._alike(person, name, f"/api/v1/{what}/{{}}/", absent[what])
                    if what != "concerns":
                        self._alike(person, name, f"/workspace/{what}/{{}}/", absent[what])
        self._hidden_case_in_a_form()

    def _alike(self, person: Person, name: str, address: str, absent: str) -> None:
        known = self.county.things[name].reference
        hidden = self.walker.ask(person, address.format(known))
        nothing = self._nothing(person, address.format(absent))
        same = (hidden.status, _without_keys(hidden.text).replace(known, absent)) == nothing
        self.tally.tried("error", True, same, person.name, f"{name} answers as nothing does", address)
        if not same:
            self.tally.leak("error tells", person.name, name, address, hidden.status, nothing[0])

    def _nothing(self, person: Person, address: str) -> tuple[int, str]:
        """What she is answered where there is nothing: asked once."""
        if (person.name, address) not in self._absent:
            answer = self.walker.ask(person, address)
            self._absent[person.name, address] = (answer.status, _without_keys(answer.text))
        return self._absent[person.name, address]

    def _hidden_case_in_a_form(self) -> None:
        """The case of a child named in an accept: one that she may not see is refused in the words for none at all."""
        submitted = self.county.things["submitted"]
        address = f"/api/v1/referrals/{submitted.reference}/accept/"
        for name in self.county.cases:
            for person in (table.PERSONS["conflicted manager"], table.PERSONS["manager"]):
                if not self.walker.is_its_turn():
                    continue
                told = [
                    self.walker.ask(person, address, "post", {"lead": OFFICER, "case": named}, json=True)
                    for named in (self.county.things[name].reference, reference.new("A"))
                ]
                hidden = "view" not in self.may(person, name)
                alike = told[0].text == told[1].text
                self.tally.tried("error", hidden, alike, person.name, f"{name} named in an accept", address)

    # --- the public site's editor ------------------------------------------------------------------------------------

    def cms(self) -> Iterator[Try]:
        edits = lambda person: person.name in {"editor", "superuser"}  # noqa: E731
        for address in (
            "/cms/",
            "/cms/pages/",
            "/cms/images/",
            "/cms/documents/",
            "/cms/reports/site-history/",
            "/cms/snippets/content/contactpoint/",
            "/cms/snippets/content/legalfact/",
            "/cms/pages/search/?q=child",
            "/cms/account/",
        ):
            right = (
                edits if "reports" not in address else lambda p: p.name == "superuser" or (None if edits(p) else False)
            )
            yield Try("cms", address, address, right)
        for address in ("/cms/users/", "/cms/groups/", "/cms/snippets/referrals/case/", "/admin/"):
            yield Try("cms", address, address, lambda person: False)


def _without_keys(text: str) -> str:
    """A page without what is new each time: its form's tokens, its nonces, the seconds until she is signed out."""
    return re.sub(r'(value|nonce|content)="[A-Za-z0-9+/=_-]{20,}"|data-left="\d+"', "", text)
