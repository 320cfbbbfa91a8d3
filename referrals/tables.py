"""docs/workflow.md, docs/permissions.md and docs/events.md, written from the tables the code itself runs on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.accounts.roles import LA_ROLES, PARTNER_ROLES, SCHOOL_ROLES, Role
from portal.ui.words import listed, lower_first, upper_first
from referrals import events, policy
from referrals.workflow import STAGES, TRANSITIONS, Noun, Stage, Verb

MADE = "<!-- Made by `manage.py docs` from {source}. Change that, not this. -->"
SAYS = {
    Noun.CONCERN: "a concern",
    Noun.REFERRAL: "a referral",
    Noun.CASE: "a case",
    Noun.NOTE: "a note",
    Noun.EVENT: "an event",
    Noun.COUNTY: "the county",
}


def pages() -> dict[str, str]:
    """{file name under docs/: its text}."""
    return {"workflow.md": workflow(), "permissions.md": permissions(), "events.md": kinds()}


def workflow() -> str:
    parts = [MADE.format(source="referrals/workflow.py"), "# What can happen to a concern, a referral and a case"]
    for noun, words in STAGES.items():
        parts += [
            f"## {SAYS[noun].capitalize()}",
            _table(
                ("stage", "staff say", "families read", "whose turn"),
                ((f"`{stage}`", w.staff, w.family, w.waiting_on or "nobody's") for stage, w in words.items()),
            ),
            _table(
                ("verb", "from", "to", "what it means"),
                (
                    (f"`{t.verb}`", _stages(noun, t.before) or "(new)", f"`{t.after}`" if t.after else "stays", t.says)
                    for t in TRANSITIONS[noun]
                ),
            ),
        ]
    return _page(parts)


@dataclass(frozen=True)
class Said:
    """What may be done, in words, what that means, and who may: a sentence a rule."""

    verb: str
    what: str
    means: str
    who: tuple[str, ...]


def said(noun: Noun) -> list[Said]:
    """Every rule of `noun` as somebody reads it who has never seen code, in the order of the table."""
    means = {transition.verb: transition.says for transition in TRANSITIONS.get(noun, ())}
    verbs = dict.fromkeys(rule.verb for rule in policy.RULES if rule.noun is noun)
    return [
        Said(
            str(verb),
            _title(verb, noun),
            means.get(verb, ""),
            tuple(_sentence(rule) for rule in policy.RULES if rule.noun is noun and rule.verb is verb),
        )
        for verb in verbs
    ]


def denials() -> list[str]:
    """ "Nobody may do anything once…", in the order in which they are asked."""
    return [f"Nobody may do anything once {denial.says}." for denial in policy.DENIALS]


# A part of the county's people who mostly may the same, so that a sentence is no list of nine roles.
CIRCLES_OF_PEOPLE = (
    ("anybody of the attendance team", LA_ROLES),
    ("anybody at a school", SCHOOL_ROLES),
    ("anybody at a partner agency", PARTNER_ROLES),
)


def people() -> list[tuple[str, str]]:
    """Who is meant by what the sentences call them: ("Anybody at a school", "attendance lead, SENCO …")."""
    return [(upper_first(who), _named(roles)) for who, roles in CIRCLES_OF_PEOPLE]


IN_ORDER = (
    "Is there something that beats everything? Then the answer is no. It beats every role, a manager’s too, and an "
    "emergency. What that can be stands below, in the order in which it is asked.",
    "Does this person work there today, and does the agency’s part in the case still last? A part has a last day, and "
    "says which sections of the case it shares, and from which day.",
    "Does a sentence below name the role this person has there?",
    "Has the thing come as far as the sentence says: sent, open, closed?",
)


ALL_OF_IT = (
    "One sentence is enough, but all of it must be true. Somebody for whom no sentence is true of a thing does not see "
    "it either: the answer is the same as for something that does not exist. Somebody who sees a thing and may not do "
    "something with it is told so, and whom to ask."
)


def permissions() -> str:
    parts = [
        MADE.format(source="referrals/policy.py"),
        "# Who may do what",
        "For whoever answers for who can see a child’s record. These are the rules the service itself runs on, in "
        "sentences. Every page, list, message, file and button follows them, and nothing else opens anything: being an "
        "administrator of the website does not.",
        "## How it is decided",
        "In this order, each time, at the moment somebody asks:",
        "\n".join(f"{number}. {step}" for number, step in enumerate(IN_ORDER, 1)),
        ALL_OF_IT,
        "## What beats everything",
        "\n".join(f"{number}. {says}" for number, says in enumerate(denials(), 1)),
        "## Who is meant",
        "\n".join(f"- **{who}**: {roles}." for who, roles in people()),
    ]
    for noun, says in SAYS.items():
        parts.append(f"## {says.capitalize()}")
        for one in said(noun):
            parts.append(f"### {one.what} (`{one.verb}`)")
            parts += [one.means] if one.means else []
            parts.append("\n".join(f"- {sentence}" for sentence in one.who))
    return _page(parts)


def _title(verb: Verb, noun: Noun) -> str:
    thing = SAYS[noun]
    words = TITLES.get((noun, verb)) or TITLES.get(verb) or f"{policy.say(verb)} {{}}"
    return upper_first(words.format(thing))


TITLES: dict[Any, str] = {
    Verb.VIEW: "see {}",
    Verb.REVIEW: "start to look at {}",
    Verb.CONTACT: "make contact about {}",
    Verb.DECLARE_CONFLICT: "declare a conflict of interest with the child of {}",
    Verb.LIFT_CONFLICT: "end a conflict of interest with the child of {}",
    Verb.EDIT: "write {}",
    Verb.SUBMIT: "send {}",
    Verb.WITHDRAW: "take {} back",
    Verb.RETURN: "send {} back for more information",
    Verb.INVITE: "invite an agency to {}",
    Verb.JOIN: "join {} after an invitation",
    Verb.REFUSE: "say no to an invitation to {}",
    Verb.REMOVE: "end an agency’s part in {}",
    Verb.EXPIRE: "end an agency’s part in {} on its last day",
    Verb.SHARE: "change what an agency reads of {}",
    Verb.ASSIGN: "choose who leads {}",
    Verb.ADD_NOTE: "add a note to {}",
    Verb.ADD_MARKS: "add attendance marks to {}",
    Verb.BREAK_GLASS: "open {} in an emergency",
    Verb.EXPLAIN: "ask who can see {}, and why",
    Verb.VIEW_ACTIVITY: "see who looked and what was done",
    Verb.VIEW_PERMISSIONS: "read who may do what",
    Verb.MANAGE_PEOPLE: "look after everybody’s access",
    Verb.MANAGE_OWN_PEOPLE: "look after access at one’s own school",
    Verb.CLOSE_AGENCY: "close an agency",
}


def _sentence(rule: policy.Rule) -> str:
    """ "Anybody at a school who works at an agency that takes part in the case, while it is open. Why." """
    if not any(role in Role.values for role in rule.roles):
        said = f"{rule.tie.says.removeprefix('is ')}"
    elif rule.tie is policy.ROLE_ALONE:
        said = _people(rule.roles)
    else:
        said = f"{_people(rule.roles)}{TIED.get(rule.tie, f' who {rule.tie.says}')}"
    if rule.stages and rule.stages != frozenset(STAGES.get(rule.noun, ())):
        words = [f"“{STAGES[rule.noun][stage].staff}”" for stage in STAGES[rule.noun] if stage in rule.stages]
        said += f", while it stands at {listed(words, 'or')}"
    return f"{upper_first(said)}.{f' {rule.why}' if rule.why else ''}"


# What goes without saying after who it is, or is said shorter there.
TIED = {
    policy.LA_TEAM: "",
    policy.OWN_SCHOOL: ", of what their own school writes",
    policy.SENT_TO_LA: ", once the school has sent it",
}


def _people(roles: frozenset[str]) -> str:
    found, left = [], set(roles)
    for who, circle in CIRCLES_OF_PEOPLE:
        if circle <= left:
            found.append(who)
            left -= circle
    return listed([*found, *(_one(_label(role)) for role in Role if role in left)], "or")


def _one(who: str) -> str:
    return f"{'an' if who[:1] in 'aeiou' else 'a'} {who}"


def _named(roles: frozenset[str]) -> str:
    return listed([_label(role) for role in Role if role in roles], "or")


def _label(role: Role) -> str:
    """ "duty officer", "SENCO", "Early Help practitioner": a name keeps its capitals."""
    _, _, rest = str(role.label).partition(" ")
    return str(role.label) if rest != rest.lower() else lower_first(str(role.label))


def kinds() -> str:
    rows = (
        (
            f"`{kind}`",
            f"{spec.noun} `{spec.verb}`",
            spec.sentence,
            _circles(spec.inbox),
            f"“{spec.email}” to {_circles(spec.email_to)}" if spec.email else "none",
            ", ".join(spec.forgets) or "nothing",
        )
        for kind, spec in events.KINDS.items()
    )
    return _page(
        [
            MADE.format(source="referrals/events.py"),
            "# What is recorded, and who is told",
            "Everybody who may see an event, except whoever caused it, gets the live doorbell: a stream and a number, "
            "no more. The circles below are each cut to those who may see the event at the moment they are told. "
            "“Forgets” names what retention and erasure blank in the event's data.",
            _table(("kind", "when", "sentence", "inbox of", "email", "forgets"), rows),
        ]
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _page(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _stages(noun: Noun, stages: Iterable[Stage]) -> str:
    found = set(stages)
    return ", ".join(f"`{s}`" for s in STAGES.get(noun, {}) if s in found)


def _circles(circles: Iterable[events.Told]) -> str:
    return ", ".join(CIRCLES[c] for c in circles) or "nobody"


CIRCLES = {
    events.Told.DUTY: "duty officers and managers",
    events.Told.MANAGERS: "the attendance team's managers",
    events.Told.LEAD: "the case's lead",
    events.Told.SCHOOL: "the school that referred",
    events.Told.PARTNERS: "the agencies that take part",
    events.Told.ABOUT: "the agency it is about",
}
