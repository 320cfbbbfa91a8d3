"""Concerns and referrals wait in one queue; the duty officer returns, accepts and declines, and the school follows."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.ui.words import long_date
from referrals.models import Case, Grant, Referral
from tests import worlds
from tests.journeys.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEEDED = "Please tell us what the child says, in their own words if you can."
ADVICE = "Try a meeting with the family, and come back to us if it does not help."


@pytest.fixture
def waiting(world):
    """Four that wait: (what, how many days already)."""
    found = {
        "newest": worlds.sent_referral(world, seed=1),
        "oldest": worlds.sent_referral(world, seed=2),
        "a concern in between": worlds.received_concern(world.Hillside, 3),
        "the riskiest": worlds.received_concern(None, 4, own_words="I am scared he will hurt her"),
    }
    for name, days in (("oldest", 9), ("a concern in between", 5)):
        then = timezone.now() - datetime.timedelta(days=days)
        moment = "submitted_at" if isinstance(found[name], Referral) else "created_at"
        type(found[name]).objects.filter(pk=found[name].pk).update(**{moment: then})
    return found


def decide(page, what: str) -> None:
    page.get_by_role("radio", name=what, exact=True).check()


def send(page) -> None:
    page.get_by_role("button", name="Send decision").click()


def day(box, when: datetime.date) -> None:
    for label, number in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
        box.get_by_label(label, exact=True).fill(str(number))


def invite(page, place: int, agency: str, purpose: str, until: datetime.date) -> None:
    row = page.get_by_role("group", name=f"Agency {place}", exact=True)
    row.get_by_label("Agency", exact=True).select_option(agency)
    row.get_by_label("What for").fill(purpose)
    day(row.get_by_role("group", name="Until"), until)


def test_the_queue_is_one_list_riskiest_first_then_oldest(waiting, person, axe):
    # given concerns and referrals that wait
    duty = person("duty", then="/workspace/intake/")

    # then they stand in one order, and the riskiest is the next to take
    order = [waiting[name].reference for name in ("the riskiest", "oldest", "a concern in between", "newest")]
    expect(duty.locator(".intake-table tbody a.reference")).to_have_text(order)
    axe(duty)
    duty.get_by_role("link", name="Take next").click()
    expect(duty.get_by_text(waiting["the riskiest"].reference).first).to_be_visible()
    axe(duty)

    # and on a phone the same, without a page wider than it
    duty.set_viewport_size({"width": PHONE, "height": 740})
    for address in ("", *(f"{thing.reference}/" for thing in waiting.values())):
        duty.goto(f"/workspace/intake/{address}")
        assert duty.locator("html").evaluate("e => e.scrollWidth") <= PHONE
        axe(duty)


def test_a_referral_is_returned_sent_back_and_accepted_with_two_agencies_invited(waiting, world, person, axe):
    referral = waiting["oldest"]
    sheet = f"/workspace/intake/{referral.reference}/"

    # given the duty officer at a referral; sending without a decision is an error that says what is missing
    duty = person("duty", then=sheet)
    send(duty)
    expect(duty.locator(".error-summary")).to_be_focused()
    expect(duty.locator(".error-summary")).to_contain_text("Select what you will do")

    # when she returns it for one thing
    decide(duty, "Return for information")
    duty.get_by_role("checkbox", name="The child’s and parents’ voices").check()
    axe(duty)
    send(duty)
    expect(duty.get_by_text("Returned. The school has been asked for what is missing")).to_be_visible()

    # then the school sees where it stands, whose turn it is and by when, and beside the task what is needed
    referral.refresh_from_db()
    school = person("lead", then="/workspace/referrals/")
    row = school.get_by_role("row").filter(has_text=referral.reference)
    due = f"{referral.due_on:%a} {referral.due_on.day} {referral.due_on:%b}"
    for said in ("Returned for information", world.Hillside.name, due):
        expect(row).to_contain_text(said)
    school.get_by_role("link", name=referral.reference).click()
    expect(school.get_by_role("heading", name="This is nearly there")).to_be_visible()
    expect(school.locator("#main")).to_contain_text(long_date(referral.due_on))
    expect(school.locator("#main")).to_contain_text(f"They ask: {NEEDED}")
    axe(school)

    # when the school adds it and sends it back
    school.get_by_role("link", name="The child’s and parents’ voices").click()
    expect(school.get_by_text(NEEDED)).to_be_visible()
    school.get_by_label("What does the child say?").fill("I would come if I could start in the library.")
    school.get_by_role("button", name="Save and go back to the task list").click()
    school.get_by_role("link", name="Check your answers and send").click()
    school.get_by_role("button", name="Send referral").click()
    expect(school.get_by_role("heading", level=1)).to_contain_text("Referral sent")

    # then the duty officer reads it and accepts it, with a lead and two agencies, each for a purpose and until a day
    duty.goto(sheet)
    expect(duty.get_by_text("I would come if I could start in the library.")).to_be_visible()
    decide(duty, "Accept")
    duty.get_by_label("Who will lead").select_option(label="Officer Person: no open cases")
    duty.get_by_label("Aim of this work").fill("Four full days by half-term")
    today = timezone.localdate()
    invite(duty, 1, "Early Help", "Somebody to visit at home", today + datetime.timedelta(days=60))
    duty.get_by_role("button", name="Add another agency").click()
    expect(duty.get_by_label("Aim of this work")).to_have_value("Four full days by half-term")
    invite(duty, 2, "SEN", "Advice on a quiet start", today + datetime.timedelta(days=90))
    axe(duty)
    duty.get_by_role("button", name="Send decision").dblclick()
    duty.get_by_role("link", name="Open the case").click()
    case = Case.objects.get()
    expect(duty.get_by_text(case.reference).first).to_be_visible()
    asked = Grant.everything.filter(content_object=case, joined_at=None).values_list("group__agency__name", "until")
    assert set(asked) == {
        ("Early Help", today + datetime.timedelta(days=60)),
        ("SEN", today + datetime.timedelta(days=90)),
    }

    # and the school sees that, and works on the case with them
    school.goto(f"/workspace/referrals/{referral.reference}/")
    expect(school.locator("#main")).to_contain_text("Accepted")
    school.get_by_role("link", name="Open the case").click()
    expect(school.get_by_role("heading", level=1)).to_contain_text(case.child.last_name)

    # and an agency that was asked reads why and until when, before it learns who the child is
    partner = person("sen", then="/workspace/cases/")
    partner.get_by_role("link", name=case.reference).first.click()
    expect(partner.get_by_text("Advice on a quiet start")).to_be_visible()
    expect(partner.get_by_text(long_date(today + datetime.timedelta(days=90)))).to_be_visible()
    assert case.child.last_name not in partner.content()


def test_a_referral_is_declined_with_a_reason_and_advice_that_the_school_reads(waiting, person, axe):
    referral = waiting["newest"]
    duty = person("duty", then=f"/workspace/intake/{referral.reference}/")

    # when she declines without advice, then she is asked for it and her reason is still chosen
    decide(duty, "Decline")
    duty.get_by_role("radio", name="Universal support has not been tried yet").check()
    send(duty)
    expect(duty.locator(".error-summary")).to_contain_text("Tell the school what to do next")
    expect(duty.get_by_role("radio", name="Universal support has not been tried yet")).to_be_checked()

    # when she gives it, then it has left the queue and the school reads both
    duty.get_by_label("What would help now, and when to come back").fill(ADVICE)
    send(duty)
    expect(duty.get_by_text("Decided. Your reason and advice are recorded")).to_be_visible()
    duty.goto("/workspace/intake/")
    expect(duty.get_by_role("heading", name="Intake")).to_be_visible()
    assert referral.reference not in duty.content()
    school = person("lead", then=f"/workspace/referrals/{referral.reference}/")
    for said in ("We are not taking this on today", "Universal support has not been tried yet", ADVICE):
        expect(school.locator("#main")).to_contain_text(said)
    axe(school)


def test_a_concern_becomes_a_case_that_the_school_is_not_told_of_against_the_parents_wish(world, person, axe):
    # given a concern whose sender asked us not to tell the school who told us
    concern = worlds.received_concern(world.Hillside, 7, share_with_school="no")
    duty = person("duty", then=f"/workspace/intake/{concern.reference}/")
    axe(duty)

    # when it is accepted
    decide(duty, "Accept")
    duty.get_by_label("Who will lead").select_option(label="Officer Person: no open cases")
    duty.get_by_label("Aim of this work").fill("Somebody to talk to")
    send(duty)
    expect(duty.get_by_role("link", name="Open the case")).to_be_visible()

    # then there is a case with its lead, and for the school there is none
    case = Case.objects.get()
    assert case.lead == world.officer.user
    school = person("lead", then="/workspace/cases/")
    assert case.reference not in school.content()
    assert school.goto(f"/workspace/cases/{case.reference}/").status == 404
    assert school.goto(f"/workspace/intake/{concern.reference}/").status == 403
