"""The same five promises of every verb, in the same order.

Does it · refuses the wrong person · refuses the wrong stage · records the event · survives being done twice.
A verb's test says what is given, who does what, and what is then true; the five tests are written here once.
"""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.actor import Actor
from referrals import events, policy
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput
from referrals.models import Event
from referrals.workflow import STAGES, Noun, Verb, begins, transition
from tests import worlds

TURNED_AWAY = (policy.Refused, Conflict, BadInput)


@pytest.mark.django_db
class Five:
    noun: Noun
    verb: Verb
    doer = "duty"
    wrong_people: tuple[str, ...] = ("other lead", "editor")
    twice_is_once = False  # True: the second time gives the first result; else it is turned away and changes nothing

    def given(self, world: worlds.World) -> Any:
        """What it is done to (None for a verb that begins something)."""

    def do(self, world: worlds.World, thing: Any, by: Actor) -> Any:
        """Do it."""
        raise AssertionError("each verb says how it is done")

    def then(self, world: worlds.World, thing: Any, result: Any) -> None:
        """Check what is true afterwards."""
        raise AssertionError("each verb says what is true afterwards")

    def in_the_wrong_stage(self, world: worlds.World) -> Any:
        """The thing in a stage from which the verb is not possible, or None where there is no such stage."""

    # --- the five -------------------------------------------------------------------------------------------------

    def test_does_it(self, world):
        thing = self.given(world)
        result = self.do(world, thing, self.by(world))
        self.then(world, thing, result)

    def test_refuses_the_wrong_person(self, world):
        thing = self.given(world)
        before = self.recorded()
        for name in self.wrong_people:
            with pytest.raises(policy.Refused):
                self.do(world, thing, world.people[name])
        assert self.recorded() == before

    def test_refuses_the_wrong_stage(self, world):
        thing = self.in_the_wrong_stage(world)
        if thing is None:
            move = transition(self.noun, self.verb)
            assert begins(self.noun, self.verb) or self.noun is Noun.CASE or move.before == set(STAGES[self.noun])
            return
        stage, before = thing.stage, self.recorded()
        with pytest.raises(TURNED_AWAY):
            self.do(world, thing, self.by(world))
        assert type(thing)._default_manager.get(pk=thing.pk).stage == stage
        assert self.recorded() == before

    def test_records_the_event(self, world):
        thing = self.given(world)
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.do(world, thing, self.by(world))
        kind = events.kind_of(self.noun, self.verb)
        event = Event.objects.get(pk__gt=last, kind=kind)
        by = self.by(world)
        assert (event.by, event.by_agency) == (by.user, by.agency)
        assert events.sentence(event)

    def test_survives_being_done_twice(self, world):
        thing = self.given(world)
        first = self.do(world, thing, self.by(world))
        before = self.recorded()
        if self.twice_is_once:
            assert self.do(world, thing, self.by(world)) == first
        else:
            with pytest.raises(TURNED_AWAY):
                self.do(world, self.again(thing), self.by(world))
        assert self.recorded() == before

    # --- for them -------------------------------------------------------------------------------------------------

    def by(self, world: worlds.World) -> Actor:
        return Actor(name=self.doer) if self.doer in {"public", "worker"} else world.people[self.doer]

    def again(self, thing: Any) -> Any:
        return type(thing)._default_manager.get(pk=thing.pk)

    def recorded(self) -> int:
        return Event.objects.count()


@pytest.fixture
def world(db):
    return worlds.staffed()
