from referrals import policy
from referrals.actions.concern.accept import accept
from referrals.actions.concern.decline import decline
from referrals.models import Carer, Case, Event, Grant
from referrals.workflow import Noun, Verb
from tests import worlds
from tests.actions.five import Five


class TestAcceptAConcern(Five):
    noun, verb = Noun.CONCERN, Verb.ACCEPT
    wrong_people = ("lead", "officer", "early help")

    def given(self, world):
        return worlds.received_concern(world.agencies["Hillside"])

    def do(self, world, concern, by):
        return accept(concern, by=by, lead=world.officer.user, aim="Back for mornings")

    def then(self, world, concern, result):
        case = Case.objects.get(pk=result.case_id)
        assert (result.stage, case.stage, case.lead) == ("linked_to_case", "open", world.officer.user)
        assert case.child.carers.count() == 1
        assert not Grant.everything.filter(content_object=case).exists(), "the school is not told by itself"

    def in_the_wrong_stage(self, world):
        return decline(worlds.received_concern(), by=world.duty, reason="advice_given", advice="Ask for a meeting.")

    def test_the_duty_officer_may_recognise_the_child(self, world):
        known = worlds.opened_case(world)
        concern = accept(self.given(world), by=world.duty, lead=world.officer.user, child=known.child)
        assert concern.case == known

    def test_what_is_not_safe_is_blocked(self, world):
        concern = worlds.received_concern(safe_to_voicemail="no", contact_channels=["phone"])
        carer = accept(concern, by=world.duty, lead=world.officer.user).case.child.carers.get()
        assert carer.safe_to_call
        assert not (carer.safe_to_leave_message or carer.safe_to_text or carer.safe_to_write)

    def test_agencies_on_the_case_do_not_learn_that_somebody_raised_a_concern(self, world):
        case = worlds.opened_case(world, joined=("early help",))
        concern = worlds.received_concern(share_with_school="no", raiser_name="Rob Who Asked")
        accept(concern, by=world.duty, lead=world.officer.user, child=case.child)
        assert not Event.objects.filter(case=case, kind="concern_accepted").exists()
        assert not case.child.carers.filter(name="Rob Who Asked").exists()
        for name in ("lead", "early help"):
            assert not policy.visible_to(world.people[name], Event).filter(concern__isnull=False).exists()

    def test_nobody_can_replace_a_carers_safe_contact_rules_by_raising_a_concern(self, world):
        case = worlds.opened_case(world)
        carer = case.child.carers.get()
        Carer.objects.filter(pk=carer.pk).update(
            phone="01632 960 111", safe_to_call=False, safe_to_text=False, safe_contact_detail="Never ring."
        )
        concern = worlds.received_concern(
            raiser_name=carer.name.upper(), phone="07700 900 666", contact_channels=["phone"], safe_to_call="yes"
        )
        accept(concern, by=world.duty, lead=world.officer.user, child=case.child)
        kept = Carer.objects.get(pk=carer.pk)
        assert (kept.phone, kept.safe_to_call, kept.safe_contact_detail) == ("01632 960 111", False, "Never ring.")
        assert case.child.carers.count() == 1
