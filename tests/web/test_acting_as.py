"""A person who works at two agencies acts as one of them at a time, and sees what that one sees."""

import pytest

from portal.accounts import membership
from tests import worlds

ACT_AS = "/workspace/act-as/"


@pytest.fixture
def world(db):
    return worlds.staffed()


def test_she_chooses_and_sees_what_that_agency_sees(world, client):
    case = worlds.opened_case(world, joined=("early help",))
    user = world.people["other lead"].user
    at_early_help = membership.join(user, world.agencies["Early Help"], "eh_practitioner")
    client.force_login(user)
    address = f"/workspace/cases/{case.reference}/"
    assert client.get(address).status_code == 404, "she begins as the school she worked for first"
    menu = client.get("/workspace/").content.decode()
    assert "Early Help practitioner, Early Help" in menu
    assert client.post(ACT_AS, {"membership": at_early_help.pk}).status_code == 302
    assert client.get(address).status_code == 200
    assert client.get("/workspace/referrals/").status_code in {403, 404}, "and no longer as the school"


def test_nobody_acts_as_somebody_else(world, client):
    client.force_login(world.lead.user)
    for number in (world.duty.membership.pk, 0, "x", "9" * 30):
        assert client.post(ACT_AS, {"membership": number}).status_code == 404
    assert client.get(ACT_AS).status_code == 405
    client.logout()
    assert client.post(ACT_AS, {"membership": world.lead.membership.pk}).status_code in {302, 403}


def test_a_choice_that_has_ended_falls_back(world, client):
    user = world.people["other lead"].user
    at_early_help = membership.join(user, world.agencies["Early Help"], "eh_practitioner")
    client.force_login(user)
    client.post(ACT_AS, {"membership": at_early_help.pk})
    membership.leave(at_early_help)
    assert client.get("/workspace/referrals/").status_code == 200
    assert "Early Help practitioner, Early Help" not in client.get("/workspace/").content.decode()


def test_most_people_are_asked_nothing(world, client):
    client.force_login(world.lead.user)
    assert "You also work here" not in client.get("/workspace/").content.decode()
