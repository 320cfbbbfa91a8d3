import datetime

from django.utils import timezone

from portal.accounts.actor import Actor
from referrals import policy
from referrals.actions.case.break_glass import break_glass
from referrals.actions.case.end_break_glass import end_all, end_break_glass
from referrals.events import Kind
from referrals.models import BreakGlass, Case, Event
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.case.test_break_glass import WHY
from tests.actions.five import Five

HOURS_AGO = datetime.timedelta(hours=2)


class TestEndEmergencyAccess(Five):
    noun, verb = Noun.CASE, Verb.END_BREAK_GLASS
    doer = "health"
    wrong_people = ("lead", "officer", "dpo")

    def given(self, world):
        case = worlds.opened_case(world)
        break_glass(case, by=world.health, reason=WHY)
        return case

    def do(self, world, case, by):
        return end_break_glass(case, by=by)

    def then(self, world, case, result):
        assert case not in policy.visible_to(world.health, Case)
        assert BreakGlass.objects.get().ended_at

    def test_a_manager_ends_it(self, world):
        case = self.given(world)
        end_break_glass(case, by=world.manager)
        assert case not in policy.visible_to(world.health, Case)

    def test_hers_alone_ends(self, world):
        case = self.given(world)
        break_glass(case, by=world.sen, reason=WHY)
        end_break_glass(case, by=world.health)
        assert case in policy.visible_to(world.sen, Case)

    def test_the_worker_records_that_the_hour_is_over_once_and_nothing_before(self, world):
        case = self.given(world)
        worker = Actor.machine("worker")
        assert end_all(by=worker) == 0
        past = timezone.now() - HOURS_AGO
        BreakGlass.objects.update(since=past, ends_at=past + datetime.timedelta(minutes=60))
        assert end_all(by=worker) == 1
        assert end_all(by=worker) == 0
        glass = BreakGlass.objects.get()
        assert glass.ended_at == glass.ends_at
        event = Event.objects.get(kind=Kind.GLASS_ENDED, case=case)
        assert (event.by, event.by_machine, event.agency) == (None, "worker", world.agencies["Health"])
