"""Two ways to fill in a page. A story told once is walked by both: the keyboard alone, and a pointer.

`type(label, text)` · `choose(label, of=question)` one of some radios · `pick(label, option)` one of a list
· `tick(label)` a box · `press(name)` a button or a link.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

FAR = 120  # presses of Tab after which a control is out of reach
FOCUSED = "e => e === document.activeElement"
IN_THE_GROUP = "e => document.activeElement.type === 'radio' && document.activeElement.name === e.name"


def radio(page: Page, label: str, of: str) -> Locator:
    among = page.get_by_role("group", name=of) if of else page
    return among.get_by_role("radio", name=label, exact=True)


class Pointer:
    def __init__(self, page: Page) -> None:
        self.page = page

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str, of: str = "") -> None:
        radio(self.page, label, of).check()

    def pick(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, label: str) -> None:
        self.page.get_by_role("checkbox", name=label, exact=True).check()

    def press(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).click()


class Keyboard:
    """Tab, Space, Enter and the arrows of a group of radios. Whatever Tab does not reach is not there."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def type(self, label: str, text: str) -> None:
        self._reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, of: str = "") -> None:
        wanted = radio(self.page, label, of)
        self._tab_until(wanted, IN_THE_GROUP)
        for _ in range(FAR):
            if wanted.evaluate(FOCUSED):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def pick(self, label: str, option: str) -> None:
        wanted = self.page.get_by_label(label, exact=True)
        self._reach(wanted)
        self.page.keyboard.type(option)
        expect(wanted.locator("option:checked")).to_have_text(option)

    def tick(self, label: str) -> None:
        wanted = self.page.get_by_role("checkbox", name=label, exact=True)
        self._reach(wanted)
        self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def press(self, name: str, role: str = "button") -> None:
        self._reach(self.page.get_by_role(role, name=name, exact=True))
        self.page.keyboard.press("Enter")

    def _reach(self, wanted: Locator) -> None:
        self._tab_until(wanted, FOCUSED)

    def _tab_until(self, wanted: Locator, reached: str) -> None:
        expect(wanted).to_be_visible()
        for _ in range(FAR):
            if wanted.evaluate(reached):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {wanted}")
