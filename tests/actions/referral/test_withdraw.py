from referrals.actions.referral.accept import accept
from referrals.actions.referral.withdraw import withdraw
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestWithdrawAReferral(Five):
    noun, verb = Noun.REFERRAL, Verb.WITHDRAW
    doer = "lead"
    wrong_people = ("other lead", "duty")

    def given(self, world):
        return worlds.sent_referral(world)

    def do(self, world, referral, by):
        return withdraw(referral, by=by, reason="She is back")

    def then(self, world, referral, result):
        assert (result.stage, result.due_on) == ("withdrawn", None)

    def in_the_wrong_stage(self, world):
        return accept(worlds.sent_referral(world), by=world.duty, lead=world.officer.user)
