import uuid

from referrals.actions.referral.start import start
from referrals.models import Referral
from referrals.workflow import Noun, Verb
from tests.actions.five import Five


class TestStartAReferral(Five):
    noun, verb = Noun.REFERRAL, Verb.START
    doer = "lead"
    wrong_people = ("duty", "early help", "trust lead")
    twice_is_once = True
    key = uuid.UUID(int=8)

    def do(self, world, thing, by):
        return start(by=by, submission_key=self.key)

    def then(self, world, thing, draft):
        assert (draft.stage, draft.school, draft.started_by) == ("draft", world.agencies["Hillside"], world.lead.user)
        assert draft.reference.startswith("R-")
        assert Referral.objects.count() == 1
