from referrals import policy
from referrals.actions.concern.accept import accept
from referrals.actions.concern.declare_conflict import declare_conflict
from referrals.models import Case
from referrals.workflow import Noun
from tests import worlds
from tests.actions.of_conflicts import NEIGHBOUR, Declares


class TestDeclareAConflictWithAConcern(Declares):
    noun = Noun.CONCERN
    wrong_people = ("lead", "editor", "early help")
    action = staticmethod(declare_conflict)

    def given(self, world):
        return worlds.received_concern()

    def test_it_comes_along_to_the_case(self, world):
        concern = self.given(world)
        declare_conflict(concern, by=world.manager, reason=NEIGHBOUR)
        accept(concern, by=world.duty, lead=world.officer.user)
        case = Case.objects.get(concerns=concern)
        assert case not in policy.visible_to(world.manager, Case)
        assert case in policy.visible_to(world.officer, Case)
