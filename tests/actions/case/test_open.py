from referrals.actions.case.open import open_
from referrals.models import Case, Child
from referrals.workflow import Noun, Verb
from tests.actions.five import Five


class TestOpenACase(Five):
    noun, verb = Noun.CASE, Verb.OPEN
    wrong_people = ("lead", "officer", "early help")

    def given(self, world):
        return Child.objects.create(first_name="Maya", last_name="Barrow", school=world.agencies["Hillside"])

    def do(self, world, child, by):
        return open_(child, by=by, lead=world.officer.user, aim="Back for mornings")

    def then(self, world, child, case):
        assert (case.stage, case.child, case.school) == ("open", child, world.agencies["Hillside"])
        assert case.first_contact_by

    def test_survives_being_done_twice(self, world):
        """One open case a child: the database itself refuses a second."""
        import pytest
        from django.db import IntegrityError, transaction

        child = self.given(world)
        self.do(world, child, world.duty)
        with pytest.raises(IntegrityError), transaction.atomic():
            self.do(world, child, world.duty)
        assert Case.objects.count() == 1
