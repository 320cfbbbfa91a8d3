import datetime

from portal.accounts.actor import Actor
from referrals import policy
from referrals.actions._grant import Invitation
from referrals.actions.case.expire import expire, expire_all
from referrals.actions.case.invite import invite
from referrals.models import Case, Event, Grant
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestExpireAParticipation(Five):
    noun, verb = Noun.CASE, Verb.EXPIRE
    doer = "worker"
    wrong_people = ("officer", "lead", "manager")

    def given(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        yesterday = datetime.date.today() - datetime.timedelta(days=1)
        Grant.everything.filter(group=world.agencies["Early Help"].group).update(until=yesterday)
        return case

    def do(self, world, case, by):
        return expire(case, by=by)

    def then(self, world, case, result):
        assert not Grant.everything.filter(group=world.agencies["Early Help"].group).exists()

    def test_survives_being_done_twice(self, world):
        """The worker only goes to cases where something has ended: the second time there are none."""
        self.given(world)
        assert expire_all(by=Actor.machine("worker")) == 1
        assert expire_all(by=Actor.machine("worker")) == 0
        assert Event.objects.filter(kind="expired").count() == 1

    def test_nobody_looks_on_the_day_after_even_before_the_worker_has_been(self, world):
        case = self.given(world)
        eh = world.people["early help"]
        assert case not in policy.visible_to(eh, Case)
        assert not policy.allowed(eh, case)
        assert eh.user not in policy.holders(Verb.VIEW, case)

    def test_the_last_day_itself_still_counts(self, world):
        case = self.given(world)
        Grant.everything.filter(group=world.agencies["Early Help"].group).update(until=datetime.date.today())
        assert case in policy.visible_to(world.people["early help"], Case)
        assert expire_all(by=Actor.machine("worker")) == 0

    def test_being_asked_again_before_the_worker_has_been_leaves_the_end_on_record(self, world):
        case = self.given(world)
        invite(case, by=world.officer, invitation=Invitation(world.agencies["Early Help"], "Second round"))
        assert list(Event.objects.filter(case=case).values_list("kind", flat=True))[-2:] == ["expired", "invited"]
