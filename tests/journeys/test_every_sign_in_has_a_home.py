"""Each documented sign-in of the demonstration county: where she may go works, at a phone's width and a desk's."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from portal.accounts.roles import Role
from portal.demo.places import SIGN_INS
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIXED = (
    "lead@hillside.example.org",
    "senco@hillside.example.org",
    "head@hillside.example.org",
    "lead@riverside.example.org",
    "duty@council.example.org",
    "officer@council.example.org",
    "manager@council.example.org",
    "sen@council.example.org",
    "earlyhelp@council.example.org",
    "provider@orchard.example.org",
    "editor@council.example.org",
    "dpo@council.example.org",
)
WIDER_THAN_THE_SCREEN = "e => e.scrollWidth > innerWidth && e.scrollWidth"


def test_home_and_each_place_in_the_navigation_work_for_everybody(browser_context, asgi_server, sign_in, axe, subtests):
    # given the demonstration county
    assert {*FIXED} <= {person.email for person in SIGN_INS}
    call_command("demo", verbosity=0)

    for person in SIGN_INS:
        with subtests.test(person.email):
            # when she signs in, on a browser that tells of everything that goes wrong
            context = browser_context()
            page, wrong = context.new_page(), []
            page.on("console", lambda said, wrong=wrong: said.type == "error" and wrong.append(said.text))
            page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
            sign_in(page, person.email)

            # then she is at home, by her name
            expect(page.get_by_role("heading", level=1)).to_contain_text("Hello, ")

            # and each place she may go to works, and so does the first thing she finds there; a case with all its pages
            links = page.locator(".service-navigation nav a, .service-navigation__end a")
            places = sorted(set(links.evaluate_all("all => all.map(link => link.getAttribute('href'))")))
            assert {"/workspace/", "/workspace/notifications/"} <= set(places)
            for place in places:
                as_it_should_be(page, place, axe)
                first = page.locator(", ".join(f"#main a[href^='{place}{letter}-']" for letter in "ACR"))
                if first.count():
                    as_it_should_be(page, first.first.get_attribute("href"), axe)
            if person.role == Role.LA_OFFICER:
                as_it_should_be(page, "/workspace/cases/", axe)
                page.locator("#main a.reference, #main a[href*='/cases/A-']").first.click()
                tabs = page.locator(".sub-navigation--wide a")
                for address in tabs.evaluate_all("all => all.map(link => link.getAttribute('href'))"):
                    as_it_should_be(page, address, axe)
            assert not wrong
            context.close()


def as_it_should_be(page: Page, address: str, axe) -> None:
    """It opens, and neither on a phone nor at a desk is it wider than the screen or hard to use."""
    answer = page.goto(address)
    assert answer.status == 200, address
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        too_wide = page.locator("html").evaluate(WIDER_THAN_THE_SCREEN)
        assert not too_wide, f"{address} is {too_wide} px wide at {width}"
        axe(page)
