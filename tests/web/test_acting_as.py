"""A person who works at two agencies acts as one of them at a time, and sees what that one sees."""

import re

import pytest

from portal.accounts import membership
from portal.audit.models import Entry
from referrals.models import Note
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
    row = Entry.objects.get(rule="acting_as")
    assert (row.action, row.user_id, row.membership_id) == ("change", user.pk, at_early_help.pk)
    assert client.get(address).status_code == 200
    assert client.get("/workspace/referrals/").status_code in {403, 404}, "and no longer as the school"


def test_nobody_acts_as_somebody_else(world, client):
    client.force_login(world.lead.user)
    for number in (world.duty.membership.pk, 0, "x", "9" * 30):
        assert client.post(ACT_AS, {"membership": number}).status_code == 404
    assert client.get(ACT_AS).status_code == 405
    client.logout()
    assert client.post(ACT_AS, {"membership": world.lead.membership.pk}).status_code in {302, 403}


def test_a_choice_that_has_ended_is_said_and_leads_home(world, client):
    user = world.people["other lead"].user
    at_early_help = membership.join(user, world.agencies["Early Help"], "eh_practitioner")
    client.force_login(user)
    client.post(ACT_AS, {"membership": at_early_help.pk})
    membership.leave(at_early_help)
    said = client.get("/workspace/referrals/", follow=True)
    assert said.redirect_chain == [("/workspace/", 302)]
    assert "You no longer act as Early Help practitioner, Early Help" in said.content.decode()
    assert client.get("/workspace/referrals/").status_code == 200


@pytest.fixture
def in_two_agencies(world, client):
    """Early Help's practitioner also works in Health; the timeline of a case of both, opened as Early Help."""
    case = worlds.opened_case(world, joined=("early help", "health"))
    user = world.people["early help"].user
    at_health = membership.join(user, world.agencies["Health"], "partner")
    client.force_login(user)
    client.post(ACT_AS, {"membership": world.people["early help"].membership.pk})
    page = client.get(f"/workspace/cases/{case.reference}/timeline/").content.decode()
    hidden = dict(re.findall(r'name="(acting_as|submission_key)" value="([^"]+)"', page))
    assert hidden["acting_as"] == str(world.people["early help"].membership.pk)
    note = {**hidden, "body": "For Early Help only", "visibility": "agency"}
    return at_health, f"/workspace/cases/{case.reference}/add_note/", note


def test_a_page_opened_as_one_is_not_sent_as_another(in_two_agencies, client):
    at_health, address, note = in_two_agencies
    client.post(ACT_AS, {"membership": at_health.pk})  # in another tab
    refused = client.post(address, note)
    assert refused.status_code == 409
    words = refused.content.decode()
    assert "You are now acting as" in words
    assert "Early Help practitioner, Early Help" in words
    assert "For Early Help only" in words, "what she wrote is shown back"
    assert not Note.objects.exists()
    assert client.post(address, {**note, "acting_as": ""}).status_code == 409, "nor one that does not say"
    assert client.post(address, {**note, "acting_as": "9" * 40}).status_code == 409
    assert not Note.objects.exists()


def test_what_was_meant_for_a_membership_that_ended_is_not_saved_as_another(in_two_agencies, client, world):
    _, address, note = in_two_agencies
    membership.leave(world.people["early help"].membership)
    refused = client.post(address, note)
    assert refused.status_code == 409
    assert "For Early Help only" in refused.content.decode()
    assert not Note.objects.exists()


def test_a_page_opened_as_the_one_she_acts_as_is_sent(in_two_agencies, client):
    _, address, note = in_two_agencies
    assert client.post(address, note).status_code == 302
    assert Note.objects.get().agency.name == "Early Help"


def test_most_people_are_asked_nothing(world, client):
    client.force_login(world.lead.user)
    assert "You also work here" not in client.get("/workspace/").content.decode()
