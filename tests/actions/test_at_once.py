"""Two people, or one impatient finger, at the same moment, on a real PostgreSQL: one thing happens, and no crash."""

import threading
import uuid

import pytest
from django.db import connection

from portal.accounts.actor import Actor
from portal.demo.answers import concern_answers
from referrals import policy
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput
from referrals.actions.case.add_note import add_note
from referrals.actions.concern.raise_ import raise_
from referrals.actions.referral.accept import accept
from referrals.actions.referral.decline import decline
from referrals.models import Case, Child, Concern, Note, Referral
from tests import worlds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TURNED_AWAY = (policy.Refused, Conflict, BadInput)


def at_once(*doings):
    """Do each in a thread of its own, started together; what each gave, or the polite refusal it met."""
    gate, results = threading.Barrier(len(doings)), [None] * len(doings)

    def work(place, do):
        try:
            gate.wait(10)
            results[place] = do()
        except TURNED_AWAY as refused:
            results[place] = refused
        except Exception as crash:
            results[place] = AssertionError(repr(crash))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        assert not isinstance(result, AssertionError), result
    return results


@pytest.fixture
def world():
    return worlds.staffed()


def again(thing):
    return type(thing)._default_manager.get(pk=thing.pk)


def test_two_decisions_on_one_referral(world):
    for seed in range(4):
        sent = worlds.sent_referral(world, seed=seed)
        results = at_once(
            lambda s=sent: accept(again(s), by=world.duty, lead=world.officer.user),
            lambda s=sent: decline(again(s), by=world.manager, reason="duplicate", advice="See the other one."),
        )
        assert sum(isinstance(result, Referral) for result in results) == 1


def test_two_referrals_of_one_new_child(world):
    for seed in range(4):
        one, two = worlds.sent_referral(world, seed=seed), worlds.sent_referral(world, seed=seed)
        at_once(
            lambda r=one: accept(again(r), by=world.duty, lead=world.officer.user),
            lambda r=two: accept(again(r), by=world.manager, lead=world.officer.user),
        )
        assert Child.objects.filter(upn=one.upn).count() == 1
        assert Case.objects.filter(child__upn=one.upn).count() == 1


def test_a_note_sent_twice(world):
    case = worlds.opened_case(world)
    for _ in range(5):
        key = uuid.uuid4()
        results = at_once(*[lambda k=key: add_note(again(case), by=world.officer, body="Once", submission_key=k)] * 3)
        assert len({note.pk for note in results}) == 1
    assert Note.objects.count() == 5


def test_a_concern_sent_twice():
    key = uuid.uuid4()
    results = at_once(*[lambda: raise_(concern_answers(1), by=Actor.public(), submission_key=key)] * 4)
    assert len({concern.pk for concern in results}) == 1
    assert Concern.objects.count() == 1
