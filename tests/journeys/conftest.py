"""What the stories share: a small county being served, and an eye for what nobody should have to live with.

world                     the people of tests/worlds.py and nothing else yet
person("officer")         a page in a browser of her own, signed in;  person("officer", width=360, script=False)
axe(page)                 fails where axe finds something serious on the page as it is now
look(page, axe, "name")   the same, and nothing sticks out at a phone's width nor at a desk's
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import worlds

PHONE, DESK = 360, 1280


@pytest.fixture
def world(asgi_server: str) -> worlds.World:
    return worlds.staffed()


@pytest.fixture
def person(browser_context, sign_in, world) -> Callable:
    def arrives(name: str, *, width: int = DESK, script: bool = True, then: str = "/workspace/"):
        context = browser_context(java_script_enabled=script, viewport={"width": width, "height": 800})
        return sign_in(context.new_page(), world.people[name].user.email, then=then)

    return arrives


@pytest.fixture(scope="session")
def axe() -> Callable:
    from axe_playwright_python.sync_playwright import Axe

    scanner = Axe()

    def look(page) -> None:
        found = scanner.run(page)
        serious = [each for each in found.response["violations"] if each["impact"] in {"serious", "critical"}]
        assert not serious, f"{page.url}\n{found.generate_report()}"

    return look


def look(page, axe, name: str) -> None:
    """Nothing sticks out at either width, and axe finds nothing serious. SHOTS=folder keeps a picture of each."""
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.locator("html").evaluate("e => e.scrollWidth") <= width, (name, width)
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    axe(page)
