"""A sign-in ends: somebody is warned in time, and afterwards nothing of a child is left on her screen."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from tests import worlds
from tests.journeys.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = "You will be signed out soon"


def ends_in(seconds: float) -> None:
    Session.objects.update(expire_date=timezone.now() + datetime.timedelta(seconds=seconds))


@pytest.fixture
def officer(person, world):
    """A page of a case, by a clock that the test moves."""
    case = worlds.opened_case(world)
    page = person("officer")
    page.clock.install()
    page.goto(f"/workspace/cases/{case.reference}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_she_is_warned_and_stays(officer, axe, width):
    # given that she has done nothing for 28 minutes
    officer.set_viewport_size({"width": width, "height": 800})
    ends_in(100)
    officer.clock.fast_forward("28:10")

    # then she is told, where she is
    warning = officer.get_by_role("dialog", name=SOON)
    expect(warning).to_be_visible()
    expect(warning.get_by_role("button", name="Stay signed in")).to_be_focused()
    axe(officer)

    # and stays by one key
    officer.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    assert Session.objects.get().expire_date > timezone.now() + datetime.timedelta(minutes=29)


def test_nobody_is_warned_who_went_on_in_another_window(officer):
    officer.clock.fast_forward("28:10")  # here; the row has just been moved on
    with officer.expect_response("**/accounts/session/") as asked:
        officer.clock.fast_forward("00:20")
    assert asked.value.json()["left"] > 1_000
    expect(officer.get_by_role("dialog")).to_be_hidden()


def test_who_does_nothing_sees_nothing_any_more(officer):
    child = officer.get_by_role("heading", level=1).inner_text()
    ends_in(100)
    officer.clock.fast_forward("28:10")
    expect(officer.get_by_role("dialog", name=SOON)).to_be_visible()
    ends_in(-1)
    officer.clock.fast_forward("01:45")
    expect(officer.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert child not in officer.content()


def test_after_signing_out_neither_back_nor_another_window_shows_anything(officer, world):
    # given a case open in two windows of one browser
    address, child = officer.url, officer.get_by_role("heading", level=1).inner_text()
    other = officer.context.new_page()
    other.goto(address)
    expect(other.get_by_role("heading", level=1)).to_have_text(child)
    copied = officer.context.cookies()

    # when she signs out in one of them
    officer.goto("/accounts/logout/")
    officer.get_by_role("button", name="Sign out").first.click()
    officer.wait_for_url(lambda url: "/accounts/logout/" not in url)

    # then Back leads to signing in, and the address does too
    for go in (officer.go_back, officer.go_back, officer.reload, lambda: officer.goto(address)):
        go()
        assert child not in officer.content()
    # and the other window has closed its content by itself
    expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert child not in other.content()
    # and the cookie, copied before, opens nothing
    thief = officer.context.browser.new_context(base_url=address)
    try:
        thief.add_cookies(copied)
        answer = thief.request.get(address, max_redirects=0)
        assert answer.status == 302 and "/accounts/login/" in answer.headers["location"]
    finally:
        thief.close()
