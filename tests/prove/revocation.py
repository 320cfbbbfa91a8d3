"""Whatever ends a right counts at the next request and the next event, in every process; the open page is hung up on.

Eight kinds of ending, each in random circumstances: who it is, by which agency she sees the case, which of two server
processes has her page. In a trial she is seen to have the right first: the page opens, her socket hears a note, a
program of hers writes one. Then it ends, at once somebody writes another note, and from then on

    stale requests     page, news, API and a repeated POST, at both servers, that are not refused
    events after       frames about anything recorded after the ending, on her socket or on one she opens next
    mail after         mail that was queued before and is sent all the same (a session's end leaves her mail hers)
    files after        there are no files to link to yet: none
    seconds            from the commit until her socket is closed

Somebody who stays listens at each server. A frame of hers that says the same number came later over the same
connection, so nobody has to wait to see that nothing comes.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core import mail
from django.db import transaction
from django.utils import timezone

from notifications import email, live
from notifications.models import Channel, Delivery, State
from portal.accounts import devices, membership, suspension, tokens
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind, Role
from referrals.actions._grant import Invitation
from referrals.actions.case.add_note import add_note
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.expire import expire
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.actions.case.remove import remove
from referrals.actions.case.restrict import restrict
from referrals.models import Case, Event, Grant
from tests import worlds

from .served import Listener, Server, servers, signed_in

TRIALS = {"full": 512, "sample": 8}
CASES = {"full": 8, "sample": 2}
PROGRESS = 64  # trials between two lines about how far it is
LATE = 1.0  # seconds
PATIENCE = 45.0  # seconds until a socket that is still open counts as never closed: past the look every 30


@dataclass
class Trial:
    """One person with a right that is about to end."""

    county: County
    case: Case
    person: Actor
    server: Server
    cookie: str
    token: str
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def requests(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What her page and her program ask for, as method, address and the rest."""
        page, api = f"/workspace/cases/{self.case.reference}/", f"/api/v1/cases/{self.case.reference}/"
        note = {"body": "Sent by a program, once", "visibility": "case"}
        return [
            ("GET", page, {"cookie": self.cookie}),
            ("GET", f"{page}timeline/", {"cookie": self.cookie}),
            ("GET", f"{page}timeline/news/?after=0", {"cookie": self.cookie}),
            ("GET", api, {"token": self.token}),
            ("GET", f"{api}events/", {"token": self.token}),
            ("POST", f"{api}add_note/", {"token": self.token, "sent": note, "Idempotency_Key": self.key}),
        ]


class County:
    def __init__(self, cases: int) -> None:
        self.world = worlds.staffed()
        self.cases = [worlds.opened_case(self.world, seed=n, joined=("early help",)) for n in range(cases)]
        self.numbers = iter(range(1, 1_000_000))

    def person(self, agency: Agency, role: str) -> Actor:
        number = next(self.numbers)
        user = User.objects.create_user(f"p{number}@example.org", uuid.uuid4().hex, name=f"P{number} Person")
        return Actor(membership.join(user, agency, role))

    def partner(self, case: Case) -> Actor:
        """Somebody of an agency of her own, which takes part in the case."""
        slug = f"partner-{next(self.numbers)}"
        person = self.person(membership.open_agency(kind=AgencyKind.HEALTH, name=slug.title(), slug=slug), Role.PARTNER)
        invite(case, by=self.world.officer, invitation=Invitation(person.agency, "Advice"))
        join(case, by=person)
        return person

    def anybody(self, case: Case, chance: random.Random) -> Actor:
        """Somebody who sees the case in one of four ways."""
        agencies = self.world.agencies
        ways: list[Callable[[], Actor]] = [
            lambda: self.partner(case),
            lambda: self.person(agencies["Early Help"], Role.EH_PRACTITIONER),
            lambda: self.person(agencies["Hillside"], Role.SCHOOL_STAFF),
            lambda: self.person(agencies["attendance team"], Role.LA_OFFICER),
        ]
        return chance.choice(ways)()


# --- the eight endings ------------------------------------------------------------------------------------------------


def removed(trial: Trial) -> None:
    remove(trial.case, by=trial.county.world.officer, agency=trial.person.agency)


def expired(trial: Trial) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Grant.everything.filter(content_object=trial.case, group=trial.person.agency.group).update(until=yesterday)
    expire(trial.case, by=Actor.machine("worker"))


def left(trial: Trial) -> None:
    membership.leave(trial.person.membership)


def closed(trial: Trial) -> None:
    membership.close_agency(trial.person.agency)


def suspended(trial: Trial) -> None:
    suspension.suspend(trial.person.user, as_agency=trial.person.agency)


def conflict(trial: Trial) -> None:
    declare_conflict(
        trial.case, by=trial.county.world.manager, person=trial.person.user, reason="A neighbour of the family"
    )


def restriction(trial: Trial) -> None:
    restrict(trial.case, by=trial.county.world.officer, from_user=trial.person.user, reason="She is the child's aunt")


def session(trial: Trial) -> None:
    if trial.key < "8":
        devices.end_all(trial.person.user)
    else:
        person = User.objects.get(pk=trial.person.user.pk)
        person.set_password(uuid.uuid4().hex)
        person.save()


def signing_out(trial: Trial) -> None:
    """She presses the button, at the other server."""
    secret = "a" * 32
    cookies = f"sessionid={trial.cookie}; csrftoken={secret}"
    answer = trial.server.ask("POST", "/accounts/logout/", Cookie=cookies, X_CSRFToken=secret)
    if answer.status != 302:
        raise RuntimeError(f"signing out answered {answer.status}")


AGENCYS = (removed, expired, closed)  # of an agency that has this one person
BY_NAME: dict[str, tuple[Callable[[Trial], None], ...]] = {
    "agency removed": (removed,),
    "grant expired": (expired,),
    "agency left": (left,),
    "agency closed": (closed,),
    "person suspended": (suspended,),
    "conflict declared": (conflict,),
    "restriction set": (restriction,),
    "session ended": (session, signing_out),
}


# --- trials -----------------------------------------------------------------------------------------------------------


class Figures:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.seconds: dict[str, list[float]] = {kind: [] for kind in BY_NAME}
        self.codes: Counter[int] = Counter()
        self.missed: Counter[str] = Counter()

    def miss(self, what: str, trial: Trial, kind: str, more: object = "") -> None:
        self.counts[what] += 1
        self.missed[kind] += 1
        print(f"  {what}: {kind}, {trial.person.role} on {trial.case.reference} {more}", flush=True)


def run(size: str) -> dict[str, Any]:
    trials = TRIALS[size]
    chance, figures, county = random.Random(20_261_123), Figures(), County(CASES[size])
    with servers(2) as both:
        stays = [server.listen(signed_in(county.world.manager.user)) for server in both]
        kinds = [kind for _ in range(trials // len(BY_NAME)) for kind in BY_NAME]
        chance.shuffle(kinds)
        for number, kind in enumerate(kinds, 1):
            one(kind, county, both, stays, chance, figures)
            if number % PROGRESS == 0:
                print(f"  {number} of {len(kinds)} trials, {sum(figures.missed.values())} missed", flush=True)
    return told(figures, len(kinds))


def one(
    kind: str,
    county: County,
    both: list[Server],
    stays: list[Listener],
    chance: random.Random,
    figures: Figures,
) -> None:
    ending = chance.choice(BY_NAME[kind])
    case = Case.objects.get(pk=chance.choice(county.cases).pk)
    person = county.partner(case) if ending in AGENCYS else county.anybody(case, chance)
    server = chance.choice(both)
    trial = Trial(county, case, person, server, signed_in(person.user), tokens.issue(person.user).key)
    page = server.listen(trial.cookie)

    # She may: every request is answered, her socket hears, and a mail of hers waits.
    before = note(case, county)
    for method, path, rest in trial.requests():
        if server.ask(method, path, **rest).status not in {200, 201}:
            figures.miss("never allowed", trial, kind, path)
    if not page.hears(case.reference, before):
        figures.miss("deaf", trial, kind)
    waiting = queued(before, person.user), queued(before, county.world.manager.user)

    # It ends, and at once somebody writes another note.
    committed: list[float] = []
    if ending is signing_out:
        committed.append(time.monotonic())
        trial.server = next(other for other in both if other is not server)
        ending(trial)
    else:
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(time.monotonic()))
            ending(trial)
    after = note(Case.objects.get(pk=case.pk), county)

    for asked in both:
        for method, path, rest in trial.requests():
            if ending is signing_out and "token" in rest:
                continue  # her program is still hers
            answer = asked.ask(method, path, **rest)
            if not answer.denied:
                figures.miss("stale_requests", trial, kind, f"{method} {path} {answer.status}")
    figures.counts["requests"] += 2 * len(trial.requests())

    if not page.ends(PATIENCE):
        figures.miss("never_closed", trial, kind)
    took = (page.closed_at or time.monotonic()) - committed[0]
    figures.seconds[kind].append(took)
    figures.codes[page.code] += 1
    if took > LATE:
        figures.miss("late", trial, kind, f"{took:.2f} s")

    again = None
    if page.code == live.RESYNC:  # she works elsewhere too: her page may begin again, and hears nothing of this case
        again = server.listen(trial.cookie)
        last = note(Case.objects.get(pk=case.pk), county)
    else:
        last = after
        if not server.refuses(trial.cookie):
            figures.miss("let_in_again", trial, kind)
    if not all(listener.hears(case.reference, last) for listener in stays):
        figures.miss("lost", trial, kind)
    for heard in filter(None, (page, again)):
        for frame in heard.frames:
            if frame["n"] >= after:
                figures.miss("events_after", trial, kind, frame)
    if again:
        again.hang_up()

    Delivery.objects.filter(channel=Channel.EMAIL, state=State.WAITING).exclude(pk__in=[d.pk for d in waiting]).delete()
    email.send_due()
    hers, theirs = (Delivery.objects.get(pk=delivery.pk).state for delivery in waiting)
    still_hers = kind == "session ended"
    if hers != (State.DONE if still_hers else State.WITHHELD):
        figures.miss("mail_after", trial, kind, hers)
    if theirs != State.DONE:
        figures.miss("mail_lost", trial, kind, theirs)
    mail.outbox.clear()
    # What a trial leaves behind would only make the next ones slower.
    Membership.objects.filter(user=person.user, until__isnull=True).update(
        until=timezone.localdate() - timedelta(days=1)
    )


def note(case: Case, county: County) -> int:
    """The number of a new event on the case that everybody there may know of."""
    written = add_note(case, by=county.world.officer, body="Rang home. No answer.")
    return Event.objects.get(note=written).pk


def queued(event: int, user: User) -> Delivery:
    """A mail to her about the event, not sent yet."""
    Delivery.objects.filter(event=event, person=user, channel=Channel.EMAIL).delete()
    return Delivery.objects.create(event_id=event, person=user, channel=Channel.EMAIL)


def told(figures: Figures, trials: int) -> dict[str, Any]:
    every = sorted(second for seconds in figures.seconds.values() for second in seconds)
    counts = figures.counts
    return {
        "endings": sum(bool(seconds) for seconds in figures.seconds.values()),
        "trials": trials,
        "missed": sum(figures.missed.values()),
        "stale_requests": counts["stale_requests"] + counts["let_in_again"],
        "requests": counts["requests"],
        "events_after": counts["events_after"],
        "mail_after": counts["mail_after"],
        "files_after": 0,
        "files": "none: nothing can be attached yet",
        "late": counts["late"] + counts["never_closed"],
        "socket_closed_p50_seconds": quantile(every, 0.5),
        "socket_closed_p99_seconds": quantile(every, 0.99),
        "socket_closed_worst_seconds": every[-1],
        "closed_with": ", ".join(f"{code}: {count}" for code, count in sorted(figures.codes.items())),
        "not_seen_to_work": sum(counts[what] for what in ("never allowed", "deaf", "lost", "mail_lost")),
    }


def quantile(ordered: list[float], part: float) -> float:
    """The least value that `part` of them do not exceed."""
    return ordered[max(0, -int(-len(ordered) * part // 1) - 1)]
