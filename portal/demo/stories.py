"""How things go in the county: each story is a generator that acts, then yields the moment at which it goes on.

All stories are lived at once, in order of time (`live`), by the real actions under the county's own clock, so that
event numbers, stamps and deadlines are what they would have been. Days are counted in weekdays before today: 1 is the
last one that is over.
"""

from __future__ import annotations

import datetime
import heapq
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.utils import timezone

from portal.accounts.actor import Actor
from portal.demo import clock
from portal.demo.answers import concern_answers, referral_answers
from portal.demo.places import County
from portal.demo.pupils import Pupil
from portal.demo.situations import SITUATIONS, Family, Situation
from referrals.actions._grant import Invitation
from referrals.actions.case.add_marks import add_marks
from referrals.actions.case.add_note import add_note
from referrals.actions.case.assign import assign
from referrals.actions.case.close import close
from referrals.actions.case.expire import expire
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.actions.case.refuse import refuse
from referrals.actions.case.remove import remove
from referrals.actions.case.reopen import reopen
from referrals.actions.concern.accept import accept as accept_concern
from referrals.actions.concern.contact import contact
from referrals.actions.concern.decline import decline as decline_concern
from referrals.actions.concern.raise_ import raise_
from referrals.actions.concern.review import review
from referrals.actions.referral.accept import accept
from referrals.actions.referral.decline import decline
from referrals.actions.referral.edit import edit
from referrals.actions.referral.return_ import return_
from referrals.actions.referral.start import start
from referrals.actions.referral.submit import submit
from referrals.actions.referral.withdraw import withdraw
from referrals.models import Case, Concern, Referral
from referrals.questions.referral import TASKS

Moments = Iterator[datetime.datetime]
Step = tuple[datetime.datetime, Callable[[], Any]]
WORKER = Actor.machine("worker")

# Who comes to a case for an agency, and what they are asked for.
COMERS = {
    "early-help": ("earlyhelp@council.example.org", "Help at home with mornings and routines"),
    "sen": ("sen@council.example.org", "Advice on SEN support and on assessment"),
    "orchard": ("provider@orchard.example.org", "A placement for part of the week"),
    "health": ("partner@health.example.org", "Health advice for the plan"),
}
WRITERS = {"earlyhelp": "early-help", "sen": "sen", "orchard": "orchard", "health": "health"}
REFUSALS = {
    "early-help": "We have no place before half-term. Please ask again then.",
    "sen": "No special educational needs are reported. We are glad to look again if that changes.",
}


@dataclass
class Telling:
    """Who is telling: the county, its children, the day it is, and chance."""

    today: datetime.date
    rng: Random
    clock: clock.Clock
    county: County
    pupils: list[Pupil]
    taken: set[int] = field(default_factory=set)

    def take(self, slug: str) -> Pupil:
        """The next child of the school who is in no story yet."""
        place = next(i for i, pupil in enumerate(self.pupils) if pupil.slug == slug and i not in self.taken)
        self.taken.add(place)
        return self.pupils[place]

    def moment(self, ago: int, hours: tuple[int, int] = (8, 16)) -> datetime.datetime:
        """Some minute of the day `ago` weekdays ago."""
        return clock.at(clock.working_day(self.today, ago), self.rng.randint(*hours), self.rng.randrange(5, 55))

    def soon(self, low: int = 2, high: int = 8) -> datetime.datetime:
        return self.clock.moment + datetime.timedelta(
            minutes=self.rng.randint(low, high), seconds=self.rng.randrange(60)
        )

    def key(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)


def live(clock: clock.Clock, stories: Iterable[Moments], after: Callable[[], None]) -> None:
    """Let every story take its next step in order of time, and do `after` each of them."""
    waiting: list[tuple[datetime.datetime, int, Moments]] = []
    for number, story in enumerate(stories):
        if first := next(story, None):
            heapq.heappush(waiting, (first, number, story))
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        clock.set(moment)
        upcoming = next(story, None)
        after()
        if upcoming:
            heapq.heappush(waiting, (upcoming, number, story))


# --- referrals --------------------------------------------------------------------------------------------------------


def written(t: Telling, pupil: Pupil, situation: Situation, by: Actor) -> dict[str, Any]:
    """What the school of `pupil` writes today, task by task."""
    today = timezone.localdate()
    said, child = pupil.words(), pupil.record
    colleague = by.user.name if by.user else ""
    answers = referral_answers(t.rng.randrange(10**6), today=today)
    seen = [mark.on for mark in pupil.register if mark.code in {"/", "\\", "L"} and mark.on < today]
    days = iter((70, 49, 42, 28))
    answers["pupil"] |= {
        "first_name": child.first_name,
        "last_name": child.last_name,
        "known_as": child.known_as,
        "date_of_birth": child.date_of_birth.isoformat() if child.date_of_birth else "",
        "upn": child.upn,
        "year_group": child.year_group,
        "sen_status": child.send_status,
        "circumstances": pupil.circumstances,
    }
    answers["carers"] = {"people": pupil.adults}
    answers["attendance"] |= pupil.marks_until(today)
    answers["barriers"] |= {
        "barriers": situation.barriers,
        "barrier_detail": situation.detail.format(**said),
        "onset_event": situation.onset.format(**said),
        "strengths": situation.strengths.format(**said),
    }
    answers["support"] = {
        "tried": [
            {
                "support_type": kind,
                "started_on": (today - datetime.timedelta(days=next(days, 21))).isoformat(),
                "what_happened": what.format(**said),
                "difference": difference,
            }
            for kind, what, difference in situation.tried
        ],
        "no_meeting_reason": "",
    }
    answers["voices"] = {
        "voice_method": t.rng.choice(["talked", "drew", "cards", "talked"]),
        "voice_words": situation.child.format(**said),
        "voice_wants": situation.wants.format(**said),
        "voice_reason": "",
        "parents": [
            {
                "name": adult["name"],
                "view_words": situation.parent.format(**said) if place == 0 else "",
                "not_reached": place > 0,
            }
            for place, adult in enumerate(pupil.adults)
        ],
    }
    answers["risk"] |= {"last_seen": max(seen).isoformat() if seen else today.isoformat(), "last_seen_by": "Form tutor"}
    answers["asking"] = {
        "asks": situation.asks,
        "hoped_outcome": situation.hoped.format(**said),
        "school_will_continue": situation.goes_on.format(**said),
        "lead_contact": f"{colleague}, 01632 960{t.rng.randrange(1000):03d}, 8am to 4pm; the office when away",
    }
    return answers


def drafted(
    t: Telling,
    pupil: Pupil,
    situation: Situation,
    by: Actor,
    ago: int,
    tasks: Iterable[str] = tuple(TASKS),
    **over: dict[str, Any],
) -> Any:
    """A draft with these tasks answered; `over`: {task: answers to put in}. Returns the referral."""
    yield t.moment(ago, (8, 14))
    draft = start(by=by, submission_key=t.key())
    answers = written(t, pupil, situation, by)
    for task in tasks:
        yield t.soon()
        edit(draft, by=by, task=task, answers={**answers[task], **over.get(task, {})})
    return draft


def draft(t: Telling, *args: Any, **kwargs: Any) -> Moments:
    yield from drafted(t, *args, **kwargs)


def sent(t: Telling, pupil: Pupil, situation: Situation, by: Actor, ago: int, **over: dict[str, Any]) -> Any:
    """A complete referral on its way to the council. Returns it."""
    referral = yield from drafted(t, pupil, situation, by, ago, **over)
    yield t.soon(5, 30)
    return submit(referral, by=by)


def submitted(t: Telling, *args: Any, **kwargs: Any) -> Moments:
    yield from sent(t, *args, **kwargs)


def returned(
    t: Telling,
    pupil: Pupil,
    situation: Situation,
    by: Actor,
    ago: int,
    *,
    back: int,
    items: dict[str, str],
    again: int = 0,
) -> Moments:
    """Sent, returned `back` days ago for `items`; and sent again, `again` days ago."""
    said = pupil.words()
    referral: Referral = yield from sent(t, pupil, situation, by, ago)
    yield t.moment(back)
    return_(
        referral,
        by=t.county.council("duty"),
        items={task: text.format(**said) for task, text in items.items()},
        note="Thank you for this. With these we can decide at once.",
    )
    if again:
        yield t.moment(again, (9, 13))
        for task in items:
            edit(referral, by=by, task=task, answers={**referral.answers[task], **_more(task, said)})
            yield t.soon()
        submit(referral, by=by)


def _more(task: str, said: dict[str, str]) -> dict[str, Any]:
    if task == "voices":
        return {"voice_wants": "{They} would like to show somebody round the library.".format(**said)}
    return {"onset_event": "A new seating plan in the second week of term."}


def declined(
    t: Telling, pupil: Pupil, situation: Situation, by: Actor, ago: int, *, on: int, reason: str, advice: str
) -> Moments:
    referral = yield from sent(t, pupil, situation, by, ago)
    yield t.moment(on)
    decline(referral, by=t.county.council("duty"), reason=reason, advice=advice)


def withdrawn(t: Telling, pupil: Pupil, situation: Situation, by: Actor, ago: int, *, on: int, reason: str) -> Moments:
    referral = yield from sent(t, pupil, situation, by, ago)
    yield t.moment(on)
    withdraw(referral, by=by, reason=reason)


# --- concerns ---------------------------------------------------------------------------------------------------------


def said_by_family(t: Telling, pupil: Pupil, family: Family, **over: Any) -> dict[str, Any]:
    child, adult = pupil.record, pupil.carer
    answers = concern_answers(t.rng.randrange(10**6), today=timezone.localdate()) | {
        "child_first_name": child.first_name,
        "child_last_name": child.last_name,
        "child_dob": child.date_of_birth.isoformat() if child.date_of_birth else "",
        "school_id": str(t.county.agencies[pupil.slug].pk),
        "concern_reasons": family.reasons,
        "attendance_now": family.missed,
        "own_words": family.words,
        "raiser_name": adult["name"],
        "relationship": "carer" if adult["relationship"] == "Grandparent" else "parent_lives_with",
        "phone": adult["phone"],
        "safe_to_voicemail": "no" if adult["safe_contact"] == "concerns" else "yes",
    }
    if family.missed in {"most", "all"}:
        answers["missing_since"] = "this_half_term"
    if adult["language"]:
        answers |= {
            "language_needed": "interpreter",
            "language": adult["language"],
            "interpreter_gender_pref": "either",
        }
    return answers | over


def raised(t: Telling, pupil: Pupil, family: Family, ago: int, **over: Any) -> Any:
    """A concern, sent in the evening of `ago` days ago or early that morning. Returns it."""
    yield t.moment(ago, t.rng.choice([(6, 8), (12, 13), (17, 21)]))
    answers = said_by_family(t, pupil, family, **over)
    chosen = answers.get("school_id", "")
    school = t.county.agencies[pupil.slug] if chosen.isdecimal() else None
    return raise_(answers, by=Actor.public(), submission_key=t.key(), school=school)


def concern(
    t: Telling,
    pupil: Pupil,
    family: Family,
    ago: int,
    *,
    reviewed: int = 0,
    contacts: tuple[tuple[int, str, str], ...] = (),
    closed: tuple[int, str, str] | None = None,
    **over: Any,
) -> Moments:
    """`contacts`: (days ago, outcome, note); `closed`: (days ago, reason, advice)."""
    told: Concern = yield from raised(t, pupil, family, ago, **over)
    if reviewed:
        yield t.moment(reviewed, (8, 10))
        review(told, by=t.county.council("duty"))
    for on, outcome, note in contacts:
        yield t.moment(on, (11, 15))
        contact(told, by=t.county.council("officer3"), outcome=outcome, outcome_note=note.format(**pupil.words()))
    if closed:
        on, reason, advice = closed
        yield t.moment(on, (15, 16))
        decline_concern(told, by=t.county.council("duty"), reason=reason, advice=advice)


# --- cases ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """How a case goes. Days ago: `accepted`, `quiet` (the last note; 0 for no notes yet), `closed`, `reopened`.

    `partners`: {agency: fate} with fates joined, pending, refused, removed, ending (in a few days) and expired.
    """

    accepted: int
    lead: str = "officer"
    partners: dict[str, str] = field(default_factory=dict)
    quiet: int = 1
    closed: int = 0
    outcome: str = "better"
    reopened: int = 0
    handed_to: str = ""


def from_referral(t: Telling, pupil: Pupil, key: str, course: Course, by: Actor, wait: int = 2) -> Moments:
    """A referral sent `wait` days before it was accepted, and the case that came of it."""
    situation = SITUATIONS[key]
    referral: Referral = yield from sent(t, pupil, situation, by, course.accepted + wait)
    yield t.moment(course.accepted, (9, 14))
    accept(
        referral,
        by=t.county.council("duty"),
        lead=t.county.council(course.lead).user,
        aim=situation.aim,
        invitations=_asked_at_once(t, course),
        note="Thank you. We will ring the family first and then you.",
    )
    yield from _worked_on(t, pupil, situation, course, by, referral.case)


def from_concern(t: Telling, pupil: Pupil, family: Family, key: str, course: Course, by: Actor, **over: Any) -> Moments:
    """A concern about a child we know, a call, and the case; the school is asked to join unless it must not know."""
    situation = SITUATIONS[key]
    duty = t.county.council("duty")
    told: Concern = yield from raised(t, pupil, family, course.accepted + 2, **over)
    yield t.moment(course.accepted + 1, (8, 10))
    review(told, by=duty)
    yield t.soon(20, 90)
    contact(told, by=duty, outcome="spoke", outcome_note="Glad of the call. Happy for us to work with the school.")
    yield t.moment(course.accepted, (9, 14))
    asked = _asked_at_once(t, course)
    if not told.source_protected:
        asked.append(Invitation(t.county.agencies[pupil.slug], "The child’s school"))
    accept_concern(
        told, by=duty, lead=t.county.council(course.lead).user, aim=situation.aim, invitations=asked, child=pupil.record
    )
    if not told.source_protected:
        yield t.soon(20, 60)
        join(told.case, by=by)
        yield t.soon(30, 60)
        add_marks(told.case, by=by, attendance=pupil.marks_until(timezone.localdate()))
    yield from _worked_on(t, pupil, situation, course, None if told.source_protected else by, told.case)


def _asked_at_once(t: Telling, course: Course) -> list[Invitation]:
    return [_invitation(t, slug, fate, course) for slug, fate in course.partners.items() if fate != "pending"]


def _invitation(t: Telling, slug: str, fate: str, course: Course) -> Invitation:
    last = {
        "ending": t.today + datetime.timedelta(days=4),
        "expired": clock.working_day(t.today, 3),
    }.get(fate, t.today + datetime.timedelta(days=60))
    return Invitation(t.county.agencies[slug], COMERS[slug][1], last)


def _worked_on(
    t: Telling, pupil: Pupil, situation: Situation, course: Course, school: Actor | None, case: Case
) -> Moments:
    """Everything that happens to an open case, in order."""
    lead = t.county.council(course.handed_to or course.lead)
    steps: list[Step] = []
    on: dict[str, tuple[int, int]] = {}  # when each agency was there, in days ago
    for place, (slug, fate) in enumerate(course.partners.items()):
        came = max(course.accepted - 1 - place % 2, 1)
        steps += _part(t, case, slug, fate, came, course)
        until = {"removed": max(course.accepted // 2, 1) + 1, "expired": 3}.get(fate, 0)
        if fate in {"joined", "ending", "removed", "expired"}:
            on[slug] = (came, until)
    last = course.closed or course.quiet
    if course.quiet:
        steps += _notes(t, case, situation, pupil, lead, school, on, first=course.accepted - 1, last=max(last, 1))
    if school and course.quiet and course.accepted - last >= 6:
        day = max(last, 1)
        steps.append(
            (
                t.moment(day, (10, 11)),
                lambda: add_marks(case, by=school, attendance=pupil.marks_until(timezone.localdate())),
            )
        )
    if course.handed_to:
        manager = t.county.council("manager")
        steps.append((t.moment(course.accepted - 1), lambda: assign(case, by=manager, lead=lead.user)))
    steps += _ending(t, case, situation, lead, course)
    for moment, act in sorted(steps, key=lambda step: step[0]):
        yield moment
        act()


def _part(t: Telling, case: Case, slug: str, fate: str, came: int, course: Course) -> list[Step]:
    comer, lead = t.county.people[COMERS[slug][0]], t.county.council(course.lead)
    agency = t.county.agencies[slug]
    if fate == "pending":
        asked = t.moment(min(course.accepted, t.rng.randint(1, 3)), (15, 16))
        return [(asked, lambda: invite(case, by=lead, invitation=_invitation(t, slug, fate, course)))]
    if fate == "refused":
        return [
            (t.moment(came), lambda: refuse(case, by=comer, reason=REFUSALS.get(slug, "We cannot take this on now.")))
        ]
    steps: list[Step] = [(t.moment(came, (8, 9)), lambda: join(case, by=comer))]
    if fate == "removed":
        gone = t.moment(max(course.accepted // 2, 1), (16, 16))
        steps.append((gone, lambda: remove(case, by=lead, agency=agency, reason="Their part of the work is done.")))
    if fate == "expired":
        steps.append((clock.at(clock.working_day(t.today, 2), 2, 5), lambda: expire(case, by=WORKER)))
    return steps


def _notes(
    t: Telling,
    case: Case,
    situation: Situation,
    pupil: Pupil,
    lead: Actor,
    school: Actor | None,
    on: dict[str, tuple[int, int]],
    *,
    first: int,
    last: int,
) -> list[Step]:
    """The situation's notes by those who take part, evenly from `first` to `last` days ago."""
    people = {"officer": lead, **({"school": school} if school else {})}
    here = {"officer": (first, 0), "school": (first, 0)} | {w: on[s] for w, s in WRITERS.items() if s in on}
    people |= {writer: t.county.people[COMERS[slug][0]] for writer, slug in WRITERS.items() if slug in on}
    steps: list[Step] = []
    for place, (writer, seen_by, text) in enumerate(situation.notes):
        ago = first - (first - last) * place // max(len(situation.notes) - 1, 1)
        reader = seen_by if seen_by not in {"case", "agency"} else ""
        there = [who for who in (writer, reader) if who and not (who in people and here[who][0] >= ago >= here[who][1])]
        if there or ago < last:
            continue
        moment = t.moment(ago, (10, 16))
        if writer in here and ago == here[writer][0]:
            moment = t.moment(ago, (11, 16))
        about = {"visibility": "named", "people": [people[reader].user]} if reader else {"visibility": seen_by}
        body = text.format(**pupil.words())
        key = t.key()
        steps.append(
            (
                moment,
                lambda by=people[writer], body=body, key=key, about=about: add_note(
                    case, by=by, body=body, submission_key=key, **about
                ),
            )
        )  # type: ignore[misc]
    return steps


def _ending(t: Telling, case: Case, situation: Situation, lead: Actor, course: Course) -> list[Step]:
    steps: list[Step] = []
    if course.closed:
        steps.append(
            (
                t.moment(course.closed, (17, 17)),
                lambda: close(case, by=lead, outcome=course.outcome, what_helped=situation.helped),
            )
        )
    if course.reopened:
        reason = "Three weeks of good attendance, then a bad fortnight. The family rang us themselves."
        steps.append((t.moment(course.reopened), lambda: reopen(case, by=lead, reason=reason)))
    return steps
