"""Intake: the queue and the triage sheet, as a duty officer sees them, and who does not."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from referrals.actions.referral.accept import accept
from referrals.models import Case, Concern, Event, Grant, Referral
from referrals.workflow import Stage
from tests import worlds
from tests.accounts import hands

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return worlds.staffed()


def signed_in(world, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name].user)
    return hands.confirmed(client)


@pytest.fixture
def duty(world) -> Client:
    return signed_in(world, "duty")


def sheet(thing) -> str:
    return reverse("workspace:intake-item", args=[thing.reference])


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def title(response) -> str:
    return re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)[1]


def acceptance(world, **more) -> dict:
    return {
        "decision": "accept",
        "accept-lead": world.officer.user.pk,
        "accept-aim": "Four full days by half-term",
        **day("accept-first_contact_by", timezone.localdate() + datetime.timedelta(days=3)),
        "invite_rows": "1",
        "invite-0-agency": "",
        **more,
    }


def day(name: str, when: datetime.date) -> dict:
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


# --- the queue -------------------------------------------------------------------------------------------------------


def test_the_queue_shows_both_kinds_by_initials_with_what_they_wait_for(duty, world):
    concern = worlds.received_concern(world.Hillside, seed=1)
    referral = worlds.sent_referral(world, seed=2)
    page = duty.get(reverse("workspace:intake"))
    assert concern.reference in text(page)
    assert referral.reference in text(page)
    assert "0 of 2 school days" in text(page)
    assert "0 of 3 school days" in text(page)
    assert "2 waiting" in text(page)
    for thing in (concern, referral):
        assert thing.child_initials in text(page)
        assert thing.child_first_name not in text(page)


def test_an_empty_queue_is_a_calm_full_stop(duty):
    assert "Queue is clear." in text(duty.get(reverse("workspace:intake")))


def test_a_filter_that_leaves_nothing_says_so_and_shows_the_way_back(duty, world):
    worlds.received_concern(seed=1)
    page = duty.get(reverse("workspace:intake"), {"kind": "referral"})
    assert "Nothing waits that fits these filters" in text(page)
    assert "Show everything" in text(page)


@pytest.mark.parametrize("asked", ["kind=%00&risk=x&page=-1", "page=99999999999999999999", "page=²"])
def test_nonsense_in_the_filters_is_the_first_page_of_everything(duty, world, asked):
    worlds.received_concern(seed=1)
    assert duty.get(f"{reverse('workspace:intake')}?{asked}").status_code == 200


def test_take_next_leads_to_the_first_in_the_queue(duty, world):
    worlds.received_concern(seed=1)
    urgent = worlds.received_concern(seed=2, own_words="I am scared he will hurt her")
    assert f'href="{sheet(urgent)}"' in duty.get(reverse("workspace:intake")).content.decode()


@pytest.mark.parametrize("name", ["lead", "head", "sen", "early help", "provider", "editor", "dpo"])
def test_nobody_outside_the_attendance_team_opens_the_queue_or_a_sheet(world, name):
    concern = worlds.received_concern(world.Hillside, seed=1)
    referral = worlds.sent_referral(world, seed=2)
    client = signed_in(world, name)
    for address in (reverse("workspace:intake"), sheet(concern), sheet(referral)):
        assert client.get(address).status_code == 403
        assert client.post(address, {"decision": "accept"}).status_code in {403, 405}


def test_a_stranger_signs_in_first(client):
    assert reverse("account_login") in client.get(reverse("workspace:intake"))["Location"]


def test_a_draft_is_not_there_for_the_council(duty, world):
    from referrals.actions.referral.start import start

    draft = start(by=world.lead)
    assert duty.get(sheet(draft)).status_code == 404


# --- the sheet -------------------------------------------------------------------------------------------------------


def test_the_story_stands_in_its_fixed_order_with_safety_first(duty, world):
    page = text(duty.get(sheet(worlds.sent_referral(world, seed=1))))
    order = [
        "Safety first",
        "What the school asks for",
        "Attended",
        "Tried so far",
        "SEND and other help",
        "Voices",
        "Risk, and telling the family",
        "how it is safe to reach them",
        "Possible matches",
        "Decision",
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_words_that_may_mean_danger_are_read_first_and_marked(duty, world):
    concern = worlds.received_concern(seed=1, own_words="He said he would hit her <b>again</b>")
    body = duty.get(sheet(concern)).content.decode()
    assert "<mark>hit</mark>" in body
    assert "&lt;b&gt;again" in body
    assert "Read this first" in body


def test_what_is_not_safe_is_said_in_the_first_block(duty, world):
    concern = worlds.received_concern(seed=1, contact_channels=["phone", "text"], safe_to_text="no")
    page = text(duty.get(sheet(concern)))
    assert page.index("Do not text: they said that it is not safe") < page.index("What is hard")


def test_a_source_that_asked_to_be_protected_is_protected_in_words(duty, world):
    concern = worlds.received_concern(seed=1, share_with_school="no")
    assert "They asked us not to say who told us" in text(duty.get(sheet(concern)))


def test_opening_a_concern_does_not_change_it_and_starting_to_look_does(duty, world):
    concern = worlds.received_concern(seed=1)
    duty.get(sheet(concern))
    assert Concern.objects.get().stage == Stage.RECEIVED
    duty.post(sheet(concern), {"decision": "review"})
    assert Concern.objects.get().stage == Stage.REVIEWING
    assert "You are looking at it" in text(duty.get(sheet(concern)))


def test_only_the_decisions_the_person_may_take_are_shown(world):
    concern, referral = worlds.received_concern(seed=1), worlds.sent_referral(world, seed=2)
    officer = signed_in(world, "officer")
    body = officer.get(sheet(concern)).content.decode()
    assert 'value="contact"' in body
    assert 'value="accept"' not in body
    assert "Start looking at it" not in body
    assert "Send decision" not in officer.get(sheet(referral)).content.decode()
    assert officer.post(sheet(referral), acceptance(world)).status_code == 403
    assert Referral.objects.get().stage == Stage.SUBMITTED


def test_no_name_is_in_the_title_or_the_address(duty, world):
    referral = worlds.sent_referral(world, seed=1)
    response = duty.get(sheet(referral))
    assert title(response).startswith("Triage")
    assert referral.child_last_name not in title(response) + sheet(referral)
    assert response["Cache-Control"] == "no-store"


# --- accept ----------------------------------------------------------------------------------------------------------


def test_accepting_a_referral_opens_a_case_with_a_lead_and_invited_agencies(duty, world):
    referral = worlds.sent_referral(world, seed=1)
    until = timezone.localdate() + datetime.timedelta(days=60)
    response = duty.post(
        sheet(referral),
        acceptance(world)
        | {"invite-0-agency": world.agencies["Early Help"].pk, "invite-0-purpose": "Family work"}
        | day("invite-0-until", until)
        | {"accept-note": "Thank you, a clear referral."},
        follow=True,
    )
    case = Case.objects.get()
    assert case.lead == world.officer.user
    assert case.aim == "Four full days by half-term"
    grant = Grant.everything.get(group=world.agencies["Early Help"].group)
    assert (grant.purpose, grant.until) == ("Family work", until)
    assert "Accepted" in text(response)
    assert case.reference in text(response)
    assert "Thank you, a clear referral." in text(response)
    assert "Send decision" not in text(response)


def test_the_date_of_first_contact_is_filled_in_with_the_promise(duty, world):
    from portal import county

    promise = county.calendar().add_school_days(timezone.localdate(), 5)
    body = duty.get(sheet(worlds.sent_referral(world, seed=1))).content.decode()
    assert f'name="accept-first_contact_by_day" value="{promise.day}"' in body


def test_officers_are_offered_with_their_open_cases(duty, world):
    worlds.opened_case(world, seed=5)
    page = text(duty.get(sheet(worlds.sent_referral(world, seed=1))))
    assert f"{world.officer.user.name}: 1 open case" in page
    assert f"{world.manager.user.name}: no open cases" in page


def test_accepting_a_concern_about_a_child_we_know_adds_to_the_open_case(duty, world):
    case = worlds.opened_case(world, seed=1)
    child = case.child
    concern = worlds.received_concern(
        seed=9,
        child_first_name=child.first_name,
        child_last_name=child.last_name,
        child_dob=child.date_of_birth.isoformat(),
    )
    unchosen = duty.post(sheet(concern), acceptance(world))
    assert text(unchosen).count("Select which child this is") == 2
    duty.post(sheet(concern), {"decision": "accept", "accept-child": str(child.pk), "invite_rows": "1"})
    concern.refresh_from_db()
    assert concern.case == case
    assert Case.objects.count() == 1


def test_a_referral_with_a_upn_we_know_is_nobodys_until_the_officer_says_whose(duty, world):
    case = worlds.opened_case(world, seed=1)
    referral = worlds.sent_referral(
        world, by="other lead", seed=7, upn=case.child.upn, first_name="Totally", last_name="Different"
    )
    page = duty.get(sheet(referral))
    assert "Same UPN, but another name" in text(page)
    assert "The school will be invited to the open case" in text(page)
    assert not re.search(r'name="accept-child"[^>]*checked', page.content.decode())
    assert text(duty.post(sheet(referral), acceptance(world))).count("Select which child this is") == 2
    refused = text(duty.post(sheet(referral), acceptance(world, **{"accept-child": "new"})))
    assert "There is a problem" in refused, "no two children have one UPN"
    referral.refresh_from_db()
    assert referral.stage == Stage.SUBMITTED
    duty.post(sheet(referral), {"decision": "accept", "accept-child": str(case.child.pk), "invite_rows": "1"})
    referral.refresh_from_db()
    assert referral.case == case
    assert Grant.everything.get(content_object=case, group=world.Riverside.group).joined_at is None


def test_before_a_school_is_asked_to_a_case_that_came_from_a_concern_the_officer_is_warned(duty, world):
    referral = worlds.sent_referral(world, seed=1)
    from referrals.actions.concern.accept import accept as accept_concern

    concern = worlds.received_concern(
        seed=2,
        share_with_school="no",
        child_first_name=referral.child_first_name,
        child_last_name=referral.child_last_name,
        child_dob=referral.date_of_birth.isoformat(),
    )
    accept_concern(concern, by=world.duty, lead=world.officer.user)
    page = text(duty.get(sheet(referral)))
    assert page.count("The person asked us not to tell the school") == 2, "above the choice and beside the child"
    assert "asked us not to tell" not in text(duty.get(sheet(worlds.sent_referral(world, seed=3))))


def test_the_officer_may_say_that_it_is_another_child(duty, world):
    case = worlds.opened_case(world, seed=1)
    concern = worlds.received_concern(
        seed=9, child_first_name=case.child.first_name, child_last_name=case.child.last_name, child_dob=""
    )
    duty.post(sheet(concern), acceptance(world, **{"accept-child": "new"}))
    concern.refresh_from_db()
    assert concern.case != case


def test_another_row_for_an_agency_comes_without_losing_a_word(duty, world):
    referral = worlds.sent_referral(world, seed=1)
    response = duty.post(
        sheet(referral),
        acceptance(world)
        | {"invite-0-agency": world.SEN.pk, "invite-0-purpose": "Advice on her plan", "add_agency": "yes"},
    )
    body = response.content.decode()
    assert 'name="invite-1-agency"' in body
    assert "Advice on her plan" in body
    assert "Four full days by half-term" in body
    assert "There is a problem" not in body
    assert not Case.objects.exists()


# --- return, decline, contact ----------------------------------------------------------------------------------------


def test_returning_asks_the_school_task_by_task(duty, world):
    referral = worlds.sent_referral(world, seed=1)
    response = duty.post(
        sheet(referral),
        {
            "decision": "return",
            "return-items": ["voices", "attendance"],
            "return-need_voices": "Please add what she says herself.",
            "return-need_attendance": "Marks to last Friday, please.",
        },
        follow=True,
    )
    referral.refresh_from_db()
    assert referral.stage == Stage.RETURNED
    assert referral.return_items == {
        "attendance": "Marks to last Friday, please.",
        "voices": "Please add what she says herself.",
    }
    assert "Waiting on the school" in text(response)


def test_declining_needs_a_reason_and_advice_and_keeps_both(duty, world):
    referral = worlds.sent_referral(world, seed=1)
    duty.post(
        sheet(referral),
        {"decision": "decline", "decline-reason": "not_yet_tried", "decline-advice": "Meet the family first."},
    )
    page = text(duty.get(sheet(referral)))
    assert "Universal support has not been tried yet" in page
    assert "Meet the family first." in page


def test_a_contact_is_recorded_and_can_be_recorded_again(duty, world):
    concern = worlds.received_concern(seed=1)
    for key in ("a", "b"):
        typed = {"decision": "contact", "contact-outcome": "no_answer", "submission_key": key}
        duty.post(sheet(concern), typed)
        duty.post(sheet(concern), typed)  # the second of two presses
    assert Event.objects.filter(concern=concern, kind="contacted").count() == 2
    assert "No answer" in text(duty.get(sheet(concern)))


def test_a_contact_whose_first_try_failed_is_recorded_by_the_second(duty, world, monkeypatch):
    from django.db import OperationalError

    from referrals.web.intake import pages

    concern = worlds.received_concern(seed=1)
    typed = {"decision": "contact", "contact-outcome": "spoke", "submission_key": "the-same"}

    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(pages.contact_concern, "contact", away)
        with pytest.raises(OperationalError):
            duty.post(sheet(concern), typed)
    duty.post(sheet(concern), typed)
    assert Event.objects.filter(concern=concern, kind="contacted").count() == 1


def test_closing_a_concern_says_what_would_help(duty, world):
    concern = worlds.received_concern(seed=1)
    duty.post(
        sheet(concern),
        {"decision": "decline", "decline-reason": "advice_given", "decline-advice": "Ask for a meeting."},
    )
    concern.refresh_from_db()
    assert concern.stage == Stage.CLOSED


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Select what you will do"),
        ({"decision": "crown"}, "Select what you will do"),
        ({"decision": "accept"}, "Select who will lead"),
        ({"decision": "accept", "accept-lead": "999999"}, "Select who will lead"),
        ({"decision": "accept"}, "Enter the aim of this work"),
        ({"decision": "accept", "accept-aim": "x" * 201}, "The aim must be 200 characters or fewer"),
        ({"decision": "accept", "accept-first_contact_by_day": "1"}, "Date of first contact must include"),
        ({"decision": "return"}, "Select what is missing"),
        ({"decision": "return", "return-items": ["voices"]}, "Tell the school what you need for each item"),
        ({"decision": "return", "return-items": ["crown"]}, "Select what is missing"),
        ({"decision": "decline", "decline-advice": "x"}, "Select why you are declining"),
        ({"decision": "decline", "decline-reason": "other"}, "Tell the school what to do next"),
        ({"decision": "decline", "decline-reason": "other", "decline-advice": "x" * 501}, "Advice must be 500"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_in_the_summary(duty, world, typed, sentence):
    referral = worlds.sent_referral(world, seed=1)
    response = duty.post(sheet(referral), typed)
    assert response.status_code == 200
    assert title(response).startswith("Error: ")
    assert text(response).count(sentence) == 2
    assert Referral.objects.get().stage == Stage.SUBMITTED


@pytest.mark.parametrize(
    ("invited", "sentence"),
    [
        ({"invite-0-purpose": "Work"}, "Select who to invite"),
        ({"invite-0-agency": "SEN"}, "Tell SEN why they are being asked to join"),
        (
            {"invite-0-agency": "SEN", "invite-0-purpose": "x"} | day("invite-0-until", datetime.date(2020, 1, 1)),
            "The end date must be today or in the future",
        ),
    ],
)
def test_an_invitation_needs_an_agency_a_purpose_and_a_day_to_come(duty, world, invited, sentence):
    if "invite-0-agency" in invited:
        invited = invited | {"invite-0-agency": world.SEN.pk}
    response = duty.post(sheet(worlds.sent_referral(world, seed=1)), acceptance(world) | invited)
    assert text(response).count(sentence) == 2
    assert not Case.objects.exists()


def test_one_agency_is_not_invited_twice(duty, world):
    twice = {
        f"invite-{row}-{name}": value for row in (0, 1) for name, value in (("agency", world.SEN.pk), ("purpose", "x"))
    }
    response = duty.post(sheet(worlds.sent_referral(world, seed=1)), acceptance(world, invite_rows="2") | twice)
    assert text(response).count("You have chosen SEN twice") == 2
    assert not Case.objects.exists()


def test_everything_typed_is_still_there_also_of_the_decisions_that_were_not_chosen(duty, world):
    body = duty.post(
        sheet(worlds.sent_referral(world, seed=1)),
        {
            "decision": "decline",
            "decline-advice": "Meet “them” <first>",
            "accept-aim": "An aim typed before",
            "return-need_voices": "Her own words",
        },
    ).content.decode()
    assert "Meet “them” &lt;first&gt;" in body
    assert "An aim typed before" in body
    assert "Her own words" in body


def test_a_ten_megabyte_paste_gets_a_sentence(duty, world):
    response = duty.post(
        sheet(worlds.sent_referral(world, seed=1)),
        {"decision": "decline", "decline-reason": "other", "decline-advice": "x" * 10_000_000},
    )
    assert "Advice must be 500 characters or fewer" in text(response)[:20_000]


# --- sent once, and who was first ------------------------------------------------------------------------------------


def test_pressed_twice_the_second_lands_on_the_result(duty, world):
    referral = worlds.sent_referral(world, seed=1)
    duty.post(sheet(referral), acceptance(world))
    second = duty.post(sheet(referral), acceptance(world), follow=True)
    assert second.status_code == 200
    assert Case.objects.get().reference in text(second)


def test_pressed_twice_at_once_the_second_lands_on_the_result(duty, world, monkeypatch):
    """The second request read the referral before the first had decided it."""
    from referrals.web.intake import pages

    referral = worlds.sent_referral(world, seed=1)
    accept(Referral.objects.get(), by=world.duty, lead=world.officer.user)
    monkeypatch.setattr(pages, "_find", lambda request, reference: referral)
    second = duty.post(sheet(referral), acceptance(world))
    assert second.status_code == 302


def test_when_a_colleague_was_quicker_it_says_so_and_nothing_is_done_twice(world):
    referral = worlds.sent_referral(world, seed=1)
    accept(referral, by=world.manager, lead=world.officer.user)
    response = signed_in(world, "duty").post(
        sheet(referral), {"decision": "decline", "decline-reason": "other", "decline-advice": "My careful advice"}
    )
    assert response.status_code == 409
    assert "My careful advice" in text(response)
    assert Referral.objects.get().stage == Stage.ACCEPTED
