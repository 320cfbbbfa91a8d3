from referrals.actions.concern.review import review
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestReviewAConcern(Five):
    noun, verb = Noun.CONCERN, Verb.REVIEW
    wrong_people = ("lead", "officer", "early help")

    def given(self, world):
        return worlds.received_concern()

    def do(self, world, concern, by):
        return review(concern, by=by)

    def then(self, world, concern, result):
        assert result.stage == "reviewing"

    def in_the_wrong_stage(self, world):
        return review(worlds.received_concern(), by=world.duty)
