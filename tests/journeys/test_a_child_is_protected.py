"""What one adult must not learn, what an agency is shown, and an emergency: from the first page to the last.

Once with the keyboard alone, once with a pointer in a browser that runs no script.
"""

import pytest
from playwright.sync_api import expect

from referrals.models import BreakGlass, Case, Restriction
from tests import worlds
from tests.journeys.conftest import look
from tests.journeys.hands import Keyboard, Pointer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAYS = pytest.mark.parametrize(
    ("hand", "script"), [(Keyboard, True), (Pointer, False)], ids=["keyboard alone", "no script"]
)
WHY = "The family court has made an order."


@pytest.fixture
def case(world) -> Case:
    return worlds.opened_case(world, joined=("early help",))


def address(case: Case, rest: str = "") -> str:
    return f"/workspace/cases/{case.reference}/{rest}"


def eye(axe, script: bool):
    """Looks at a page where there is a script to look with; what is shown is the same."""
    return lambda page, name: look(page, axe, name) if script else None


@WAYS
def test_a_restriction_is_set_by_one_and_ended_by_two_and_one_detail_is_read(world, case, person, axe, hand, script):
    # given a safeguarding lead who hears of a court order
    sees, adult = eye(axe, script), case.child.carers.order_by("pk").first().name
    dsl = person("dsl", script=script, then=address(case, "people/"))
    she = hand(dsl)

    # when she presses too early, she is told all that is missing
    she.press("What an adult must not learn about this child", "link")
    sees(dsl, "restrictions-none")
    she.press("Set a restriction", "link")
    she.press("Set the restriction")
    expect(dsl.locator(".error-summary")).to_contain_text("Select who is protected")
    sees(dsl, "restrict")

    # and when she says whose, from whom and why, it stands, and the school is on no page
    she.choose(str(case.child), of="Who is protected?")
    she.choose(adult, of="Which adult must not learn it?")
    she.type("Why?", WHY)
    she.press("Set the restriction")
    expect(dsl.get_by_role("heading", name=f"Kept from {adult}")).to_be_visible()
    sees(dsl, "restrictions")
    dsl.goto(address(case))
    expect(dsl.get_by_text("A restriction stands on this case").first).to_be_visible()
    assert case.school.name not in dsl.locator("main").inner_text()
    sees(dsl, "protected-overview")

    # then a colleague reads the one detail, with a reason
    helper = person("early help", script=script, then=address(case, "reveal/"))
    he = hand(helper)
    he.choose("The school the child goes to", of="Which detail do you need?")
    he.type("Why do you need it?", "I meet them there on Tuesday.")
    sees(helper, "reveal")
    he.press("Show it")
    expect(helper.locator("main")).to_contain_text(case.school.name)
    sees(helper, "revealed")

    # and it takes two to end it
    dsl.goto(address(case, "restrictions/"))
    she.press(f"Ask that it ends (kept from {adult})", "link")
    she.type("Why should it end?", "The order has run out.")
    sees(dsl, "ask-to-lift")
    she.press("Ask that it ends")
    expect(dsl.get_by_text("Somebody else must agree")).to_be_visible()
    officer = person("officer", script=script, then=address(case, "restrictions/"))
    he = hand(officer)
    he.press(f"Agree that it ends (kept from {adult})", "link")
    sees(officer, "lift")
    he.press("Agree, and end it")
    expect(officer.get_by_text("No restriction stands")).to_be_visible()
    assert not Restriction.objects.in_force().exists()


@WAYS
def test_an_agency_joins_for_one_section_and_reads_that_alone(world, case, person, axe, hand, script):
    # given an officer who asks a provider for its help with the attendance
    sees = eye(axe, script)
    officer = person("officer", script=script, then=address(case, "invite/"))
    he = hand(officer)
    he.pick("Agency", "Orchard")
    he.type("Why are they being asked to join?", "Two mornings in the workshop")
    he.choose("Only the sections below", of="What can they read?")
    he.press("Send invitation")
    expect(officer.locator(".error-summary")).to_contain_text("Select at least one section to share")
    sees(officer, "invite")
    he.tick("Attendance")
    he.press("Send invitation")
    expect(officer.get_by_text("Invitation sent")).to_be_visible()

    # when the provider is told what it would read, and joins
    provider = person("provider", script=script, then=address(case))
    expect(provider.locator("main")).to_contain_text("You would read")
    sees(provider, "join")
    hand(provider).press("Join this case")
    expect(provider.get_by_text("You have joined this case")).to_be_visible()
    sees(provider, "sections-overview")

    # then the attendance is there, and the timeline is not
    provider.goto(address(case, "attendance/"))
    expect(provider.get_by_role("heading", name="Attendance", exact=True)).to_be_visible()
    provider.goto(address(case, "timeline/"))
    expect(provider.get_by_role("heading", level=1)).to_have_text("You cannot do this")

    # and what it reads is changed on a page of its own
    he.press("Change what they read (Orchard)", "link")
    sees(officer, "share")
    he.choose("The whole case", of="What can they read?")
    he.press("Save")
    expect(officer.get_by_text("Saved. It holds from now on")).to_be_visible()
    provider.goto(address(case, "timeline/"))
    expect(provider.get_by_role("heading", level=1)).to_have_text(str(case.child))


@WAYS
def test_in_an_emergency_a_case_is_opened_ended_and_looked_into(world, case, person, axe, hand, script):
    # given somebody who works with the family, and not on this case
    sees = eye(axe, script)
    nurse = person("health", script=script, then="/workspace/cases/")
    she = hand(nurse)
    she.press("Open a case in an emergency", "link")
    she.press("Open the case and tell a manager")
    expect(nurse.locator(".error-summary")).to_contain_text("Your reason must be 20 characters or more")
    sees(nurse, "break-glass")

    # when she says why, she reads it under a banner
    she.type("Reference of the case", case.reference)
    she.type("Why do you need to see it now?", "A neighbour rang: the child is alone.")
    she.press("Open the case and tell a manager")
    expect(nurse.get_by_text("Emergency access:").first).to_be_visible()
    sees(nurse, "broken-glass")
    she.press("End now")
    expect(nurse.get_by_text("Emergency access has ended")).to_be_visible()

    # then a manager looks into it
    manager = person("manager", script=script, then="/workspace/break-glass/reviews/")
    sees(manager, "reviews")
    she = hand(manager)
    she.press(f"Review the access of Health Person to {case.reference}", "link")
    she.type("What did you find?", "It was right to look.")
    sees(manager, "review")
    she.press("Keep this review")
    expect(manager.get_by_text("Your review is kept")).to_be_visible()
    assert BreakGlass.objects.get().reviewed_by == world.manager.user


def test_the_pages_that_say_who_sees_what_are_for_everybody(world, case, person, axe):
    note = case.notes.first()
    for name, addresses in (
        (
            "manager",
            (
                address(case, "who/"),
                *((address(case, f"who/?note={note.pk}"),) if note else ()),
                address(case, "history/"),
                address(case, "declare_conflict/"),
                address(case, "lift_conflict/"),
                f"/workspace/why/?reference={case.reference}&person={world.sen.user.email}",
                "/workspace/audit/?since=2026-12-02&until=2026-12-01",
                "/workspace/audit/",
                "/workspace/audit/prompts/",
                "/workspace/permissions/",
                "/accounts/",
                "/accounts/second-step/",
                "/accounts/second-step/app/",
                "/accounts/second-step/passkey/",
            ),
        ),
        ("sen", ("/workspace/conflict-declared/", "/workspace/cases/")),
    ):
        page = person(name)
        for place in addresses:
            page.goto(place)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            look(page, axe, place.strip("/").replace("/", "-").partition("?")[0])
