"""Whoever must not see a child does not see it arrive again, before anybody has decided who it is."""

import uuid

import pytest

from portal.accounts import identity
from portal.accounts.actor import Actor
from referrals import policy
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.lift_conflict import lift_conflict
from referrals.actions.case.restrict import restrict
from referrals.actions.concern.accept import accept as accept_concern
from referrals.actions.concern.raise_ import raise_
from referrals.models import Case, Concern, Event, Referral
from tests import worlds

WHY = "She lives next door to them."


@pytest.fixture
def case(world):
    return worlds.opened_case(world)


def again(world, case, **changed) -> Referral:
    """Another referral about the same child."""
    child = case.child
    said = {
        "first_name": child.first_name,
        "last_name": child.last_name,
        "date_of_birth": child.date_of_birth.isoformat(),
    }
    return worlds.sent_referral(world, seed=1, **{**said, "upn": child.upn, **changed})


def told(case, **changed) -> Concern:
    child = case.child
    said = {
        "raiser_type": "parent",
        "child_first_name": child.first_name.upper(),
        "child_last_name": child.last_name,
        "child_dob": child.date_of_birth.isoformat(),
        **changed,
    }
    return raise_(said, by=Actor.public(), submission_key=uuid.uuid4())


def sees(actor, *things) -> list[bool]:
    with identity.as_actor(actor):
        found = []
        for thing in things:
            model = type(thing)
            listed = model._default_manager.filter(pk__in=policy.visible_to(actor, model).values("pk"), pk=thing.pk)
            found.append(listed.exists())
        return found


def test_a_conflict_holds_for_what_arrives_about_the_child_and_for_nobody_else(world, case):
    declare_conflict(case, by=world.duty, reason=WHY)
    referral, concern = again(world, case), told(case)
    other = worlds.sent_referral(world, seed=2)
    assert sees(world.duty, referral, concern, other) == [False, False, True]
    assert sees(world.officer, referral, concern, other) == [True, True, True]
    assert not policy.allowed(world.duty, Referral.objects.get(pk=referral.pk))
    event = Event.objects.filter(referral=referral).first()
    assert world.duty.user not in policy.holders("view", event)
    assert sees(world.duty, event) == [False]


def test_a_colleague_of_the_school_who_must_not_see_the_child_does_not_see_it_referred_again(world, case):
    senco = world.people["senco"]
    restrict(case, by=world.manager, from_user=senco.user, reason="She is the child's aunt")
    referral = again(world, case)
    assert sees(senco, referral) == [False]
    assert sees(world.lead, referral) == [True]


def test_what_waits_already_is_kept_from_her_when_she_declares(world, case):
    referral, concern = again(world, case), told(case)
    assert sees(world.duty, referral, concern) == [True, True]
    declare_conflict(case, by=world.duty, reason=WHY)
    assert sees(world.duty, referral, concern) == [False, False]
    lift_conflict(case, by=world.manager, person=world.duty.user)
    assert sees(world.duty, referral, concern) == [True, True]


def test_a_name_and_a_birthday_are_enough_and_a_name_alone_is_not(world, case):
    declare_conflict(case, by=world.duty, reason=WHY)
    assert sees(world.duty, told(case)) == [False]
    assert sees(world.duty, told(case, child_dob="2001-01-01", child_first_name="Nobody")) == [True]


def test_what_came_before_the_child_was_known_is_kept_from_her_once_it_is(world):
    words = {
        "child_first_name": "Quill", "child_last_name": "Tamsin", "child_dob": "2014-05-06", "raiser_type": "parent",
    }  # fmt: skip
    first = raise_(words, by=Actor.public(), submission_key=uuid.uuid4())
    second = raise_(words, by=Actor.public(), submission_key=uuid.uuid4())
    accept_concern(first, by=world.duty, lead=world.officer.user)
    opened = Case.objects.get(concerns=first)
    declare_conflict(opened, by=world.duty, reason=WHY)
    assert sees(world.duty, first, second) == [False, False]


def test_once_it_is_decided_who_it_is_the_guess_counts_no_longer(world, case):
    declare_conflict(case, by=world.duty, reason=WHY)
    concern = told(case)
    accept_concern(concern, by=world.manager, lead=world.officer.user)  # a new child: not who we took it for
    assert sees(world.duty, concern) == [True]
