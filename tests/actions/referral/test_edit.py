import pytest

from portal.demo.answers import referral_answers
from referrals.actions._change import Conflict
from referrals.actions.referral.edit import edit
from referrals.actions.referral.start import start
from referrals.models import Event, Referral
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestEditAReferral(Five):
    noun, verb = Noun.REFERRAL, Verb.EDIT
    doer = "colleague"
    wrong_people = ("other lead", "duty", "early help")

    def given(self, world):
        return start(by=world.lead)

    def do(self, world, draft, by):
        return edit(draft, by=by, task="pupil", answers=referral_answers(3)["pupil"])

    def then(self, world, draft, result):
        pupil = referral_answers(3)["pupil"]
        assert (result.child_first_name, result.upn) == (pupil["first_name"], pupil["upn"])
        assert result.answers["pupil"] == pupil

    def in_the_wrong_stage(self, world):
        return worlds.sent_referral(world)

    def test_survives_being_done_twice(self, world):
        """The same answers again are the same answers."""
        draft = self.given(world)
        self.do(world, draft, world.lead)
        self.do(world, draft, world.lead)
        assert Event.objects.filter(referral=draft, kind="edited").count() == 2
        assert Referral.objects.get().answers["pupil"] == referral_answers(3)["pupil"]

    def test_a_colleagues_newer_answer_is_not_overwritten(self, world):
        draft = self.given(world)
        seen = draft.version
        edit(draft, by=world.colleague, task="voices", answers={"child_words": "hers"}, version=seen)
        with pytest.raises(Conflict):
            edit(draft, by=world.lead, task="voices", answers={"child_words": "mine"}, version=seen)
        assert Referral.objects.get().answers["voices"] == {"child_words": "hers"}

    def test_different_tasks_never_conflict(self, world):
        draft = self.given(world)
        seen = draft.version
        edit(draft, by=world.colleague, task="voices", answers={"child_words": "hers"}, version=seen)
        edit(draft, by=world.lead, task="asking", answers={"asks": ["advice"]}, version=seen)
        assert {"voices", "asking"} <= set(Referral.objects.get().answers)
