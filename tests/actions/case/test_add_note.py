import datetime
import uuid

import pytest

from referrals import policy
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput
from referrals.actions.case.add_note import add_note
from referrals.actions.case.close import close
from referrals.models import Case, Grant, Note
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestAddANote(Five):
    noun, verb = Noun.CASE, Verb.ADD_NOTE
    doer = "early help"
    wrong_people = ("sen", "trust lead", "other lead")
    twice_is_once = True
    key = uuid.UUID(int=9)

    def given(self, world):
        return worlds.opened_case(world, invited=("SEN",), joined=("early help",))

    def do(self, world, case, by):
        return add_note(case, by=by, body="  Home visit went well.\r\nTea was had. ", submission_key=self.key)

    def then(self, world, case, note):
        assert note.body == "Home visit went well.\nTea was had."
        assert (note.author, note.agency) == (world.people["early help"].user, world.agencies["Early Help"])

    def in_the_wrong_stage(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        return close(case, by=world.officer, outcome="better", what_helped="A quiet start")

    def test_each_visibility_is_read_by_exactly_its_people(self, world):
        case = worlds.opened_case(world, joined=("sen", "early help"))
        eh = world.people["early help"]
        to_all = add_note(case, by=eh, body="All")
        ours = add_note(case, by=eh, body="Ours", visibility="agency")
        named = add_note(case, by=eh, body="You", visibility="named", people=[world.sen.user])
        readers = {
            "officer": {to_all},
            "lead": {to_all},
            "head": {to_all},
            "sen": {to_all, named},
            "early help": {to_all, ours, named},
            "early help colleague": {to_all, ours},
            "other lead": set(),
            "dpo": set(),
        }
        for name, notes in readers.items():
            assert set(policy.visible_to(world.people[name], Note)) == notes, name

    def test_bad_input_says_what_to_do(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        eh = world.people["early help"]
        tomorrow = datetime.date.today() + datetime.timedelta(days=1)
        for sentence, given in {
            "Enter your note": {"body": " \n "},
            "Your note must be 4,000 characters or fewer": {"body": "x" * 4001},
            "Select who can see this note": {"body": "x", "visibility": "everyone"},
            "Choose at least one person": {"body": "x", "visibility": "named"},
            "Choose people who are on this case": {
                "body": "x",
                "visibility": "named",
                "people": [world.other_lead.user],
            },
            "The date of contact must be today or in the past": {"body": "x", "occurred_on": tomorrow},
        }.items():
            with pytest.raises(BadInput, match=sentence):
                add_note(case, by=eh, **given)
        assert not Note.objects.exists()

    def test_the_case_moves_to_the_top_of_every_work_list(self, world):
        case = self.given(world)
        before = case.last_activity
        self.do(world, case, world.people["early help"])
        moved = Case.objects.get(pk=case.pk).last_activity
        assert moved > before
        assert set(Grant.everything.filter(content_object=case).values_list("last_activity", flat=True)) == {moved}

    def test_it_costs_few_queries(self, world, django_assert_max_num_queries):
        case = self.given(world)
        with django_assert_max_num_queries(10):
            add_note(case, by=world.people["early help"], body="Quick", submission_key=uuid.uuid4())

    def test_somebody_elses_key_gives_nothing_of_theirs(self, world):
        case = self.given(world)
        self.do(world, case, world.people["early help"])
        with pytest.raises(Conflict):
            add_note(case, by=world.officer, body="Mine", submission_key=self.key)
        assert Note.objects.count() == 1
