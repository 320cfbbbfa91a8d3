"""What can happen to a concern, a referral and a case: stages, verbs and transitions, as literals.

Read it to a headteacher. `stage` is where something is, a `verb` is what may be done, an event kind is what was done.
One name everywhere: a verb here is a row in `policy.RULES`, a module in `actions/`, a kind in `events.KINDS` and the
last segment of a URL. docs/workflow.md is generated from this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Noun(StrEnum):
    CONCERN = "concern"
    REFERRAL = "referral"
    CASE = "case"
    NOTE = "note"
    EVENT = "event"
    COUNTY = "county"  # the authority as a whole: its activity log, its table of permissions


class Verb(StrEnum):
    VIEW = "view"
    # a concern
    RAISE = "raise"
    REVIEW = "review"
    CONTACT = "contact"
    # a referral
    START = "start"
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    # a concern or a referral
    ACCEPT = "accept"
    DECLINE = "decline"
    # a case
    OPEN = "open"
    INVITE = "invite"
    JOIN = "join"
    REFUSE = "refuse"
    REMOVE = "remove"
    EXPIRE = "expire"
    ASSIGN = "assign"
    ADD_NOTE = "add_note"
    ADD_MARKS = "add_marks"
    CLOSE = "close"
    REOPEN = "reopen"
    VIEW_UPN = "view_upn"
    SHARE = "share"
    BREAK_GLASS = "break_glass"
    END_BREAK_GLASS = "end_break_glass"
    REVIEW_BREAK_GLASS = "review_break_glass"
    EXPLAIN = "explain"
    # the sections of a case, and how to reach the people around the child
    VIEW_STORY = "view_story"
    VIEW_ATTENDANCE = "view_attendance"
    VIEW_PEOPLE = "view_people"
    VIEW_TOLD = "view_told"
    VIEW_CONTACT = "view_contact"
    # what somebody must not learn
    RESTRICT = "restrict"
    ASK_TO_LIFT = "ask_to_lift"
    LIFT = "lift"
    REVEAL = "reveal"
    # a concern, a referral or a case that somebody must not work with
    DECLARE_CONFLICT = "declare_conflict"
    LIFT_CONFLICT = "lift_conflict"
    # the county
    VIEW_ACTIVITY = "view_activity"
    VIEW_PERMISSIONS = "view_permissions"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_OWN_PEOPLE = "manage_own_people"
    CLOSE_AGENCY = "close_agency"


class Stage(StrEnum):
    # a concern
    RECEIVED = "received"
    REVIEWING = "reviewing"
    CONTACTED = "contacted"
    LINKED_TO_CASE = "linked_to_case"
    # a referral
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    # a case
    OPEN = "open"
    # a concern or a case
    CLOSED = "closed"


@dataclass(frozen=True)
class Word:
    """Two names for a stage: the one staff use and the one a family reads; and whose turn it is."""

    staff: str
    family: str
    waiting_on: str = ""  # "council", "school", "lead" or "" for nobody
    tone: str = "neutral"


STAGES: dict[Noun, dict[Stage, Word]] = {
    Noun.CONCERN: {
        Stage.RECEIVED: Word("Received", "We have it", "council", "info"),
        Stage.REVIEWING: Word("Being looked at", "Being looked at", "council", "info"),
        Stage.CONTACTED: Word("Contacted", "We have talked", "council", "info"),
        Stage.LINKED_TO_CASE: Word("Linked to a case", "Somebody is helping", "", "success"),
        Stage.CLOSED: Word("Closed", "Finished"),
    },
    Noun.REFERRAL: {
        Stage.DRAFT: Word("Draft", "Not sent yet", "school"),
        Stage.SUBMITTED: Word("Submitted", "With the council", "council", "info"),
        Stage.RETURNED: Word("Returned for information", "The school is adding to it", "school", "warning"),
        Stage.ACCEPTED: Word("Accepted", "Somebody is helping", "", "success"),
        Stage.DECLINED: Word("Declined", "The school is helping"),
        Stage.WITHDRAWN: Word("Withdrawn", "Stopped by the school"),
    },
    Noun.CASE: {
        Stage.OPEN: Word("Open", "Somebody is helping", "lead", "info"),
        Stage.CLOSED: Word("Closed", "Finished"),
    },
}


# To look at something and leave it as it is: no button, no event.
LOOKING = frozenset(verb for verb in Verb if verb is Verb.VIEW or verb.startswith("view_"))


# What shares a child's record with others, or changes who may know: whoever does it, by page or by program, has shown
# within the last fifteen minutes that it is still her (portal/accounts/step_up.py). So has who accepts and, with it,
# invites agencies; who takes a list away as a file; and who changes somebody's access.
CONFIRMED = frozenset(
    {
        (Noun.CASE, Verb.INVITE),
        (Noun.CASE, Verb.REMOVE),
        (Noun.CASE, Verb.SHARE),
        (Noun.CASE, Verb.RESTRICT),
        (Noun.CASE, Verb.LIFT),
        (Noun.CASE, Verb.BREAK_GLASS),
        *((noun, Verb.DECLARE_CONFLICT) for noun in (Noun.CONCERN, Noun.REFERRAL, Noun.CASE)),
        *((noun, Verb.LIFT_CONFLICT) for noun in (Noun.CONCERN, Noun.REFERRAL, Noun.CASE)),
    }
)


@dataclass(frozen=True)
class Transition:
    """`verb` is possible from the stages `before` and leads to `after`; `after` None leaves the stage as it is."""

    verb: Verb
    before: frozenset[Stage]
    after: Stage | None
    says: str


def _move(verb: Verb, before: set[Stage], after: Stage | None, says: str) -> Transition:
    return Transition(verb, frozenset(before), after, says)


def _of_conflicts(noun: Noun) -> tuple[Transition, ...]:
    """Whatever its stage: somebody who must not work with a child must not read what has ended either."""
    always = set(STAGES[noun])
    return (
        _move(Verb.DECLARE_CONFLICT, always, None, "Somebody must not work with this child, and sees nothing of it."),
        _move(Verb.LIFT_CONFLICT, always, None, "A manager says that somebody may work with this child after all."),
    )


TRANSITIONS: dict[Noun, tuple[Transition, ...]] = {
    Noun.CONCERN: (
        _move(Verb.RAISE, set(), Stage.RECEIVED, "A family, or a worried person, tells the council."),
        _move(Verb.REVIEW, {Stage.RECEIVED}, Stage.REVIEWING, "The duty officer starts to look at it."),
        _move(
            Verb.CONTACT,
            {Stage.RECEIVED, Stage.REVIEWING, Stage.CONTACTED},
            Stage.CONTACTED,
            "Somebody has talked, or tried to talk, to the person who raised it.",
        ),
        _move(
            Verb.ACCEPT,
            {Stage.RECEIVED, Stage.REVIEWING, Stage.CONTACTED},
            Stage.LINKED_TO_CASE,
            "The attendance team takes it on and works on the child's case.",
        ),
        _move(
            Verb.DECLINE,
            {Stage.RECEIVED, Stage.REVIEWING, Stage.CONTACTED},
            Stage.CLOSED,
            "The attendance team does not take it on, and says what would help instead.",
        ),
        *_of_conflicts(Noun.CONCERN),
    ),
    Noun.REFERRAL: (
        _move(Verb.START, set(), Stage.DRAFT, "A school starts a draft."),
        _move(Verb.EDIT, {Stage.DRAFT, Stage.RETURNED}, None, "The school answers one of its tasks."),
        _move(Verb.SUBMIT, {Stage.DRAFT, Stage.RETURNED}, Stage.SUBMITTED, "The school sends it to the council."),
        _move(
            Verb.WITHDRAW,
            {Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED},
            Stage.WITHDRAWN,
            "The school takes it back before it is decided.",
        ),
        _move(Verb.ACCEPT, {Stage.SUBMITTED}, Stage.ACCEPTED, "The attendance team takes it on and opens a case."),
        _move(Verb.RETURN, {Stage.SUBMITTED}, Stage.RETURNED, "The attendance team asks the school for information."),
        _move(
            Verb.DECLINE,
            {Stage.SUBMITTED},
            Stage.DECLINED,
            "The attendance team does not take it on, and says what would help instead.",
        ),
        *_of_conflicts(Noun.REFERRAL),
    ),
    Noun.CASE: (
        _move(Verb.OPEN, set(), Stage.OPEN, "The shared workspace around one child begins."),
        _move(Verb.INVITE, {Stage.OPEN}, None, "An agency is asked to take part, for a purpose and until a day."),
        _move(Verb.JOIN, {Stage.OPEN}, None, "An invited agency takes part."),
        _move(Verb.REFUSE, {Stage.OPEN}, None, "An invited agency says that it will not take part."),
        _move(Verb.REMOVE, {Stage.OPEN}, None, "An agency's part ends at once."),
        _move(Verb.EXPIRE, {Stage.OPEN, Stage.CLOSED}, None, "An agency's part ends because its last day has passed."),
        _move(Verb.SHARE, {Stage.OPEN}, None, "What an agency reads of the case becomes more, or less."),
        _move(Verb.ASSIGN, {Stage.OPEN}, None, "Another officer leads the case."),
        _move(Verb.ADD_NOTE, {Stage.OPEN}, None, "Somebody writes a note and chooses who may read it."),
        _move(Verb.ADD_MARKS, {Stage.OPEN}, None, "New attendance marks are added."),
        _move(Verb.CLOSE, {Stage.OPEN}, Stage.CLOSED, "The work ends. The agencies can read it for a while longer."),
        _move(Verb.REOPEN, {Stage.CLOSED}, Stage.OPEN, "The work begins again."),
        _move(
            Verb.RESTRICT,
            {Stage.OPEN, Stage.CLOSED},
            None,
            "An adult must not learn an address, a school or how to reach somebody.",
        ),
        _move(
            Verb.ASK_TO_LIFT,
            {Stage.OPEN, Stage.CLOSED},
            None,
            "Somebody asks that a restriction ends. It stands until another person agrees.",
        ),
        _move(Verb.LIFT, {Stage.OPEN, Stage.CLOSED}, None, "Another person than who asked ends a restriction."),
        _move(Verb.REVEAL, {Stage.OPEN, Stage.CLOSED}, None, "Somebody reads one protected detail, and says why."),
        _move(
            Verb.BREAK_GLASS,
            {Stage.OPEN, Stage.CLOSED},
            None,
            "Somebody who is not on the case reads it in an emergency, for an hour at most. Another is told at once.",
        ),
        _move(
            Verb.END_BREAK_GLASS,
            {Stage.OPEN, Stage.CLOSED},
            None,
            "Emergency access ends: by whoever has it, by a manager, or by itself.",
        ),
        _move(
            Verb.REVIEW_BREAK_GLASS,
            {Stage.OPEN, Stage.CLOSED},
            None,
            "Somebody else says afterwards whether it was right to look.",
        ),
        *_of_conflicts(Noun.CASE),
    ),
}


def transition(noun: Noun, verb: Verb) -> Transition | None:
    """The transition of `verb` on `noun`, or None for a verb that changes nothing (to view)."""
    return next((t for t in TRANSITIONS.get(noun, ()) if t.verb is verb), None)


def begins(noun: Noun, verb: Verb) -> bool:
    """Whether `verb` makes a new thing, so that it is never something to do *with* one."""
    move = transition(noun, verb)
    return move is not None and not move.before


def stages(noun: Noun) -> frozenset[Stage]:
    return frozenset(STAGES.get(noun, {}))


def word(noun: Noun, stage: str) -> Word:
    return STAGES[noun][Stage(stage)]


def replay(noun: Noun, verbs: list[Verb]) -> Stage | None:
    """The stage something is in after `verbs`, in order; None before the first.

    Raises ValueError where a verb was not possible from the stage it met: the events then tell an impossible story.
    """
    stage: Stage | None = None
    for verb in verbs:
        move = transition(noun, verb)
        if move is None or (stage is None) != (not move.before) or (stage is not None and stage not in move.before):
            raise ValueError(f"{verb} is not possible for a {noun} that is {stage or 'not there yet'}")
        stage = move.after or stage
    return stage
