"""What is going on in the county: which children are in which story, and how far each has come."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from portal.demo import clock
from portal.demo.pupils import USUAL, Pupil
from portal.demo.situations import FAMILIES, SITUATIONS, WORRIED_AUNT, Situation
from portal.demo.stories import (
    Course,
    Moments,
    Telling,
    concern,
    declined,
    draft,
    from_concern,
    from_referral,
    returned,
    submitted,
    withdrawn,
)

# (school, situation, course): the cases that began with a referral.
CASES: tuple[tuple[str, str, Course], ...] = (
    ("hillside", "corridors", Course(32, partners={"early-help": "joined", "sen": "pending", "health": "joined"})),
    ("hillside", "not_seen", Course(47, partners=dict.fromkeys(("orchard", "sen", "early-help", "health"), "joined"))),
    ("hillside", "nights", Course(18, partners={"early-help": "joined", "health": "joined"}, quiet=2)),
    ("hillside", "caring", Course(4, partners={"early-help": "pending", "health": "joined"}, quiet=2)),
    ("riverside", "grief", Course(24, partners={"early-help": "joined", "health": "joined"}, quiet=3)),
    ("riverside", "bus", Course(2, quiet=0)),
    ("tannersgate", "pieces", Course(53, partners={"orchard": "joined", "sen": "joined"}, quiet=2)),
    ("harrowdene", "friends", Course(7, partners={"early-help": "refused"}, quiet=0)),
    ("hillside", "pain", Course(28, "officer2", {"health": "joined", "sen": "refused"}, quiet=4)),
    ("larkfield-junior", "moved", Course(20, "officer2", {"early-help": "ending"}, quiet=2)),
    ("foxglove", "reading", Course(38, "officer2", {"sen": "joined", "early-help": "removed"}, quiet=6)),
    ("tannersgate", "friends", Course(14, "officer2", {"early-help": "pending"}, quiet=5)),
    ("harrowdene", "corridors", Course(25, "officer2", {"health": "pending", "early-help": "joined"}, quiet=3)),
    ("applewood", "pain", Course(42, "officer2", {"sen": "joined", "health": "joined"}, quiet=9)),
    ("kiln", "pieces", Course(50, "officer3", {"orchard": "joined", "sen": "ending"}, quiet=1)),
    (
        "harrowdene",
        "not_seen",
        Course(16, "officer3", {"orchard": "pending", "health": "joined", "sen": "joined"}, quiet=2),
    ),
    ("beaconfold", "bus", Course(12, "officer3", quiet=5)),
    ("larkfield-infant", "grief", Course(10, "officer3", {"early-help": "joined"}, quiet=2)),
    ("tannersgate", "caring", Course(45, "officer3", {"early-help": "expired"}, quiet=6)),
    ("hillside", "pieces", Course(40, "officer2", {"orchard": "joined", "early-help": "refused"}, handed_to="manager")),
    ("hillside", "bus", Course(60, partners={"early-help": "joined"}, closed=12)),
    ("foxglove", "moved", Course(58, "officer3", {"early-help": "joined"}, closed=18, outcome="better_watch")),
    ("harrowdene", "nights", Course(70, "officer2", {"health": "joined"}, closed=30, outcome="no_engagement")),
    ("tannersgate", "corridors", Course(64, partners={"early-help": "joined"}, closed=20, reopened=3)),
)


def everything(t: Telling) -> Iterator[Moments]:
    yield from _cases(t)
    yield from _referrals(t)
    yield from _concerns(t)


def _cases(t: Telling) -> Iterator[Moments]:
    for school, key, course in CASES:
        pupil = t.take(school)
        attends(t, pupil, SITUATIONS[key], turned=course.accepted)
        yield from_referral(t, pupil, key, course, t.county.at(school), wait=1 + t.rng.randrange(3))
    for school, key, words, course, over in (
        ("foxglove", "moved", 1, Course(21, "officer3", {"early-help": "joined"}, quiet=4), {}),
        ("withybrook", "caring", 5, Course(9, "officer2", {"early-help": "joined"}, quiet=3), {}),
        ("larkfield-junior", "grief", 10, Course(3, quiet=1), {"share_with_school": "no"}),
    ):
        pupil = t.take(school)
        attends(t, pupil, SITUATIONS[key], turned=course.accepted)
        yield from_concern(t, pupil, FAMILIES[words], key, course, t.county.at(school), **over)


def _referrals(t: Telling) -> Iterator[Moments]:
    at, lead = t.county.at, t.county.at("hillside")

    def child(slug: str, key: str, *circumstances: str) -> tuple[Telling, Pupil, Situation]:
        pupil = t.take(slug)
        pupil.circumstances = list(circumstances) or pupil.circumstances
        attends(t, pupil, SITUATIONS[key])
        return t, pupil, SITUATIONS[key]

    first_four = ("pupil", "carers", "attendance", "barriers")
    yield draft(*child("hillside", "friends"), lead, 1, first_four)
    yield draft(*child("hillside", "reading"), at("hillside", "senco"), 3, ("pupil", "carers"))
    yield draft(*child("riverside", "moved"), at("riverside"), 2, (*first_four, "support"))
    yield draft(*child("tannersgate", "nights"), at("tannersgate"), 6, ())

    protected, not_in = child("hillside", "corridors", "cp", "fsm"), child("harrowdene", "not_seen", "cin")
    yield submitted(*protected, lead, 1)
    yield submitted(*not_in, at("harrowdene"), 2, risk={"risks": ["missing", "online"], "last_seen_by": "Head of year"})
    yield submitted(*child("millrace", "bus"), at("millrace"), 5)
    yield submitted(*child("foxglove", "reading"), at("foxglove"), 2)
    yield submitted(*child("withybrook", "pain"), at("withybrook"), 1)
    yield submitted(*child("tannersgate", "friends", "cla"), at("tannersgate"), 3)

    yield returned(
        *child("hillside", "caring"),
        lead,
        4,
        back=2,
        items={
            "voices": "Please add what {name} would like to change: we have heard what is hard, not what would help.",
            "barriers": "When did this begin, and did anything happen around that time?",
        },
    )
    yield returned(
        *child("larkfield-junior", "reading"),
        at("larkfield-junior"),
        10,
        back=8,
        items={"voices": "What would help, according to {name}?"},
    )
    yield returned(
        *child("riverside", "friends"),
        at("riverside"),
        6,
        back=5,
        again=1,
        items={"voices": "What would {name} like to happen next?"},
    )
    yield declined(
        *child("beaconfold", "reading"),
        at("beaconfold"),
        15,
        on=13,
        reason="not_yet_tried",
        advice="Try a meeting with both parents and the reader pen for four weeks first. If Tuesdays are no better "
        "by then, send this again: nothing needs to be typed twice.",
    )
    yield declined(
        *child("harrowdene", "friends"),
        at("harrowdene"),
        35,
        on=33,
        reason="not_needed",
        advice="You are already doing what we would do. Ring the duty line if the messages begin again.",
    )
    yield withdrawn(
        *child("riverside", "bus"), at("riverside"), 20, on=18, reason="The transport team found a seat this morning."
    )
    yield withdrawn(
        *child("applewood", "pain"), at("applewood"), 28, on=27, reason="The family moves to another county next week."
    )


def _concerns(t: Telling) -> Iterator[Moments]:
    """About children who are in no other story, so that nobody is told of twice."""

    def about(slug: str) -> Pupil:
        return t.take(slug)

    spoke = "We talked for twenty minutes. {carer} would like to try the school first, with us in the background."
    yield concern(
        t,
        about("riverside"),
        WORRIED_AUNT,
        1,
        raiser_type="family_or_friend",
        share_with_family="no",
    )
    yield concern(t, about("tannersgate"), FAMILIES[6], 1)
    yield concern(t, about("millrace"), FAMILIES[2], 2, share_with_school="ask_first")
    yield concern(t, about("kiln"), FAMILIES[7], 4)
    yield concern(t, about("withybrook"), FAMILIES[4], 3, reviewed=1)
    yield concern(t, about("applewood"), FAMILIES[3], 2, reviewed=1, support_now=["social_worker", "gp_camhs"])
    yield concern(t, about("larkfield-junior"), FAMILIES[0], 5, reviewed=4, contacts=((3, "spoke", spoke),))
    yield concern(
        t,
        about("beaconfold"),
        FAMILIES[8],
        7,
        reviewed=6,
        contacts=(
            (6, "no_answer", ""),
            (5, "not_left_unsafe", "Asked us not to leave a message."),
            (2, "no_answer", ""),
        ),
    )
    yield concern(
        t,
        about("foxglove"),
        FAMILIES[9],
        12,
        reviewed=11,
        contacts=((10, "spoke", "School put the mark right while we were on the phone."),),
        closed=(
            10,
            "advice_given",
            "The mark has been put right. Here is how to ask for one to be changed another time.",
        ),
    )
    yield concern(
        t,
        about("larkfield-infant"),
        FAMILIES[1],
        24,
        reviewed=23,
        contacts=((22, "left_safe_message", ""), (20, "no_answer", ""), (18, "no_answer", "")),
        closed=(17, "no_contact", "We tried three times. You can ring the number on the website on any school day."),
    )


def attends(t: Telling, pupil: Pupil, situation: Situation, *, turned: int = 0) -> None:
    """The register of a child in a story: it `turned` for the better so many weekdays ago."""
    day = clock.working_day(t.today, turned) if turned else t.today
    spread = t.rng.randrange(-25, 26)
    pupil.keep_register(
        t.rng,
        t.today,
        turned=day,
        before=situation.before + spread,
        after=situation.after + spread,
        pattern=situation.pattern,
    )


def attends_as_usual(t: Telling, pupil: Pupil, phase: str) -> None:
    """The register of a child about whom nobody has asked: around the county's own figure, some a good deal lower."""
    usual = min(USUAL[phase] + round(t.rng.triangular(-60, 60, 25)), 1000)
    day = t.today - datetime.timedelta(weeks=20)
    pupil.keep_register(t.rng, t.today, turned=day, before=usual, after=usual, pattern="steady")
