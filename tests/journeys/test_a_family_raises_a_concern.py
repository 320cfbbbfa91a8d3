"""A parent whose child cannot face school tells the council, from the start page to the reference."""

import re

import pytest
from playwright.sync_api import expect

from portal.accounts.membership import open_agency
from referrals.models import Concern
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.hands import Keyboard, Pointer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAID = ("Zoë-Mae", "O’Brien", "Mornings are a battle.", "Alex O’Brien", "01632 960 001", "07700 900 982", "Apple")


@pytest.fixture
def hillside(asgi_server):
    return open_agency(kind="school", name="Hillside High School", slug="hillside", town="Ledbury")


def parents_way(hand):
    """What a parent does on each page: (its heading, what she does there before she continues)."""
    return (
        ("Before you start", lambda: None),
        ("Who are you?", lambda: hand.choose("A parent or carer of the child")),
        ("What is the child’s name?", lambda: (hand.type("First name", SAID[0]), hand.type("Last name", SAID[1]))),
        (
            "When were they born?",
            lambda: (hand.type("Day", "27"), hand.type("Month", "3"), hand.type("Year", "2014")),
        ),
        ("Which school are they at?", lambda: find_the_school(hand)),
        ("What is making school hard?", lambda: (hand.tick("Worry or low mood"), hand.tick("Sleep or mornings"))),
        ("How much school are they missing now?", lambda: hand.choose("Most days")),
        ("How long has it been like this?", lambda: hand.choose("Since this half term")),
        ("Have you talked to the school?", lambda: hand.choose("Not yet")),
        ("What would you like us to know?", lambda: hand.type("In your own words (optional)", SAID[2])),
        ("What would help most?", lambda: hand.tick("Someone to talk to")),
        ("Does your child already get any help?", lambda: hand.choose("Waiting for an assessment")),
        (
            "About you",
            lambda: (hand.type("Your full name", SAID[3]), hand.choose("Parent the child lives with")),
        ),
        ("How should we contact you?", lambda: (hand.tick("Phone call"), hand.tick("Text message"))),
        ("What number should we call?", lambda: hand.type("What number should we call?", SAID[4])),
        ("What number should we text?", lambda: hand.type("What number should we text?", SAID[5])),
        ("Is it safe to contact you?", lambda: say_how_it_is_safe(hand)),
        ("Do you need any support to talk to us?", lambda: hand.choose("No, English is fine")),
        ("Can we talk to the school about this?", lambda: hand.choose("Please do not tell the school who told you")),
    )


def find_the_school(hand):
    hand.type("Name or town of the school", "hillside")
    hand.press("Find schools")
    expect(hand.page.get_by_role("heading", name="1 school found")).to_be_visible()
    hand.choose("Hillside High School")


def say_how_it_is_safe(hand):
    hand.choose("Yes", of="Is it safe to call this number?")
    hand.choose("No", of="Is it safe to leave a voicemail?")
    hand.choose("Not sure", of="Will you answer a call from a private number?")
    hand.choose("No", of="Is it safe to text you?")
    hand.type("A code word (optional)", SAID[6])


def begin(hand):
    hand.page.goto("/raise-a-concern/")
    hand.press("Start now", role="link")


def walk(hand, until=None, at_each=lambda: None):
    """From the start page through the questions, to the page headed `until` or to the check."""
    begin(hand)
    for heading, answer in parents_way(hand):
        expect(hand.page.get_by_role("heading", level=1)).to_have_text(heading)
        at_each()
        if heading == until:
            return
        answer()
        hand.press("Continue")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Check what you have told us")
    at_each()


def gives_nothing_away(page, asked):
    """What she has said is in no address, no title, and nothing on the phone itself."""
    for said in (*SAID, "27", "2014", "parent", "hillside", "Hillside"):
        assert said not in page.title()
    for said in (*SAID, "2014", "lives_with", "ledbury", "hillside"):
        assert not [url for url in asked if said.lower() in url.lower()], said
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def receipt(page):
    """The page she ends on says a reference; it is the one the team has."""
    expect(page.get_by_role("heading", level=1)).to_have_text("We have got it")
    concern = Concern.objects.get()
    assert re.fullmatch(r"C-[0-9A-Z]{3}-[0-9A-Z]{4}", concern.reference)
    expect(page.get_by_text(concern.reference)).to_be_visible()
    when = f"By {concern.due_on:%A} {concern.due_on.day} {concern.due_on:%B %Y}"
    expect(page.get_by_text(when)).to_be_visible()
    return concern


def test_with_the_keyboard_alone_on_a_phone_she_tells_us_and_is_given_a_reference(browser_context, hillside, axe):
    # given a phone and no pointer
    page = browser_context(viewport={"width": PHONE, "height": 740}).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    hand = Keyboard(page)

    # when she answers each page, none of which is wider than the phone or gives her away
    def look():
        assert page.locator("html").evaluate("e => e.scrollWidth") <= PHONE
        axe(page)
        gives_nothing_away(page, asked)

    walk(hand, at_each=look)
    for said in (*SAID, "27 March 2014", "Hillside High School", "Worry or low mood"):
        expect(page.get_by_text(said).first).to_be_visible()
    hand.press("Send to the attendance team")

    # then she has a reference, and what happens next with its day
    concern = receipt(page)
    look()
    assert concern.answers["own_words"] == SAID[2]
    assert concern.source_protected


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_at_a_desk_a_double_click_on_send_is_one_concern_and_so_is_going_back(browser_context, hillside, script):
    # given a parent at a desk, with JavaScript or without, who has answered everything
    page = browser_context(java_script_enabled=script, viewport={"width": DESK, "height": 900}).new_page()
    walk(Pointer(page))

    # when she presses twice, then she has told us once
    page.get_by_role("button", name="Send to the attendance team").dblclick()
    concern = receipt(page)
    assert concern.school == hillside

    # and when she goes back to send it again, she is told again that we have it
    page.go_back()
    page.goto("/raise-a-concern/check/")
    assert receipt(page) == concern


def test_an_empty_answer_is_said_first_with_the_focus_on_it(browser_context, hillside, axe):
    page = browser_context(viewport={"width": PHONE, "height": 740}).new_page()
    hand = Keyboard(page)
    # given the second question, when she continues without an answer
    walk(hand, until="Who are you?")
    hand.press("Continue")

    # then the page says so: in its title, in a summary that has the focus, and beside the question
    expect(page).to_have_title(re.compile("^Error: Who are you?"))
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Select who you are")
    assert page.get_by_text("Select who you are").count() == 2
    axe(page)

    # and the summary leads to the first answer
    hand.press("Select who you are", role="link")
    expect(page.get_by_role("radio", name="A parent or carer of the child")).to_be_focused()


def test_what_she_typed_is_still_there_beside_the_error(browser_context, hillside):
    page = browser_context().new_page()
    hand = Pointer(page)
    walk(hand, until="When were they born?")
    hand.type("Day", "27")
    hand.type("Year", "2014")
    hand.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text("Date of birth must include a month")
    expect(page.get_by_label("Day", exact=True)).to_have_value("27")
    expect(page.get_by_label("Year", exact=True)).to_have_value("2014")


@pytest.mark.parametrize("how", ["the button", "Shift three times", "without script"])
def test_leaving_quickly_forgets_everything_and_shows_the_weather(browser_context, hillside, settings, how):
    # given answers, and a neutral page that a test may open
    settings.COUNTY = {**settings.COUNTY, "exit_to": "/healthz"}
    page = browser_context(java_script_enabled=how != "without script").new_page()
    walk(Pointer(page), until="When were they born?")

    # when somebody comes into the room
    if how == "Shift three times":
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.get_by_role("link", name="Exit this page quickly").click()

    # then the weather is there, and nothing she said is anywhere any more
    page.wait_for_url("**/healthz")
    page.go_back()
    assert "O’Brien" not in page.content()
    page.goto("/raise-a-concern/name/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tell us about a concern")
    expect(page.get_by_role("link", name="Start now")).to_be_visible()
    page.goto("/raise-a-concern/check/")
    assert "O’Brien" not in page.content()
    assert not Concern.objects.exists()
