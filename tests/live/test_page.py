"""An open page of a case, in a real browser: what is new is offered, put in when asked for, and never twice."""

import re
import time

import pytest
from django.test import Client
from playwright.sync_api import expect

from notifications import live
from portal.accounts import endings, membership
from portal.accounts.models import User
from referrals.actions.case.add_note import add_note
from referrals.actions.case.remove import remove
from tests import worlds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(asgi_server):
    return worlds.staffed()


@pytest.fixture
def case(world):
    case = worlds.opened_case(world, joined=("early help",))
    for number in range(12):
        add_note(case, by=world.officer, body=f"Earlier note {number}. " + "Said at length. " * 20)
    return case


@pytest.fixture
def opened(asgi_server, browser_context, world, case):
    """`opened("officer")`: the case's timeline, open at somebody's desk."""

    def page_of(name, path=None, prepare=None):
        client = Client()
        client.force_login(world.people[name].user)
        context = browser_context()
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": asgi_server, "httpOnly": True}]
        )
        page = context.new_page()
        if prepare:
            prepare(page)
        page.goto(path or f"/workspace/cases/{case.reference}/timeline/")
        return page

    return page_of


def strip(page):
    return page.locator("live-strip")


def offered(page):
    return page.locator("a.new-items")


def top(page, text):
    return page.get_by_text(text).first.evaluate("e => Math.round(e.getBoundingClientRect().top)")


def test_a_note_is_offered_within_a_second_without_moving_anything_and_put_in_when_pressed(world, case, opened):
    page = opened("officer")
    expect(strip(page)).to_contain_text("Live")
    page.get_by_text("Earlier note 6.").scroll_into_view_if_needed()
    before = top(page, "Earlier note 6.")
    add_note(case, by=world.early_help, body="A fresh note")
    expect(offered(page)).to_have_text("Show 1 new note from Early Help", timeout=1000)
    assert top(page, "Earlier note 6.") == before
    expect(page.get_by_text("A fresh note")).to_have_count(0)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("#live-polite")).to_have_text("1 new note on this case.")

    offered(page).click()
    expect(page.get_by_text("A fresh note")).to_be_in_viewport()
    expect(page.locator("#timeline > li").first.locator(".timeline__title")).to_be_focused()
    expect(page).not_to_have_title(re.compile(r"^\("))
    page.get_by_role("button", name="Back to where you were").click()
    expect(page.get_by_text("Earlier note 6.")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Back to where you were")).to_have_count(0)


def test_who_may_not_see_a_note_is_offered_nothing(world, case, opened):
    page, hers = opened("lead"), opened("officer")
    expect(strip(page)).to_contain_text("Live")
    expect(strip(hers)).to_contain_text("Live")
    add_note(case, by=world.early_help, body="Secret", visibility="named", people=[world.officer.user])
    expect(offered(hers)).to_be_visible()
    page.wait_for_timeout(500)
    expect(offered(page)).to_be_hidden()


def test_after_a_time_without_a_connection_nothing_is_missing_and_nothing_is_there_twice(world, case, opened):
    page = opened("officer")
    expect(strip(page)).to_contain_text("Live")
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(strip(page)).to_contain_text("Reconnecting…", timeout=6000)
    for number in range(4):
        add_note(case, by=world.early_help, body=f"While away {number}")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(strip(page)).to_contain_text("Back online. 4 updates while you were away.")
    add_note(case, by=world.early_help, body="And one more")
    expect(offered(page)).to_have_text("Show 5 new notes from Early Help")
    offered(page).click()
    page.wait_for_timeout(300)
    for words in [*(f"While away {number}" for number in range(4)), "And one more"]:
        expect(page.get_by_text(words)).to_have_count(1)
    numbers = page.locator("#timeline > li").evaluate_all("all => all.map((e) => e.dataset.event)")
    assert len(numbers) == len(set(numbers))


def test_when_access_ends_the_page_says_so_and_keeps_what_was_typed(world, case, opened):
    page = opened("early help")
    expect(strip(page)).to_contain_text("Live")
    page.locator("textarea[name=body]").fill("Half a note")
    remove(case, by=world.officer, agency=world.agencies["Early Help"])
    expect(
        page.get_by_text(
            re.compile(r"Your access to this case ended at \d+:\d\d\. If this is wrong, ask O\. Person\.")
        ).last
    ).to_be_visible()
    expect(page.get_by_label("What you had typed")).to_have_value("Half a note")
    expect(page.get_by_text("Earlier note 6.")).to_have_count(0)
    expect(page.locator(".identity-bar")).to_have_count(0)
    expect(strip(page)).to_have_count(0)  # nothing here is live any more


def test_the_badge_counts_what_is_new_for_me_on_any_page(world, case, opened):
    page = opened("colleague", path="/workspace/notifications/")
    badge = page.locator("notification-badge .badge__count")
    expect(badge).to_have_text(re.compile(r"\d+"))
    before = int(badge.inner_text())
    page.wait_for_timeout(300)
    add_note(case, by=world.early_help, body="x")
    expect(badge).to_have_text(str(before + 1))


def test_without_any_socket_the_page_asks_and_says_how_often(world, case, opened):
    def no_socket(page):
        page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
        page.add_init_script(
            "document.addEventListener('DOMContentLoaded', () => "
            "document.querySelectorAll('[data-live-stream]').forEach((s) => { s.dataset.livePoll = 1; }))"
        )

    page = opened("officer", prepare=no_socket)
    add_note(case, by=world.early_help, body="x")
    expect(offered(page)).to_be_visible(timeout=5000)


def test_while_somebody_types_the_screen_reader_waits(world, case, opened):
    page = opened("officer")
    expect(strip(page)).to_contain_text("Live")
    page.locator("textarea[name=body]").press_sequentially("Typing")
    add_note(case, by=world.early_help, body="x")
    expect(offered(page)).to_be_visible()
    expect(page.locator("#live-polite")).to_be_empty()
    expect(page.locator("textarea[name=body]")).to_be_focused()
    expect(page.locator("#live-polite")).to_have_text("1 new note on this case.", timeout=8000)


# --- a right that ends while its page is open -------------------------------------------------------------------------


def wait_until_listening(page, sockets):
    """Until so many pages have a socket: a list has no line that would say so."""
    deadline = time.monotonic() + 10
    while sum(hub.count for hub in live._hubs if hub.alive) < sockets:
        assert time.monotonic() < deadline, "no socket was opened"
        page.wait_for_timeout(20)


ENDED = re.compile(r"Your access to this case ended at \d+:\d\d\. If this is wrong, ask O\. Person\.")


def test_somebody_who_leaves_sees_nothing_more_of_an_open_case_but_her_own_words(world, case, opened):
    page = opened("early help")
    expect(strip(page)).to_contain_text("Live")
    page.locator("textarea[name=body]").fill("Half a note")
    membership.leave(world.early_help.membership)
    main = page.locator("#main")
    expect(main).to_contain_text(ENDED)
    expect(main.get_by_role("heading", level=1)).to_be_focused()
    expect(main.get_by_label("What you had typed")).to_have_value("Half a note")
    expect(page.locator("#live-assertive")).to_have_text(ENDED)
    assert str(case.child) not in page.content()
    assert "Earlier note 6." not in page.content()


def test_signing_out_elsewhere_empties_every_open_page(world, case, opened):
    on_the_case, in_the_list = opened("officer"), opened("officer", path="/workspace/cases/")
    wait_until_listening(on_the_case, 2)
    officer = User.objects.get(pk=world.officer.user.pk)
    officer.set_password("another-long-password")
    officer.save()
    for page in (on_the_case, in_the_list):
        expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
        assert case.reference not in page.locator("#main").inner_text()
        assert str(case.child) not in page.content()


def test_a_page_that_may_still_be_shown_stays_as_it_is(world, case, opened):
    in_the_list, theirs = opened("officer", path="/workspace/cases/"), opened("officer")
    wait_until_listening(theirs, 2)
    theirs.locator("textarea[name=body]").fill("Half a note")
    with in_the_list.expect_response(lambda answer: answer.request.method == "HEAD") as asked:
        endings.tell([world.officer.user.pk])
    assert asked.value.status == 200
    wait_until_listening(theirs, 2)
    add_note(case, by=world.early_help, body="A fresh note")
    expect(offered(theirs)).to_be_visible()
    expect(theirs.locator("textarea[name=body]")).to_have_value("Half a note")
    expect(in_the_list.locator("#main")).to_contain_text(case.reference)
