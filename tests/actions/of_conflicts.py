"""What is true of a conflict of interest, on whatever it is declared: a case, a referral, a concern."""

from __future__ import annotations

import pytest

from referrals import policy
from referrals.actions._input import BadInput
from referrals.models import ConflictOfInterest
from referrals.workflow import Verb
from tests.actions.five import Five

NEIGHBOUR = "The family lives next door to her."


class Declares(Five):
    verb = Verb.DECLARE_CONFLICT
    doer = "officer"
    action: staticmethod

    def do(self, world, thing, by):
        return self.action(thing, by=by, reason=NEIGHBOUR)

    def then(self, world, thing, result):
        assert thing not in policy.visible_to(world.officer, type(thing))
        assert not policy.allowed(world.officer, thing)
        assert thing in policy.visible_to(world.duty, type(thing))

    def test_a_manager_declares_it_about_somebody_else_and_nobody_else_may(self, world):
        thing = self.given(world)
        for name in ("duty", "officer"):
            with pytest.raises(policy.Refused, match="Ask your manager"):
                self.action(thing, by=world.people[name], person=world.manager.user, reason=NEIGHBOUR)
        self.action(thing, by=world.manager, person=world.duty.user, reason=NEIGHBOUR)
        assert thing not in policy.visible_to(world.duty, type(thing))
        assert thing in policy.visible_to(world.manager, type(thing))
        kept = ConflictOfInterest.objects.get()
        assert (kept.user, kept.declared_by, kept.reason) == (world.duty.user, world.manager.user, NEIGHBOUR)

    def test_declared_about_the_same_person_twice_it_is_one(self, world):
        thing = self.given(world)
        self.action(thing, by=world.manager, person=world.duty.user)
        with pytest.raises(BadInput, match="already"):
            self.action(thing, by=world.manager, person=world.duty.user)
        assert ConflictOfInterest.objects.count() == 1


class Lifts(Five):
    verb = Verb.LIFT_CONFLICT
    doer = "manager"
    wrong_people = ("lead", "duty", "officer", "early help")
    declare: staticmethod
    action: staticmethod

    def make(self, world):
        """The thing, before anybody has a conflict with it."""
        raise AssertionError("each noun says what it is")

    def given(self, world):
        thing = self.make(world)
        self.declare(thing, by=world.manager, person=world.duty.user, reason=NEIGHBOUR)
        return self.again(thing)

    def do(self, world, thing, by):
        return self.action(thing, by=by, person=world.duty.user)

    def then(self, world, thing, result):
        assert thing in policy.visible_to(world.duty, type(thing))
        ended = ConflictOfInterest.objects.get()
        assert (ended.lifted_by, ended.lifted_at is not None) == (world.manager.user, True)

    def test_never_by_the_person_it_is_about(self, world):
        thing = self.make(world)
        self.declare(thing, by=world.manager, reason=NEIGHBOUR)
        with pytest.raises(policy.Refused):
            self.action(thing, by=world.manager, person=world.manager.user)
        assert ConflictOfInterest.objects.in_force().count() == 1

    def test_it_says_whose_it_is(self, world):
        with pytest.raises(BadInput, match="Select whose"):
            self.action(self.given(world), by=world.manager, person=None)
