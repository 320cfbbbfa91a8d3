from referrals import policy
from referrals.actions._grant import Invitation
from referrals.actions.case.add_note import add_note
from referrals.actions.case.close import close
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.actions.case.remove import remove
from referrals.models import Case, Note
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestRemoveFromACase(Five):
    noun, verb = Noun.CASE, Verb.REMOVE
    doer = "officer"
    wrong_people = ("lead", "early help", "other lead")

    def given(self, world):
        return worlds.opened_case(world, joined=("early help",))

    def do(self, world, case, by):
        return remove(case, by=by, agency=world.agencies["Early Help"], reason="Work finished")

    def then(self, world, case, result):
        assert not policy.allowed(world.early_help_colleague, case)
        assert case not in policy.visible_to(world.early_help_colleague, Case)

    def in_the_wrong_stage(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        return close(case, by=world.officer, outcome="better", what_helped="A quiet start")

    def test_what_they_wrote_stays_and_they_no_longer_read_it(self, world):
        case = self.given(world)
        eh = world.people["early help"]
        note = add_note(case, by=eh, body="Ours", visibility="agency")
        self.do(world, case, world.officer)
        assert Note.objects.filter(pk=note.pk).exists()
        assert note not in policy.visible_to(eh, Note)

    def test_they_can_be_invited_again(self, world):
        case = self.given(world)
        self.do(world, case, world.officer)
        invite(case, by=world.officer, invitation=Invitation(world.agencies["Early Help"], "Second round"))
        join(case, by=world.people["early help"])
        assert case in policy.visible_to(world.people["early help"], Case)
