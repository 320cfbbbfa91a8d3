"""Which school a child goes to, where somebody must not learn it: in no page, list, message or answer of a program."""

import re

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from notifications.fanout import fan_out
from portal.accounts import tokens
from portal.accounts.models import Agency
from portal.audit.models import Entry
from referrals import protection
from referrals.actions.case.add_note import add_note
from referrals.actions.case.restrict import restrict
from referrals.actions.concern.accept import accept as accept_concern
from referrals.models import Case, Child, Event, Referral
from referrals.queries import people
from tests import worlds
from tests.accounts import hands

pytestmark = pytest.mark.django_db

NAMES = {"Hillside": "Zebrafield Academy", "Trust": "Quillmoor Learning", "Orchard": "Vexlane Farm"}
WHY = "There is a court order."
PAGES = (
    "",
    "timeline/",
    "attendance/",
    "people/",
    "history/",
    "who/",
    "timeline/news/?after=0",
    "add_note/",
    "reveal/",
    "print/",
)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """A case of a school, a trust and an alternative provider, each with a name found nowhere else."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = worlds.staffed()
        for name, unlike in NAMES.items():
            Agency.objects.filter(name=name).update(name=unlike, slug=unlike.split()[0].lower())
            world.agencies[name].refresh_from_db()
        case = worlds.opened_case(world, seed=16, joined=("early help", "provider"))
        told = worlds.received_concern(world.agencies["Hillside"], 3, share_with_school="no", address="9 Wren Court")
        world.things["concern"] = accept_concern(
            told, by=world.people["duty"], lead=world.people["officer"].user, child=case.child
        )
        add_note(case, by=world.people["lead"], body="Seen in tutor time.", visibility="agency")
        add_note(case, by=world.people["provider"], body="A calm week with the horses.")
        add_note(case, by=world.people["lead"], body="Form tutor will ring.", visibility="case")
        restrict(
            case,
            by=world.people["officer"],
            from_carer=case.child.carers.order_by("pk").first(),
            covers={"school", "address", "contact"},
            reason=WHY,
        )
        for number in Event.objects.order_by("pk").values_list("pk", flat=True):
            fan_out(number)
        world.things |= {"case": case, "referral": Referral.objects.get(case=case)}
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db):
    return built


@pytest.fixture
def case(world) -> Case:
    return Case.objects.get(pk=world.things["case"].pk)


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return hands.confirmed(client)


def program(actor) -> APIClient:
    made = APIClient()
    made.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(actor.user).key}")
    return made


def said(answer) -> str:
    """What leaves, headers too; of a page, its main part: at the top of every page stands where the reader works."""
    words = answer.content.decode()
    main = re.search(r"<main.*</main>", words, re.S)
    return " ".join(f"{name}: {value}" for name, value in answer.items()) + (main[0] if main else words)


def told_by(answer) -> list[str]:
    return [word for name in NAMES.values() for word in (name, name.split()[0].lower()) if word in said(answer)]


@pytest.mark.parametrize("reader", ["officer", "manager", "early help", "provider", "dsl", "trust lead"])
def test_no_page_of_the_case_says_it(world, case, reader):
    client = browser(world.people[reader])
    read = 0
    for rest in PAGES:
        answer = client.get(f"/workspace/cases/{case.reference}/{rest}", follow=True)
        read += answer.status_code == 200
        own = world.people[reader].agency.name
        assert set(told_by(answer)) <= ({own} if rest in {"timeline/", "add_note/"} else set()), rest
    assert read >= (8 if reader == "trust lead" else 10), reader


def test_nor_the_pages_that_end_or_change_an_agencys_part(world, case):
    client = browser(world.officer)
    for part in people.parts(case):
        for verb in ("remove", "share"):
            answer = client.get(f"/workspace/cases/{case.reference}/{verb}/?agency={part.agency.pk}", follow=True)
            assert not told_by(answer), verb


def test_nor_what_is_said_when_something_cannot_be_done(world, case):
    client = browser(world.officer)
    for part in people.parts(case):
        asked = {"agency": part.agency.pk, "purpose": part.purpose, "until": part.until or "", "reads": "whole"}
        answer = client.post(f"/workspace/cases/{case.reference}/share/", asked)
        assert "There is a problem" in said(answer)
        assert not told_by(answer)


def test_nor_who_can_see_a_note_and_why(world, case):
    client = browser(world.officer)
    for note in case.notes.filter(visibility="case"):
        answer = client.get(f"/workspace/cases/{case.reference}/who/?note={note.pk}")
        assert answer.status_code == 200
        assert not told_by(answer), note.agency


@pytest.mark.parametrize("reader", ["officer", "manager", "early help", "provider", "dsl"])
def test_no_list_home_or_inbox_says_it(world, case, reader):
    client = browser(world.people[reader])
    for address in ("/workspace/", "/workspace/cases/", "/workspace/cases/?show=all", "/workspace/notifications/"):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        assert not told_by(answer), address
    assert case.reference in said(client.get("/workspace/cases/?show=all"))


def test_nor_the_sheet_of_the_referral_and_of_the_concern_it_came_from(world, case):
    client = browser(world.duty)
    for thing in (world.things["referral"], world.things["concern"]):
        answer = client.get(f"/workspace/intake/{thing.reference}/")
        assert answer.status_code == 200
        assert not told_by(answer), thing.reference
        assert protection.MASK in said(answer)
        assert "shown as they wrote it" in said(answer)
    assert "9 Wren Court" not in said(answer)


def test_a_waiting_concern_that_may_be_about_the_child_says_that_there_is_a_restriction(world, case):
    again = worlds.received_concern(
        None,
        77,
        child_first_name=case.child.first_name,
        child_last_name=case.child.last_name,
        child_dob=case.child.date_of_birth.isoformat(),
    )
    answer = browser(world.duty).get(f"/workspace/intake/{again.reference}/")
    matches = re.search(r'aria-labelledby="matches".*?</section>', said(answer), re.S)[0]
    assert case.reference in matches
    assert "A restriction stands about this child" in matches
    assert not [name for name in NAMES.values() if name in matches]


@pytest.mark.parametrize("reader", ["officer", "early help"])
def test_no_program_is_told(world, case, reader):
    client = program(world.people[reader])
    of = f"/api/v1/cases/{case.reference}/"
    for address in ("/api/v1/cases/", of, f"{of}events/", f"{of}notes/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not told_by(answer), address
    assert protection.SOME_SCHOOL in said(answer)


def test_nor_of_the_concern_or_the_referral(world, case):
    client = program(world.officer)
    for noun, thing in (("concerns", world.things["concern"]), ("referrals", world.things["referral"])):
        for address in (f"/api/v1/{noun}/", f"/api/v1/{noun}/{thing.reference}/"):
            answer = client.get(address)
            assert answer.status_code == 200
            rows = answer.json().get("results") or [answer.json()]
            row = next(row for row in rows if row["reference"] == thing.reference)
            assert row["school"] == protection.MASK, address
        assert "Zebrafield" not in str(answer.json()["answers"])
        assert "9 Wren Court" not in str(answer.json()["answers"])


def test_who_may_read_it_is_told_after_a_reason_and_that_is_written_down(world, case):
    for name in ("officer", "early help"):
        client = browser(world.people[name])
        answer = client.post(
            f"/workspace/cases/{case.reference}/reveal/", {"detail": "school", "reason": "I meet the form tutor."}
        )
        for school in (NAMES["Hillside"], NAMES["Orchard"]):
            assert school in said(answer)
    rows = Entry.objects.filter(action="reveal", reference=case.reference, rule="school")
    assert {row.why for row in rows} == {"I meet the form tutor."}
    assert rows.count() == 2


def test_what_somebody_told_the_council_is_revealed_to_the_council_alone(world, case):
    detail = protection.told_in(world.things["concern"], "address")
    asked = {"detail": detail, "reason": "The letter goes out today."}
    shown = browser(world.officer).post(f"/workspace/cases/{case.reference}/reveal/", asked)
    assert "9 Wren Court" in said(shown)
    partner = browser(world.people["early help"])
    assert detail not in said(partner.get(f"/workspace/cases/{case.reference}/reveal/"))
    assert "9 Wren Court" not in said(partner.post(f"/workspace/cases/{case.reference}/reveal/", asked))
    refused = program(world.people["early help"]).post(f"/api/v1/cases/{case.reference}/reveal/", asked, format="json")
    assert refused.status_code == 400
    assert Entry.objects.filter(action="reveal", rule=detail).count() == 1


def test_where_it_is_written_and_where_it_is_read_a_page_warns_of_free_text(world, case):
    client = browser(world.officer)
    composer = said(client.get(f"/workspace/cases/{case.reference}/timeline/"))
    assert "do not write addresses, school names or contact details here" in composer
    for rest in ("", "history/", "close/", "invite/"):
        assert "What people wrote is shown as they wrote it" in said(
            client.get(f"/workspace/cases/{case.reference}/{rest}")
        ), rest
    plain = worlds.opened_case(world, seed=30)
    assert "do not write addresses" not in said(client.get(f"/workspace/cases/{plain.reference}/timeline/"))


def test_another_childs_case_says_which_school(world, case):
    plain = worlds.opened_case(world, seed=31)
    answer = browser(world.officer).get(f"/workspace/cases/{plain.reference}/people/")
    assert NAMES["Hillside"] in said(answer)
    assert Child.objects.get(cases=case).school.name == NAMES["Hillside"]
