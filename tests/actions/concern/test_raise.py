import uuid

from portal.demo.answers import concern_answers
from referrals.actions.concern.raise_ import raise_
from referrals.models import Concern
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestRaiseAConcern(Five):
    noun, verb = Noun.CONCERN, Verb.RAISE
    doer = "public"
    wrong_people = ("lead", "duty", "editor")
    twice_is_once = True
    key = uuid.UUID(int=7)

    def do(self, world, thing, by):
        return raise_(concern_answers(), by=by, submission_key=self.key, school=world.hillside_school)

    def given(self, world):
        world.things["hillside school"] = world.agencies["Hillside"]

    def then(self, world, thing, concern):
        assert concern.stage == "received"
        assert concern.reference.startswith("C-") and len(concern.reference) == 10
        assert concern.due_on is not None
        assert Concern.objects.count() == 1

    def test_words_that_may_mean_danger_are_read_first(self, world):
        calm = worlds.received_concern(own_words="She is tired in the mornings.")
        grave = worlds.received_concern(own_words="He says he will hurt himself.")
        assert (calm.risk, grave.risk) == (0, 2)
        assert grave.risk_reasons == ["Read this first: words that may mean danger"]

    def test_somebody_who_asks_us_not_to_tell_the_school_is_protected(self, world):
        assert worlds.received_concern(share_with_school="no").source_protected
