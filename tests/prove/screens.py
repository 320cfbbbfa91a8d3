"""What everybody tries beside reading and moving a case on: conflicts, sharing, restrictions, emergencies, oversight,
and who has access. The rights are table.py's; where a rule says more than who ("never the person who asked that it
ends", "never about herself"), it is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from referrals.models import BreakGlass, Case, Restriction

from . import table
from .county import County
from .table import Person
from .walker import Try, Walker

STORY_AND_TOLD = ["story", "told"]
NEIGHBOUR = "She is my neighbour"
ORDER = "The order has ended."
NEEDED = "I must visit her today."
MISSING = "A child is missing and I must know where to look."
CONFLICTED = ("conflicted manager", "conflicted.manager@example.org")
Right = Callable[[Person], bool | None]
# Every case has these pages; what is then done, is done to some cases (channels.DONE_TO).
GESTURES = ("declare_conflict", "lift_conflict", "share", "restrict", "ask_to_lift", "lift", "reveal")


class Screens:
    def __init__(self, walk: Any, done_to: tuple[str, ...]) -> None:
        self.walk, self.done_to = walk, done_to
        self.county: County = walk.county
        self.walker: Walker = walk.walker
        self.tally = walk.tally

    def may(self, name: str, verb: str, but: tuple[str, ...] = ()) -> Right:
        return lambda person: verb in self.walk.may(person, name) and person.name not in but

    def looking(self) -> Iterator[Try]:
        """Pages to read, of every case and of the county."""
        yield from self.on_cases()
        yield from self.overseen()
        yield from self.of_people()
        for address in ("/workspace/notifications/", "/workspace/conflict-declared/"):
            yield Try("page", address, address, lambda p: p.works and bool(p.agency))

    def on_cases(self) -> Iterator[Try]:
        for name in self.county.cases:
            page = f"/workspace/cases/{self.county.things[name].reference}/"
            yield Try("page", f"{name}: who", f"{page}who/", self.may(name, "view"))
            child = self.walk.word(self.county.things[name].child, "last_name")
            yield Try("print", name, f"{page}print/", self.may(name, "view"), seen=lambda p, word=child: word)
            yield Try("page", f"{name}: restrictions", f"{page}restrictions/", self.may(name, "restrict"))
            for verb in GESTURES:
                asked_already = ("officer",) if (name, verb) == ("restricted case", "lift") else ()
                number = f"?restriction={self._restriction.pk}" if name == "restricted case" else ""
                yield Try("page", f"{name}: {verb}", f"{page}{verb}/{number}", self.may(name, verb, asked_already))

    def doing(self) -> Iterator[Try]:
        for name in self.done_to:
            yield from self.conflict_on(name, "cases", "cases")
            yield from self.sharing(name)
            yield from self.restrictions(name)
        for name in self.county.concerns:
            yield from self.conflict_on(name, "concerns", "intake")
        for name in self.county.referrals:
            yield from self.conflict_on(name, "referrals", "intake")
            reference = self.county.things[name].reference
            right = self.may(name, "declare_conflict")
            sent = {"reason": NEIGHBOUR, "person": "me"}
            address = f"/workspace/referrals/{reference}/declare_conflict/"
            yield Try("page", f"{name}: declare", address, right)
            yield Try("page", f"{name}: declare", address, right, "post", sent, changes=True)
        yield from self.glass()
        yield from self.changing_people()

    # --- one child ---------------------------------------------------------------------------------------------------

    def conflict_on(self, name: str, shelf: str, pages: str) -> Iterator[Try]:
        reference = self.county.things[name].reference
        api, page = f"/api/v1/{shelf}/{reference}/", f"/workspace/{pages}/{reference}/"
        who, email = CONFLICTED
        declares, lifts = self.may(name, "declare_conflict"), self.may(name, "lift_conflict", (who,))  # never her own
        her_own = lambda p: None if p.name == who and self.may(name, "lift_conflict")(p) else lifts(p)  # noqa: E731
        said = {"reason": NEIGHBOUR}
        mine = {**said, "person": "me"}
        ended = {"person": str(self.county.users[who].pk)}
        there = "in conflict" in name  # elsewhere nobody has one: what was sent needs putting right
        about = (f"{name}: declare_conflict", f"{name}: lift_conflict")
        yield Try("api", about[0], f"{api}declare_conflict/", declares, "post", said, json=True, changes=True)
        yield Try("page", about[0], f"{page}declare_conflict/", declares, "post", mine, changes=True)
        rest: dict[str, Any] = {"changes": True, "put_right": not there}
        yield Try("api", about[1], f"{api}lift_conflict/", lifts, "post", {"person": email}, json=True, **rest)
        yield Try("page", about[1], f"{page}lift_conflict/", her_own, "post", ended, **rest)

    def sharing(self, name: str) -> Iterator[Try]:
        """An agency is asked for chosen sections; what one reads that is there changes."""
        case: Case = self.county.things[name]
        api, page = f"/api/v1/cases/{case.reference}/", f"/workspace/cases/{case.reference}/"
        part = self.walk.part_of(case)
        why = {"purpose": "Somewhere to read"}
        for verb, agency, slug in (
            ("invite", self.county.agencies["Library"].pk, "library"),
            ("share", part.pk, part.slug),
        ):
            right, about = self.may(name, verb), f"{name}: {verb} sections"
            of = {**why, "agency": slug, "sections": STORY_AND_TOLD}
            typed = {**why, "agency": str(agency), "reads": "sections", "sections": STORY_AND_TOLD}
            yield Try("api", about, f"{api}{verb}/", right, "post", of, json=True, changes=True)
            yield Try("page", about, f"{page}{verb}/", right, "post", typed, changes=True)

    def restrictions(self, name: str) -> Iterator[Try]:
        """Set by one, ended by two, and read one detail at a time. There is one on the restricted case alone."""
        reference = self.county.things[name].reference
        api, page = f"/api/v1/cases/{reference}/", f"/workspace/cases/{reference}/"
        there = name == "restricted case"
        number = {"restriction": str(self._restriction.pk)} if there else {}
        asker = ("officer",) if there else ()
        # She who asked may ask no second time, and never agrees with herself.
        asks = self.may(name, "ask_to_lift")
        asks_anew = (lambda p: None if p.name in asker and asks(p) else asks(p)) if asker else asks
        sent = {"from_user": "stranger@example.org", "reason": "A court order says so."}
        typed = {**sent, "protects": "child", "from_carer": "staff", "covers": ["address"]}
        detail = f"carer-{self._restriction.protects_id}-address"
        reveal = {"detail": detail, "reason": NEEDED}
        word = self.walk.word(self._restriction.protects, "address") or ""
        there_alone: dict[str, Any] = {"changes": True, "put_right": not there}
        shows = {"reveals": word, "seen": lambda p: word} if there else {}
        for verb, right, by_api, by_page, rest in (
            ("restrict", self.may(name, "restrict"), sent, typed, {"changes": True}),
            ("ask_to_lift", asks_anew, {"reason": ORDER}, {"reason": ORDER, **number}, there_alone),
            ("lift", self.may(name, "lift", asker), {}, number, there_alone),
            ("reveal", self.may(name, "reveal"), reveal, reveal, {**there_alone, **shows}),
        ):
            yield Try("api", f"{name}: {verb}", f"{api}{verb}/", right, "post", by_api, json=True, **rest)
            yield Try("page", f"{name}: {verb}", f"{page}{verb}/", right, "post", by_page, **rest)

    @property
    def _restriction(self) -> Restriction:
        return Restriction.objects.select_related("protects").get()

    # --- an emergency ------------------------------------------------------------------------------------------------

    def glass(self) -> Iterator[Try]:
        """Ending and reviewing. To open is tried apart (`emergencies`): the page answers alike whatever stops one."""
        door = lambda p: p.works and p.kind in table.EMERGENCY  # noqa: E731
        yield Try("page", "break glass", "/workspace/break-glass/", door)
        for name in ("case behind glass", *self.done_to):
            there = name == "case behind glass"
            address = f"/workspace/break-glass/{self.county.things[name].reference}/end/"
            yield Try("page", f"{name}: end", address, self.may(name, "end_break_glass"), "post", {}, changes=there)
        for glass in BreakGlass.objects.select_related("case", "user"):
            hers = tuple(p.name for p in table.PERSONS.values() if self.county.users.get(p.name) == glass.user)
            right = self.may(self.county.name_of(glass.case), "review_break_glass", hers)
            address, waits = f"/workspace/break-glass/reviews/{glass.pk}/", glass.reviewed_at is None
            yield Try("page", "review of an emergency", address, right)
            sent = {"review": "It was right to look."}
            yield Try("page", "review of an emergency", address, right, "post", sent, changes=waits)

    def emergencies(self) -> None:
        """Whoever may, opens any case there is; nobody learns that there is one that she may not open."""
        address = "/workspace/break-glass/"
        for name, facts in self.county.cases.items():
            for person in self.walker.persons:
                if not self.walker.is_its_turn():
                    continue
                sent = {"reference": self.county.things[name].reference, "reason": MISSING}
                answer = self.walker.ask(person, address, "post", sent)
                self.walker.walked("post", address, inside=answer.inside)
                opened = answer.made > 0 and answer.status == 302
                right = table.opens_in_an_emergency(person, facts)
                self.tally.tried("page", right, opened, person.name, f"{name}: break_glass", address, answer.status)
                if answer.made and not right:
                    self.tally.leak("was done", person.name, name, address)

    # --- looking over the work ---------------------------------------------------------------------------------------

    def overseen(self) -> Iterator[Try]:
        right = table.oversees
        for address in ("audit/", "audit/prompts/", "activity/", "why/", "break-glass/reviews/"):
            yield Try("page", address, f"/workspace/{address}", right)
        yield Try("export", "who looked", "/workspace/audit/export/", right)
        views = lambda p: "view_permissions" in table.on_county(p)  # noqa: E731
        yield Try("page", "permissions", "/workspace/permissions/", views)
        for about, prompt in self.county.prompts.items():
            other = lambda p, about=about: right(p) and p.name != about  # noqa: E731  never about herself
            address = f"/workspace/audit/prompts/{prompt.pk}/"
            yield Try("page", f"a prompt about {about}", address, other)
            said = {"outcome": "expected", "said": "It was part of the work."}
            yield Try("page", f"a prompt about {about}", address, other, "post", said, changes=True)

    def trail(self) -> None:
        """Of each case: its lines in the trail, on the page, in the file and by asking why somebody sees it. Whoever
        oversees has them all, but of a child with whom she has a conflict."""
        for name in self.county.cases:
            reference = self.county.things[name].reference
            for person in self.walker.persons:
                right = table.oversees(person) and person.name not in self.county.cases[name].stopped
                for channel, address, mark in (
                    ("page", f"/workspace/audit/?reference={reference}", f'">{reference}<'),
                    ("export", f"/workspace/audit/export/?reference={reference}", f",{reference},"),
                    ("search", f"/workspace/why/?reference={reference}&person=sen@example.org", "Sen Person"),
                ):
                    if not self.walker.is_its_turn():
                        continue
                    answer = self.walker.ask(person, address)
                    self.walker.walked("get", address, inside=answer.inside)
                    got = answer.status == 200 and mark in answer.text
                    self.tally.tried(channel, right, got, person.name, f"{name}: trail", self.walker.plain(address))

    # --- who has access ----------------------------------------------------------------------------------------------

    def of_people(self) -> Iterator[Try]:
        after = lambda p: table.looks_after(p, "Hillside")  # noqa: E731  whoever looks after anybody, looks after them
        for address in ("", "leavers/", "agencies/", "invite/", "confirm/"):
            yield Try("page", f"people/{address}", f"/workspace/people/{address}", after)
        for whom in ("lead", "other lead", "officer", "sen", "manager"):
            page, held = self._person(whom)
            right, changes = self._after(whom), self._after(whom, of_herself=False)
            yield Try("page", f"access of {whom}", page, right, seen=lambda p, w=whom: self.county.users[w].name)
            for gesture in (f"{page}suspend/", f"{held}role/", f"{held}end/"):
                yield Try("page", f"access of {whom}", gesture, changes)
            yield Try("page", f"access of {whom}", f"{page}hand-over/", right)
            yield Try("page", f"access of {whom}", f"{page}restore/", right)
        for name in ("Orchard", "Hillside"):
            address = f"/workspace/people/agencies/{self.county.agencies[name].slug}/close/"
            yield Try("page", f"closing {name}", address, lambda p: "close_agency" in table.on_county(p))

    def changing_people(self) -> Iterator[Try]:
        why = {"why": "She has left."}
        for whom, another in (("colleague", "senco"), ("other lead", "head"), ("sen", ""), ("duty", "la_officer")):
            page, held = self._person(whom)
            right = self._after(whom, of_herself=False)
            about = f"access of {whom}"
            yield Try("page", f"{about}: suspend", f"{page}suspend/", right, "post", why, changes=True)
            yield Try("page", f"{about}: end", f"{held}end/", right, "post", why, changes=True)
            if another:
                sent = {**why, "role": another}
                yield Try("page", f"{about}: role", f"{held}role/", right, "post", sent, changes=True)
        back, _ = self._person("suspended")
        yield Try("page", "access of suspended", f"{back}restore/", self._after("suspended"), "post", why, changes=True)
        leads, _ = self._person("officer")
        lead = {"lead": str(self.county.users["duty"].pk)}
        yield Try("page", "cases of officer", f"{leads}hand-over/", self._after("officer"), "post", lead, changes=True)
        for name, agency in (("newcomer", "Hillside"), ("new officer", "attendance team")):
            address = f"/workspace/people/invitations/{self.county.invitations[name].pk}/"
            right = lambda p, agency=agency: table.looks_after(p, agency)  # noqa: E731
            for do in ("again", "withdraw"):
                yield Try("page", f"invitation of {name}", address, right, "post", {"do": do}, changes=True)
        for agency in ("Hillside", "Riverside", "SEN"):
            right = lambda p, agency=agency: self._in_place(p, agency)  # noqa: E731
            slug = self.county.agencies[agency].slug
            sent = {"email": "somebody.new@example.org", "role": "sen_caseworker" if agency == "SEN" else "senco"}
            address = f"/workspace/people/invite/?agency={slug}"
            yield Try("page", f"inviting to {agency}", address, right, "post", sent, changes=True)
        for name in ("Orchard", "Riverside"):
            address = f"/workspace/people/agencies/{self.county.agencies[name].slug}/close/"
            right = lambda p: "close_agency" in table.on_county(p)  # noqa: E731
            yield Try("page", f"closing {name}", address, right, "post", why, changes=True)

    def finding_people(self) -> None:
        """Searching the people screens by name: whoever looks after her finds her, and nobody else."""
        for whom in ("lead", "other lead", "officer", "sen"):
            user = self.county.users[whom]
            address = f"/workspace/people/?words={user.name.replace(' ', '+')}"
            for person in self.walker.persons:
                if self.walker.is_its_turn():
                    answer = self.walker.ask(person, address)
                    right = table.looks_after(person, table.PERSONS[whom].agency)
                    found = f"/workspace/people/{user.pk}/" in answer.text
                    self.tally.tried("search", right, found, person.name, f"access of {whom}", "people by name")

    def _person(self, whom: str) -> tuple[str, str]:
        """Her page, and that of what she holds."""
        page = f"/workspace/people/{self.county.users[whom].pk}/"
        return page, f"{page}memberships/{self.county.actors[whom].membership.pk}/"

    def _after(self, whom: str, *, of_herself: bool = True) -> Right:
        """Nobody changes her own access."""
        agency = table.PERSONS[whom].agency
        return lambda p: table.looks_after(p, agency) and (of_herself or p.name != whom)

    @staticmethod
    def _in_place(person: Person, agency: str) -> bool | None:
        """A head invites to her own school whatever the address says: to another she lands at her own."""
        return None if person.kind == "head" and agency != "Hillside" else table.looks_after(person, agency)


PRINTED = frozenset({"workspace/cases/<reference:reference>/print/"})


def there_is_none(tally: Any, addresses: list[str]) -> None:
    """The channel that there is none of, as long as that is so: a file that is kept; and no page to print but those
    that are walked."""
    from django.apps import apps
    from django.db.models import FileField

    ours = [apps.get_app_config(name) for name in ("referrals", "notifications", "accounts", "audit")]
    kept = [
        f"{model.__name__}.{column.name}"
        for config in ours
        for model in config.get_models()
        for column in model._meta.get_fields()
        if isinstance(column, FileField)
    ]
    made = {path for path in addresses if any(word in path.split("/") for word in ("print", "pdf", "download"))}
    for what, found in (("file", kept), ("page to print", sorted(made - PRINTED))):
        for each in found:
            tally.leak(f"a {what} that nobody walks", each)
        print(f"  {what}: {', '.join(found) or 'there is none that is not walked'}")
