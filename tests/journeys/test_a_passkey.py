"""An officer sets up a passkey, signs in with it, confirms with it, and signs out of a browser that keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from tests import worlds

pytestmark = pytest.mark.browser
CODES = "/accounts/second-step/codes/"


@pytest.fixture
def with_second_factor(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture
def at_localhost(browser, asgi_server) -> Callable:
    """A page in a browser of its own, at a name: browsers know no passkeys of a bare address."""
    opened = []

    def page(**options) -> Page:
        context = browser.new_context(base_url=asgi_server.replace("127.0.0.1", "localhost"), **options)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield page
    for context in opened:
        context.close()


def authenticator(page: Page) -> None:
    """A security key the browser carries itself; whoever is asked for a finger has given it."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def first_step(page: Page, email: str, then: str = "/workspace/") -> None:
    page.goto(f"/accounts/login/?next={then}")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(worlds.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_from_the_first_sign_in_to_the_last_page_back(world, with_second_factor, at_localhost, axe):
    officer = world.people["officer"].user
    page = at_localhost(viewport={"width": 360, "height": 800})
    authenticator(page)

    # Given she has signed in with her password, nothing opens before she has set up a second step
    first_step(page, officer.email, then="/workspace/cases/")
    expect(page.get_by_role("heading", name="Set up a second step for signing in")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Set up a passkey").click()
    axe(page)
    page.get_by_label("What do you call this passkey?").fill("Work laptop")
    page.get_by_role("button", name="Add a passkey").click()

    # Then she keeps her recovery codes and goes on to where she was going
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    axe(page)
    page.get_by_role("button", name="I have kept them: continue").click()
    page.wait_for_url("**/workspace/cases/")
    assert Authenticator.objects.filter(user=officer, type="webauthn").count() == 1

    # When she signs out, the Back button shows nothing of it
    page.goto("/workspace/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    heading = page.get_by_role("heading", level=1).inner_text()
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.go_back()
    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_text(heading, exact=True)).to_have_count(0)

    # And the next time her password is not enough, and her passkey is
    first_step(page, officer.email)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    axe(page)
    page.goto("/workspace/")
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("heading", name="Sign in", level=1, exact=True)).to_be_visible()
    first_step(page, officer.email)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/workspace/")

    # And she sees where she is signed in
    page.goto("/accounts/")
    expect(page.get_by_text("This device")).to_have_count(1)
    expect(page.get_by_text("Passkey: Work laptop")).to_be_visible()
    axe(page)


def test_somebody_elses_passkey_does_not_open_her_account(world, with_second_factor, at_localhost):
    officer, duty = world.people["officer"].user, world.people["duty"].user
    page, thief = at_localhost(), at_localhost()
    for who, where in ((officer, page), (duty, thief)):
        authenticator(where)
        first_step(where, who.email)
        where.get_by_role("link", name="Set up a passkey").click()
        where.get_by_label("What do you call this passkey?").fill("Mine")
        where.get_by_role("button", name="Add a passkey").click()
        where.wait_for_url(f"**{CODES}")
    thief.context.clear_cookies()
    first_step(thief, officer.email)  # with her password, and a passkey of the thief's own
    thief.get_by_role("button", name="Use a passkey").click()
    expect(thief.get_by_text("No passkey was used")).to_be_visible()
    thief.goto("/workspace/")
    expect(thief.get_by_role("heading", name="Enter your code")).to_be_visible()


def test_on_a_shared_device_the_browser_is_told_to_keep_nothing(world, at_localhost):
    page = at_localhost()
    page.goto("/accounts/login/")
    page.get_by_label("Email address").fill(world.people["officer"].user.email)
    page.get_by_label("Password", exact=True).fill(worlds.PASSWORD)
    page.get_by_role("checkbox", name="This is a shared device").check()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workspace/")
    assert page.locator("html").get_attribute("data-shared") == "yes"
    page.locator(".account-menu summary").click()
    with page.expect_response(lambda answer: answer.url.endswith("/accounts/logout/")) as told:
        page.get_by_role("button", name="Sign out").click()
    assert told.value.all_headers()["clear-site-data"] == '"cache", "storage"'
