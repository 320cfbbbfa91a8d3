import pytest

from referrals.actions._input import BadInput
from referrals.actions.concern.contact import contact
from referrals.actions.concern.decline import decline
from referrals.models import Event
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestContactAboutAConcern(Five):
    noun, verb = Noun.CONCERN, Verb.CONTACT
    doer = "officer"
    wrong_people = ("lead", "early help")

    def given(self, world):
        return worlds.received_concern()

    def do(self, world, concern, by):
        return contact(concern, by=by, outcome="spoke", outcome_note="Will ring again on Friday.")

    def then(self, world, concern, result):
        assert result.stage == "contacted"

    def in_the_wrong_stage(self, world):
        return decline(worlds.received_concern(), by=world.duty, reason="advice_given", advice="Ask for a meeting.")

    def test_survives_being_done_twice(self, world):
        """Two calls are two calls: each is recorded."""
        concern = self.given(world)
        self.do(world, concern, world.officer)
        self.do(world, concern, world.officer)
        assert Event.objects.filter(concern=concern, kind="contacted").count() == 2

    def test_an_outcome_must_be_chosen(self, world):
        with pytest.raises(BadInput):
            contact(worlds.received_concern(), by=world.duty, outcome="")
