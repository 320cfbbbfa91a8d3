import datetime

import pytest

from referrals import policy
from referrals.actions._grant import Invitation
from referrals.actions._input import BadInput
from referrals.actions.case.close import close
from referrals.actions.case.invite import invite
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestInviteToACase(Five):
    noun, verb = Noun.CASE, Verb.INVITE
    doer = "officer"
    wrong_people = ("lead", "early help", "other lead")

    def given(self, world):
        return worlds.opened_case(world)

    def do(self, world, case, by):
        return invite(case, by=by, invitation=Invitation(world.agencies["SEN"], "Advice on needs"))

    def then(self, world, case, result):
        assert policy.allowed(world.sen, case) == {Verb.JOIN, Verb.REFUSE}

    def in_the_wrong_stage(self, world):
        return close(worlds.opened_case(world), by=world.officer, outcome="better", what_helped="A quiet start")

    def test_a_purpose_and_a_day_that_has_not_passed(self, world):
        yesterday = datetime.date.today() - datetime.timedelta(days=1)
        for purpose, until in ((" ", None), ("Advice", yesterday)):
            with pytest.raises(BadInput):
                invite(
                    self.given(world) if purpose == " " else worlds.opened_case(world, seed=9),
                    by=world.officer,
                    invitation=Invitation(world.agencies["SEN"], purpose, until),
                )

    def test_a_trust_comes_in_by_its_schools_and_the_team_is_on_every_case(self, world):
        case = self.given(world)
        for name in ("Trust", "attendance team", "Council"):
            with pytest.raises(BadInput):
                invite(case, by=world.officer, invitation=Invitation(world.agencies[name], "Advice"))
