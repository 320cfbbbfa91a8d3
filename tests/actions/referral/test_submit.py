import pytest

from portal.demo.answers import referral_answers
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput
from referrals.actions.referral.edit import edit
from referrals.actions.referral.return_ import return_
from referrals.actions.referral.start import start
from referrals.actions.referral.submit import submit
from referrals.models import Event
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestSubmitAReferral(Five):
    noun, verb = Noun.REFERRAL, Verb.SUBMIT
    doer = "lead"
    wrong_people = ("other lead", "duty")

    def given(self, world):
        draft = start(by=world.lead)
        for task, answers in referral_answers(4).items():
            edit(draft, by=world.lead, task=task, answers=answers)
        return draft

    def do(self, world, draft, by):
        return submit(draft, by=by)

    def then(self, world, draft, result):
        assert result.stage == "submitted" and result.submitted_at and result.due_on

    def in_the_wrong_stage(self, world):
        return worlds.sent_referral(world)

    def test_an_incomplete_referral_says_what_is_missing(self, world):
        draft = start(by=world.lead)
        with pytest.raises(BadInput) as refused:
            submit(draft, by=world.lead)
        assert "pupil" in refused.value.errors and "asking" in refused.value.errors

    def test_a_returned_referral_is_sent_again(self, world):
        sent = worlds.sent_referral(world)
        first_sent = sent.submitted_at
        return_(sent, by=world.duty, items={"voices": "What does she say?"})
        submit(sent, by=world.lead)
        assert sent.submitted_at == first_sent, "it keeps its place in the queue"
        assert Event.objects.filter(referral=sent, kind="submitted").last().data == {"again": True}

    def test_what_was_checked_is_what_is_sent(self, world):
        draft = self.given(world)
        checked = draft.version
        edit(draft, by=world.colleague, task="asking", answers=referral_answers(5)["asking"])
        with pytest.raises(Conflict):
            submit(draft, by=world.lead, version=checked)
        assert submit(draft, by=world.lead, version=draft.version).stage == "submitted"
