from referrals import policy
from referrals.actions.case.refuse import refuse
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestRefuseToJoinACase(Five):
    noun, verb = Noun.CASE, Verb.REFUSE
    doer = "sen"
    wrong_people = ("early help", "other lead", "lead")

    def given(self, world):
        return worlds.opened_case(world, invited=("SEN",))

    def do(self, world, case, by):
        return refuse(case, by=by, reason="Not known to us")

    def then(self, world, case, result):
        assert policy.allowed(world.sen, case) == frozenset()
