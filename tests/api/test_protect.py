"""Restrictions and protected details over the API."""

import pytest
from django.test import Client

from portal.accounts import limits
from portal.audit.models import Entry
from referrals import policy, protection
from referrals.models import IdempotencyKey, Restriction
from tests import worlds
from tests.accounts import hands

WHY = "There is a court order."


@pytest.fixture
def case(world):
    case = worlds.opened_case(world, joined=("early help",))
    carer = case.child.carers.order_by("pk").first()
    carer.address = "4 Safe Lane"
    carer.save()
    return case


def of(case, verb: str) -> str:
    return f"/api/v1/cases/{case.reference}/{verb}/"


def carer(case):
    return case.child.carers.order_by("pk").first()


def sent(world, case, **more):
    email = world.early_help_colleague.user.email
    return {"protects": carer(case).pk, "from_user": email, "covers": ["address"], "reason": WHY, **more}


def test_set_by_one_asked_by_one_ended_by_another(api, world, case):
    answer = api("dsl").post(of(case, "restrict"), sent(world, case), format="json")
    assert answer.status_code == 200, answer.content
    assert not policy.allowed(world.early_help_colleague, case)
    number = Restriction.objects.get().pk
    asked = api("dsl").post(of(case, "ask_to_lift"), {"reason": "The order has ended."}, format="json")
    assert asked.status_code == 200, asked.content
    assert api("dsl").post(of(case, "lift"), {"restriction": number}, format="json").status_code == 403
    assert Restriction.objects.in_force().exists()
    assert api("manager").post(of(case, "lift"), {}, format="json").status_code == 200
    assert not Restriction.objects.in_force().exists()


def test_what_is_wrong_is_said_beside_its_field(api, world, case):
    for wrong, field in (
        ({"protects": 0}, "protects"),
        ({"from_carer": 0}, "from_carer"),
        ({"from_user": "nobody@example.org"}, "from_user"),
        ({"from_user": ""}, "from_carer"),
        ({"covers": []}, "covers"),
        ({"reason": "Too short"}, "reason"),
    ):
        answer = api("dsl").post(of(case, "restrict"), sent(world, case, **wrong), format="json")
        assert answer.status_code == 400
        assert set(answer.json()["errors"]) == {field}, wrong
    assert not Restriction.objects.exists()


def test_no_program_finds_out_by_it_who_works_here(api, world, case):
    for number in range(limits.NAMED.failures):
        wrong = sent(world, case, from_user=f"person{number}@example.org")
        assert api("dsl").post(of(case, "restrict"), wrong, format="json").status_code == 400
    for email in (world.early_help_colleague.user.email, "nobody@example.org"):
        answer = api("dsl").post(of(case, "restrict"), sent(world, case, from_user=email), format="json")
        assert (answer.status_code, "You have named many people" in answer.json()["detail"]) == (429, True)
    assert not Restriction.objects.exists()
    assert api("officer").post(of(case, "restrict"), sent(world, case), format="json").status_code == 200


def test_a_browser_confirms_that_it_is_still_her_and_a_token_was_got_with_a_code(world, case):
    client = Client()
    client.force_login(world.dsl.user)
    post = {"data": sent(world, case), "content_type": "application/json"}
    assert client.post(of(case, "restrict"), **post).status_code == 403
    assert not Restriction.objects.exists()
    assert hands.confirmed(client).post(of(case, "restrict"), **post).status_code == 200


def test_one_detail_is_answered_with_a_reason_and_kept_nowhere(api, world, case):
    api("dsl").post(of(case, "restrict"), sent(world, case), format="json")
    said = {"detail": protection.named(carer(case), "address"), "reason": "I visit them today."}
    client = api("early help")
    for _ in range(2):
        answer = client.post(of(case, "reveal"), said, format="json", headers={"Idempotency-Key": "one"})
        assert answer.json() == {"detail": said["detail"], "words": "4 Safe Lane"}
        assert answer["Cache-Control"] == "no-store"
    rows = Entry.objects.filter(action="reveal")
    assert [(row.channel, row.why) for row in rows] == [("api", said["reason"])] * 2
    assert not IdempotencyKey.objects.filter(key="one").exists()
    for wrong in ({**said, "reason": "Because"}, {**said, "detail": "school"}, {"detail": said["detail"]}):
        assert client.post(of(case, "reveal"), wrong, format="json").status_code == 400
    for name, status in (("trust lead", 403), ("early help colleague", 404), ("other lead", 404)):
        answer = api(name).post(of(case, "reveal"), said, format="json")
        assert answer.status_code == status, name
        assert b"4 Safe Lane" not in answer.content
    assert rows.count() == 2


def test_without_the_story_no_day_says_when_something_happened(api, world, case):
    shares = {"sections": ["attendance"]}
    asked = {"agency": world.agencies["Voluntary"].slug, "purpose": "Mentoring", **shares}
    assert api("officer").post(of(case, "invite"), asked, format="json").status_code == 200
    assert api("sections partner").post(of(case, "join"), {}, format="json").status_code == 200
    for address in (f"/api/v1/cases/{case.reference}/", "/api/v1/cases/"):
        for name, told in (("officer", True), ("early help", True), ("sections partner", False)):
            said = api(name).get(address).json()
            row = next(iter(said.get("results", [said])))
            assert bool(row["first_contact_by"]) == bool(row["last_activity"]) == told, (address, name)
