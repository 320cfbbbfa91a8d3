"""Proof 1: the access matrix. Every person × every thing × every verb, decided by the policy and run over the channels.

What is right is in table.py, written by hand. A leak is something that happens, or is shown, to somebody who may not; a
wrong denial is the other way round. Each is printed with who, what, which channel and which address.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from referrals import policy
from referrals.models import Case, Concern, Event, Note, Referral
from referrals.workflow import Noun, Verb, begins

from . import channels, table
from .county import County, build
from .expected import Expected

MODELS: tuple[type, ...] = (Concern, Referral, Case, Note, Event)
PRINTED = 60


@dataclass
class Tally:
    """What was tried, and what was not as it should be. `ways`: {route: {"allow", "deny"}} for proof 2."""

    cells: int = 0
    run: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    wrong_denials: list[str] = field(default_factory=list)
    ways: dict[str, set[str]] = field(default_factory=dict)

    def decided(self, right: bool, got: bool, *about: Any) -> None:
        self.cells += 1
        self._judge(right, got, ("policy", *about))

    def tried(self, channel: str, right: bool, got: bool, *about: Any) -> None:
        self.run[channel] += 1
        self._judge(right, got, (channel, *about))

    def leak(self, *about: Any) -> None:
        self.leaks.append(" · ".join(map(str, about)))

    def _judge(self, right: bool, got: bool, about: tuple[Any, ...]) -> None:
        if got and not right:
            self.leak(*about)
        elif right and not got:
            self.wrong_denials.append(" · ".join(map(str, about)))

    def figures(self) -> dict[str, Any]:
        for title, lines in (("LEAK", self.leaks), ("WRONG DENIAL", self.wrong_denials)):
            for line, times in Counter(lines).most_common(PRINTED):
                print(f"  {title} {line}" + (f" (×{times})" if times > 1 else ""))
        return {
            "principals": len(table.PERSONS),
            "cells": self.cells,
            "cells_run": sum(self.run.values()),
            "leaks": len(self.leaks),
            "wrong_denials": len(self.wrong_denials),
            **{f"run_{channel}": number for channel, number in sorted(self.run.items())},
        }


def decide(county: County, expected: Expected, tally: Tally, *, every: bool = True, who: tuple[str, ...] = ()) -> None:
    """Everything the policy says: of each thing (`can`), of the list (`visible_to`), of the page (`allowed_each`) and
    of the audience (`holders`). `every`: each person, and each thing also alone, as `can` asks."""
    for person in [p for p in table.PERSONS.values() if not who or p.name in who][:: 1 if every else 4]:
        actor = county.actor(person.name)
        for model in MODELS:
            things = list(model._default_manager.all())
            noun = model.NOUN
            verbs = sorted({r.verb for r in policy.rules_of(noun, set(Verb)) if not begins(noun, r.verb)})
            right = {thing.pk: expected.on(person, thing) for thing in things}
            each = policy.allowed_each(actor, things)
            listed = {verb: set(policy.visible_to(actor, model, verb).values_list("pk", flat=True)) for verb in verbs}
            for thing in things:
                alone = policy.allowed(actor, thing) if every and model is not Event else each[thing.pk]
                for verb in {*verbs, *right[thing.pk]}:
                    about = (person.name, expected.called(thing), verb)
                    if verb in policy.UNSEEN:  # no button: asked of the list alone
                        tally.decided(verb in right[thing.pk], thing.pk in listed[verb], *about)
                        continue
                    tally.decided(verb in right[thing.pk], verb in each[thing.pk], *about)
                    if (verb in alone) != (verb in each[thing.pk]) or (
                        verb in listed and (thing.pk in listed[verb]) != (verb in each[thing.pk])
                    ):
                        tally.leak("policy disagrees with itself", *about)
        _decide_without_a_thing(actor, person, tally)
    _decide_holders(county, expected, tally, MODELS if every else (Case, Note))


def _decide_without_a_thing(actor: Any, person: table.Person, tally: Tally) -> None:
    may = table.on_county(person)
    for rule in policy.rules_of(Noun.COUNTY, set(Verb)):
        tally.decided(rule.verb in may, policy.can(actor, rule.verb, Noun.COUNTY), person.name, "the county", rule.verb)
    for noun, verb in table.BEGINS:
        right = table.begins(person, noun, verb)
        tally.decided(right, policy.can(actor, Verb(verb), Noun(noun)), person.name, f"a new {noun}", verb)


def _decide_holders(county: County, expected: Expected, tally: Tally, models: tuple[type, ...]) -> None:
    """The audience: whoever the policy names as able to view, and nobody else. Two memberships are one person here."""
    for model in models:
        for thing in model._default_manager.all():
            named = set(policy.holders(Verb.VIEW, thing).values_list("pk", flat=True))
            right = {
                county.users[person.name].pk
                for person in table.PERSONS.values()
                if person.name in county.users and "view" in expected.on(person, thing)
            }
            for who in right | named:
                tally.decided(who in right, who in named, f"user {who}", expected.called(thing), "view: audience")


def run(size: str) -> dict[str, Any]:
    tally = Tally()
    with transaction.atomic():
        county = build()
        expected = Expected(county)
        started = time.monotonic()
        decide(county, expected, tally, every=size == "full")
        print(f"  {tally.cells:,} cells decided in {time.monotonic() - started:.0f} s", flush=True)
        channels.walk(county, expected, tally, size, "matrix")
        transaction.set_rollback(True)
    return tally.figures()
