"""A caseworker whose browser runs no script does the main job just the same."""

import pytest
from playwright.sync_api import expect

from referrals.models import Case, Grant, Note
from tests import worlds
from tests.journeys.conftest import PHONE
from tests.journeys.ears import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_a_referral_is_accepted_a_partner_joins_and_both_write(person, world, width):
    # given a referral that waits
    referral = worlds.sent_referral(world)
    duty = person("duty", script=False, width=width, then="/workspace/intake/")
    duty.get_by_role("link", name=referral.reference).click()

    # when the duty officer accepts it and asks Early Help to join
    duty.get_by_role("radio", name="Accept", exact=True).check()
    duty.get_by_label("Who will lead").select_option(label="Officer Person: no open cases")
    duty.get_by_label("Aim of this work").fill("Four full days by half-term")
    duty.get_by_label("Agency", exact=True).first.select_option("Early Help")
    duty.get_by_label("What for").first.fill("Somebody to visit")
    duty.get_by_role("button", name="Send decision").click()
    duty.get_by_role("link", name="Open the case").click()
    case = Case.objects.get()

    # then Early Help joins
    partner = person("early help", script=False, width=width, then="/workspace/cases/")
    partner.get_by_role("link", name=case.reference).first.click()
    expect(partner.get_by_role("heading", level=1)).to_contain_text("Before you join this case")
    assert case.child.last_name not in partner.content()
    partner.get_by_role("button", name="Join this case").click()
    expect(partner.get_by_text("You have joined this case")).to_be_visible()
    assert Grant.objects.get(content_object=case, group=world.agencies["Early Help"].group).joined_at

    # and writes a note that the officer reads when he loads the page
    partner.goto(f"/workspace/cases/{case.reference}/timeline/")
    write(partner, "Visited on Tuesday.")
    officer = person("officer", script=False, width=width, then=f"/workspace/cases/{case.reference}/timeline/")
    expect(officer.locator("#timeline")).to_contain_text("Visited on Tuesday.")
    expect(officer.locator("live-strip")).to_contain_text("Reload this page to see what is new.")
    write(officer, "Only for us.", "My organisation only")
    partner.reload()
    assert "Only for us." not in partner.content()

    # and a note without words is said to be one, beside its box
    partner.get_by_role("button", name="Add note").click()
    expect(partner.locator(".error-summary")).to_contain_text("Enter your note")
    assert partner.title().startswith("Error: ")
    assert Note.objects.count() == 2
    assert partner.locator("html").evaluate("e => e.scrollWidth") <= width


def test_a_double_click_on_add_note_is_one_note(person, world):
    case = worlds.opened_case(world)
    officer = person("officer", script=False, then=f"/workspace/cases/{case.reference}/timeline/")
    officer.get_by_label("Your note", exact=True).fill("Said once.")
    officer.get_by_role("button", name="Add note").dblclick()
    expect(officer.locator("#timeline > li").filter(has_text="Said once.")).to_have_count(1)
    assert Note.objects.count() == 1
