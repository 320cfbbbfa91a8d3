import pytest

from portal.audit.models import Entry
from referrals import policy, protection
from referrals.actions._input import BadInput
from referrals.actions.case.restrict import restrict
from referrals.actions.case.reveal import reveal
from referrals.models import Event
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five

WHY = "I visit them this afternoon."


class TestReveal(Five):
    noun, verb = Noun.CASE, Verb.REVEAL
    doer = "early help"
    wrong_people = ("trust lead", "other lead", "editor", "dpo")

    def given(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        carer = self.carer(case)
        carer.address, carer.phone = "4 Safe Lane", "07700 900123"
        carer.save()
        return restrict(
            case,
            by=world.dsl,
            protects=carer,
            from_user=world.early_help_colleague.user,
            covers={"address", "contact"},
            reason="There is a court order.",
        )

    def carer(self, case):
        return case.child.carers.order_by("pk").first()

    def detail(self, case, column="address"):
        return protection.named(self.carer(case), column)

    def do(self, world, case, by):
        return reveal(case, by=by, detail=self.detail(case), reason=WHY)

    def then(self, world, case, result):
        assert result == "4 Safe Lane"

    def test_survives_being_done_twice(self, world):
        """Each time it is read is another time that somebody learned it: both are written down."""
        case = self.given(world)
        assert self.do(world, case, self.by(world)) == self.do(world, case, self.by(world))
        assert Event.objects.filter(kind="revealed").count() == 2
        assert Entry.objects.filter(action="reveal", reference=case.reference).count() == 2

    def test_who_read_what_and_why_is_in_the_trail_and_what_it_says_is_not(self, world):
        case = self.given(world)
        self.do(world, case, world.people["early help"])
        row = Entry.objects.get(action="reveal")
        assert (row.user_id, row.reference, row.why) == (world.people["early help"].user.pk, case.reference, WHY)
        assert (row.about, row.rule) == (str(case.child_id), self.detail(case))
        kept = [*Entry.objects.values_list(), *Event.objects.values_list()]
        assert not any("4 Safe Lane" in str(value) for values in kept for value in values)

    def test_a_reason_under_10_characters_is_none(self, world):
        case = self.given(world)
        for reason in ("", "Because", "x" * 9, "   " + "x" * 9 + "   ", "x" * 401):
            with pytest.raises(BadInput, match="reason"):
                reveal(case, by=world.officer, detail=self.detail(case), reason=reason)
        assert not Entry.objects.filter(action="reveal").exists()
        assert reveal(case, by=world.officer, detail=self.detail(case), reason="x" * 10) == "4 Safe Lane"

    def test_only_what_is_protected_on_this_case_is_a_detail(self, world):
        case, other = self.given(world), worlds.opened_case(world, seed=4)
        for on, detail in ((case, "school"), (case, "carer-0-address"), (case, "x"), (other, self.detail(case))):
            with pytest.raises(BadInput, match="protected detail"):
                reveal(on, by=world.officer, detail=detail, reason=WHY)
        assert not Entry.objects.filter(action="reveal").exists()

    def test_the_adult_from_whom_it_is_kept_cannot(self, world):
        case = self.given(world)
        with pytest.raises(policy.Invisible):
            self.do(world, case, world.early_help_colleague)
        assert not Entry.objects.filter(action="reveal").exists()
