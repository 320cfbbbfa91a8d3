from referrals import policy
from referrals.actions.case.join import join
from referrals.models import Case, Grant
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestJoinACase(Five):
    noun, verb = Noun.CASE, Verb.JOIN
    doer = "sen"
    wrong_people = ("early help", "other lead", "duty", "lead")

    def given(self, world):
        return worlds.opened_case(world, invited=("SEN",))

    def do(self, world, case, by):
        return join(case, by=by)

    def then(self, world, case, result):
        assert case in policy.visible_to(world.sen, Case)
        assert Grant.objects.get(content_object=case, group=world.agencies["SEN"].group).joined_by == world.sen.user
