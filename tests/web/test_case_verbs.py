"""What is done to a case, done through its forms: once, by those who may, and with what was typed kept."""

import datetime

import pytest
from django.utils import timezone

from referrals.models import Event, Grant, Marks
from referrals.workflow import Stage

from .test_case_pages import browser, of, text

pytestmark = pytest.mark.django_db


def last_kind(case) -> str:
    return Event.objects.filter(case=case).order_by("-pk").first().kind


def how_many(case, kind: str) -> int:
    return Event.objects.filter(case=case, kind=kind).count()


# --- join and refuse -------------------------------------------------------------------------------------------------


def test_before_she_joins_she_reads_who_asks_and_why_and_nothing_about_the_child(county):
    case, client = county.open_case, browser(county.provider)
    page = text(client.get(of(case, "join/")))
    for said in ("Work with Orchard", county.duty.user.name, "Share what is needed", "Alternative provision worker"):
        assert said in page
    for private in (case.child.first_name, case.child.last_name, str(case.school)):
        assert private not in page
    assert client.get(of(case))["Location"] == of(case, "join/")
    listed = text(client.get("/workspace/cases/"))
    assert "You have been asked to join" in listed
    assert case.child.last_name not in listed


def test_joining_opens_the_case_and_joining_twice_is_joining_once(county):
    case, client = county.open_case, browser(county.provider)
    for _ in range(2):
        assert client.post(of(case, "join/"))["Location"] == of(case)
    assert client.get(of(case)).status_code == 200
    assert Event.objects.filter(case=case, kind="joined", agency=county.agencies["Orchard"]).count() == 1


def test_saying_no_takes_the_invitation_away_and_saying_it_twice_is_harmless(county):
    case, client = county.open_case, browser(county.provider)
    for _ in range(2):
        assert client.post(of(case, "refuse/"), {"reason": "No place"})["Location"] == "/workspace/cases/"
    assert client.get(of(case, "join/")).status_code == 404
    assert how_many(case, "refused") == 1
    assert "No place" in text(browser(county.officer).get(of(case, "history/")))


def test_somebody_who_has_joined_cannot_say_no_any_more(county):
    assert browser(county.sen).post(of(county.open_case, "refuse/"), {"reason": ""}).status_code == 403


# --- invite and remove -----------------------------------------------------------------------------------------------


def invitation(county, **fields):
    day = timezone.localdate() + datetime.timedelta(days=30)
    return {
        "agency": county.agencies["Health"].pk,
        "purpose": "Advice about sleep",
        "until_day": day.day,
        "until_month": day.month,
        "until_year": day.year,
        **fields,
    }


def test_an_agency_is_invited_for_a_purpose_until_a_day_and_only_once(county):
    case, client = county.open_case, browser(county.officer)
    for _ in range(2):
        assert client.post(of(case, "invite/"), invitation(county))["Location"] == of(case, "people/")
    grant = Grant.everything.get(content_object=case, group=county.agencies["Health"].group)
    assert (grant.purpose, grant.joined_at) == ("Advice about sleep", None)
    assert grant.until == timezone.localdate() + datetime.timedelta(days=30)
    assert "Advice about sleep" in text(client.get(of(case, "people/")))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"agency": ""}, "Select the agency you want to invite"),
        ({"agency": "999999"}, "Select the agency"),
        ({"purpose": " "}, "Tell them why they are being asked to join"),
        ({"until_year": "2020"}, "The end date must be today or in the future"),
        ({"until_month": "14"}, "The end date must be a real date"),
    ],
)
def test_an_invitation_that_cannot_be_sent_says_why_and_keeps_what_was_typed(county, fields, said):
    sent = invitation(county, purpose="A purpose worth keeping") | fields
    answer = browser(county.officer).post(of(county.open_case, "invite/"), sent)
    assert answer.status_code == 200
    assert said in text(answer)
    assert sent["purpose"].strip() in answer.content.decode()
    assert not Grant.everything.filter(content_object=county.open_case, group=county.agencies["Health"].group).exists()


def test_an_agency_already_on_the_case_is_not_offered(county):
    page = browser(county.officer).get(of(county.open_case, "invite/")).content.decode()
    assert f'<option value="{county.agencies["SEN"].pk}"' not in page
    assert f'<option value="{county.agencies["Health"].pk}"' in page
    assert f'<option value="{county.agencies["Council"].pk}"' not in page


def test_removing_is_asked_once_more_and_is_then_effective_at_once(county):
    case, officer, sen = county.open_case, browser(county.officer), browser(county.sen)
    number = county.agencies["SEN"].pk
    assert "They lose access the moment you press the button" in text(officer.get(of(case, f"remove/?agency={number}")))
    assert sen.get(of(case)).status_code == 200
    for _ in range(2):
        assert officer.post(of(case, "remove/"), {"agency": number})["Location"] == of(case, "people/")
    assert sen.get(of(case)).status_code == 404
    assert Event.objects.filter(case=case, kind="removed", agency=number).count() == 1


@pytest.mark.parametrize("number", ["", "x", "999999999", "9" * 30])
def test_removing_nobody_in_particular_removes_nobody(county, number):
    before = Grant.everything.count()
    assert browser(county.officer).post(of(county.open_case, "remove/"), {"agency": number}).status_code == 302
    assert Grant.everything.count() == before


def test_a_school_or_a_partner_can_neither_invite_nor_remove(county):
    for name in ("lead", "early help"):
        client = browser(county.people[name])
        assert client.post(of(county.open_case, "invite/"), invitation(county)).status_code == 403
        assert client.post(of(county.open_case, "remove/"), {"agency": county.agencies["SEN"].pk}).status_code == 403


# --- lead, close, reopen ---------------------------------------------------------------------------------------------


def test_the_lead_changes_once_and_only_to_somebody_of_the_team(county):
    case, client = county.open_case, browser(county.manager)
    for _ in range(2):
        client.post(of(case, "assign/"), {"lead": county.duty.user.pk})
    assert county.fresh("open case").lead == county.duty.user
    assert how_many(case, "assigned") == 1
    assert "Select who will lead" in text(client.post(of(case, "assign/"), {"lead": county.lead.user.pk}))
    assert "Select who will lead" in text(client.post(of(case, "assign/"), {}))
    history = text(client.get(of(case, "history/")))
    assert county.officer.user.get_short_name() in history


def test_closing_asks_for_the_outcome_and_what_helped_and_closing_twice_is_closing_once(county):
    case, client = county.open_case, browser(county.officer)
    wrong = text(client.post(of(case, "close/"), {"what_helped": ""}))
    assert "Select the outcome" in wrong
    assert "Tell us what helped, even a little" in wrong
    for _ in range(2):
        answer = client.post(of(case, "close/"), {"outcome": "better", "what_helped": "One named person"})
        assert answer["Location"] == of(case)
    assert county.fresh("open case").stage == Stage.CLOSED
    assert how_many(case, "closed") == 1


def test_a_colleague_who_was_slower_keeps_what_she_typed(county):
    case = county.open_case
    browser(county.officer).post(of(case, "close/"), {"outcome": "better", "what_helped": "One named person"})
    answer = browser(county.manager).post(of(case, "close/"), {"outcome": "moved", "what_helped": "My own words"})
    assert answer.status_code == 409
    assert "My own words" in answer.content.decode()


def test_reopening_asks_what_has_changed(county):
    case, client = county.things["closed case"], browser(county.manager)
    assert "Tell us what has changed" in text(client.post(of(case, "reopen/"), {"reason": " "}))
    for _ in range(2):
        assert client.post(of(case, "reopen/"), {"reason": "Absent again"})["Location"] == of(case)
    assert county.fresh("closed case").stage == Stage.OPEN
    assert how_many(case, "reopened") == 1


def test_what_cannot_be_done_at_this_stage_is_refused_with_a_sentence(county):
    answer = browser(county.officer).get(of(county.open_case, "reopen/"))
    assert answer.status_code == 403
    assert "it is open" in text(answer)


# --- marks -----------------------------------------------------------------------------------------------------------


def a_week() -> str:
    monday = timezone.localdate() - datetime.timedelta(days=timezone.localdate().weekday() + 7)
    return f"{monday:%d/%m/%Y} / \\ / N / \\ / \\ U \\"


def test_marks_are_pasted_read_and_shown_and_the_same_again_is_nothing_new(county):
    case, client = county.open_case, browser(county.lead)
    before = Marks.objects.filter(child=case.child_id).count()
    for _ in range(2):
        assert client.post(of(case, "add_marks/"), {"marks": a_week()})["Location"] == of(case, "attendance/")
    assert Marks.objects.filter(child=case.child_id).count() == before + 1
    assert how_many(case, "marks_added") == 1
    assert "added" in text(client.get(of(case, "attendance/")))


@pytest.mark.parametrize(
    ("paste", "said"),
    [
        ("", "Paste the marks from your register"),
        ("/ \\ / \\", "We could not find dates in column A. Paste the dates as well as the marks"),
        (a_week().replace("N", "J"), "has a code we do not know"),
    ],
)
def test_marks_that_cannot_be_read_say_why_and_are_still_there(county, paste, said):
    answer = browser(county.lead).post(of(county.open_case, "add_marks/"), {"marks": paste})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert paste in answer.content.decode()


def test_ten_megabytes_of_marks_and_a_file_each_get_a_sentence(county):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, address = browser(county.lead), of(county.open_case, "add_marks/")
    big = client.post(address, {"marks": "/\\" * (5 * 1024 * 1024)})
    assert big.status_code == 200
    assert b"The marks must be 500,000 characters or fewer" in big.content
    file = client.post(address, {"marks": SimpleUploadedFile("marks.csv", b"\x00\x01")})
    assert "This box cannot read a file" in text(file)
