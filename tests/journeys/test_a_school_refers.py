"""A school attendance lead starts a referral, a colleague finishes and sends it; no other school knows it exists."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.demo.answers import referral_answers
from portal.register.packed import unpack
from referrals.models import Referral
from tests.journeys.conftest import PHONE
from tests.journeys.hands import Pointer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ANSWERS = referral_answers(5)
PUPIL = ANSWERS["pupil"]
MARKS = unpack(ANSWERS["attendance"]["marks"])
# As a school system gives them: a row a session.
ROWS = [f"{mark.on:%d/%m/%Y}, {mark.half}, {mark.code}" for mark in MARKS]
WRONG = "\n".join([ROWS[0].replace(f", {MARKS[0].code}", ", %"), *ROWS[1:]])
RIGHT = "\n".join(ROWS)


def date(hand, day: datetime.date, of: str) -> None:
    boxes = hand.page.get_by_role("group", name=of)
    for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        boxes.get_by_label(label, exact=True).fill(str(number))


def opens(page, task: str) -> None:
    page.get_by_role("link", name=task, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(task)


def to_the_list(page) -> None:
    page.get_by_role("button", name="Save and go back to the task list").click()
    expect(page.get_by_text("tasks completed")).to_be_visible()


def pupil_details(hand) -> None:
    page = hand.page
    hand.type("First name", PUPIL["first_name"])
    hand.type("Last name", PUPIL["last_name"])
    date(hand, datetime.date.fromisoformat(PUPIL["date_of_birth"]), of="Date of birth")
    page.get_by_label("Year group").select_option(PUPIL["year_group"])
    page.get_by_label("SEN status").select_option("sen_support")
    hand.tick("None of these")


def parents_and_carers(hand) -> None:
    page = hand.page
    page.get_by_role("link", name="Add a parent or carer").click()
    hand.type("Full name", "Maya Lane")
    page.get_by_label("Relationship to the pupil").select_option("Mother")
    hand.choose("Yes", of="Do they have parental responsibility?")
    hand.choose("Yes", of="Does the pupil live with them?")
    hand.type("Phone (optional)", "01632 960 055")
    hand.choose("There are concerns", of="Is it safe to contact them?")
    page.get_by_label("If there are concerns, what makes contact unsafe").fill("Mornings only. No letters.")
    hand.press("Save")
    expect(page.get_by_role("heading", name="Maya Lane")).to_be_visible()


def barriers(hand) -> None:
    hand.tick("Wellbeing")
    hand.type("What have you seen, and when?", "In tears at the gate on Mondays since October.")
    hand.type("What is going well, or what does the child love?", "Loves drawing.")


def support(hand) -> None:
    page = hand.page
    for what, happened in (("First-day call", "Mum said mornings are hard."), ("Meeting with the family", "All met.")):
        page.get_by_role("link", name="Add something you have tried").click()
        page.get_by_label("What did you try?").select_option(what)
        date(hand, timezone.localdate() - datetime.timedelta(days=30), of="When did it start?")
        hand.type("What happened?", happened)
        hand.choose("Helped a bit", of="Did it make a difference?")
        hand.press("Save")
        expect(page.get_by_text(happened)).to_be_visible()


def voices(hand) -> None:
    hand.choose("Somebody talked with them", of="How did you find out the child's views?")
    hand.type("What does the child say?", "It is too loud in the corridors.")
    hand.type("What does Maya Lane say?", "We need one person to ring.")


def risk(hand) -> None:
    hand.choose("Yes, all", of="Have you told the family about this referral?")
    hand.tick("None known")
    date(hand, timezone.localdate() - datetime.timedelta(days=2), of="When was the child last seen?")
    hand.type("Who saw them?", "Form tutor")


def asking(hand) -> None:
    hand.tick("A joint plan")
    hand.type("What do you hope will be different?", "Four full days by half-term.")
    hand.type("What will the school keep doing?", "A quiet start each morning.")
    hand.type("Who should we talk to at school?", "Attendance office, 8am to 4pm")


REST = {
    "Parents and carers": parents_and_carers,
    "What is getting in the way": barriers,
    "Support tried so far": support,
    "The child’s and parents’ voices": voices,
    "Risk and telling the family": risk,
    "What you are asking for": asking,
}


def test_a_lead_starts_a_colleague_sends_and_another_school_cannot_tell(person, world, axe):
    # given an attendance lead at Hillside, who makes a referral
    lead = person("lead")
    hand = Pointer(lead)
    lead.get_by_role("link", name="Referrals", exact=True).first.click()
    lead.get_by_role("button", name="Make a referral").click()
    expect(lead.get_by_text("0 of 8 tasks completed.")).to_be_visible()
    axe(lead)
    referral = Referral.objects.get()

    # when she types a wrong UPN, then she is told beside it and all she typed is still there
    opens(lead, "Pupil details")
    pupil_details(hand)
    hand.type("Unique pupil number (UPN)", f"{'B' if PUPIL['upn'][0] != 'B' else 'C'}{PUPIL['upn'][1:]}")
    lead.get_by_role("button", name="Save and go back to the task list").click()
    expect(lead.locator(".error-summary")).to_be_focused()
    expect(lead.get_by_label("First name", exact=True)).to_have_value(PUPIL["first_name"])
    axe(lead)
    hand.type("Unique pupil number (UPN)", PUPIL["upn"])
    to_the_list(lead)

    # when she pastes marks with a code that does not exist, then the paste is still there to put right
    opens(lead, "Attendance")
    paste = lead.get_by_label("The pupil's marks")
    paste.fill(WRONG)
    hand.press("Check these marks")
    expect(lead.locator(".error-summary")).to_contain_text("Row 1 has a code we do not know: ‘%’")
    expect(paste).to_have_value(WRONG)
    axe(lead)

    # and once it is right, what the marks say is there at once: the percentage, and a chart with its table
    paste.fill(RIGHT)
    hand.press("Check these marks")
    reading = lead.locator("#what-they-say")
    expect(reading).to_contain_text(re.compile(r"We read \d+ sessions"))
    expect(reading).to_contain_text(re.compile(r"\d\d%|\d\d\.\d%"))
    expect(reading.locator("figure.chart")).to_be_visible()
    expect(reading.get_by_role("table")).to_be_visible()
    axe(lead)
    hand.choose("No", of="Is the pupil on a part-time timetable?")
    hand.tick("These marks match our register")
    to_the_list(lead)
    expect(lead.get_by_text("2 of 8 tasks completed.")).to_be_visible()

    # when she goes home, a colleague finds the draft and carries on, on a phone
    lead.context.close()
    colleague = person("colleague", width=PHONE, then="/workspace/referrals/")
    hand = Pointer(colleague)
    colleague.get_by_role("link", name=referral.reference).click()
    for task, answer in REST.items():
        opens(colleague, task)
        answer(hand)
        assert colleague.locator("html").evaluate("e => e.scrollWidth") <= PHONE
        axe(colleague)
        to_the_list(colleague)
    expect(colleague.get_by_text("8 of 8 tasks completed.")).to_be_visible()

    # then he checks it and sends it, once, however often he presses
    colleague.get_by_role("link", name="Check your answers and send", exact=True).click()
    expect(colleague.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    for said in (PUPIL["upn"], "Maya Lane", "It is too loud in the corridors."):
        expect(colleague.get_by_text(said).first).to_be_visible()
    axe(colleague)
    colleague.get_by_role("button", name="Send referral").dblclick()
    expect(colleague.get_by_role("heading", level=1)).to_contain_text("Referral sent")
    expect(colleague.get_by_text(referral.reference)).to_be_visible()
    expect(colleague.get_by_text("Triage decision by")).to_be_visible()
    axe(colleague)
    referral.refresh_from_db()
    assert referral.stage == "submitted"
    assert referral.events.filter(kind="submitted").count() == 1

    # and for another school it is not there: not in its list, not by its address
    other = person("other lead", then="/workspace/referrals/")
    assert referral.reference not in other.content()
    for address in ("", "check/", "pupil/", "sent/"):
        answer = other.goto(f"/workspace/referrals/{referral.reference}/{address}")
        assert answer.status == 404
        assert PUPIL["last_name"] not in other.content()
    axe(other)
