"""docs/workflow.md, docs/permissions.md and docs/events.md, written from the tables the code itself runs on."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.roles import Role
from referrals import events, policy
from referrals.workflow import STAGES, TRANSITIONS, Noun, Stage

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


def permissions() -> str:
    parts = [
        MADE.format(source="referrals/policy.py"),
        "# Who may do what",
        "Somebody may do something when every word of one row is true of her, unless a denial applies. "
        "Nothing else opens anything: not being a superuser, not a permission of Django's or Wagtail's. "
        "What nobody may do to a thing, she does not see either: it is not found.",
        "## Denials, asked first",
        _table(("denial", "applies when"), ((d.name.replace("_", " "), d.says) for d in policy.DENIALS)),
    ]
    for noun, says in SAYS.items():
        rows = [
            (f"`{r.verb}`", _roles(r.roles), r.tie.says, _stages(noun, r.stages) or "any", r.why)
            for r in policy.RULES
            if r.noun is noun
        ]
        parts += [f"## {says.capitalize()}", _table(("to", "somebody who is", "and", "while it is", "because"), rows)]
    return _page(parts)


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


def _roles(roles: Iterable[str]) -> str:
    named = [Role(r).label for r in Role.values if r in roles]
    return ", ".join(named) if named else "nobody with a role"


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
