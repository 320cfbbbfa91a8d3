"""What a page hears on its socket, and when it shows something: for stories about what is live."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

from referrals.models import Case

NEWS = "a.new-items"
WHEN_SEEN = """() => new Promise(seen => {
  const button = document.querySelector('a.new-items');
  const look = () => button.checkVisibility() ? seen(Date.now()) : requestAnimationFrame(look);
  look();
})"""


class Ear:
    """A page of somebody's, and every frame its sockets have been sent. Made before the page goes anywhere."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[dict[str, Any]] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _hear(self, frame: str | bytes) -> None:
        self.frames.append(json.loads(frame))

    def about(self, stream: str) -> list[int]:
        """The numbers heard about one case, or about "inbox"."""
        return [frame["n"] for frame in self.frames if frame["stream"] == stream]

    def reads(self, case: Case, at: str = "") -> Ear:
        """Opens the timeline, on the server `at`, and waits until it is live."""
        self.page.goto(f"{at}/workspace/cases/{case.reference}/timeline/")
        expect(self.page.locator("live-strip")).to_have_attribute("data-state", "live")
        return self

    @property
    def news(self) -> Locator:
        """The button that offers what is new."""
        return self.page.locator(NEWS)

    def entries(self, words: str) -> Locator:
        return self.page.locator("#timeline > li").filter(has_text=words)


def write(page: Page, words: str, sees: str = "Everyone on this case", people: tuple[str, ...] = ()) -> None:
    """A note, from the composer of an open timeline."""
    page.get_by_label("Your note", exact=True).fill(words)
    page.get_by_role("radio", name=sees).check()
    for name in people:
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Note added")).to_be_visible()
