"""Every component in its states: renders, reflows, and axe finds nothing, at a phone's width and a desk's."""

from pathlib import Path

import pytest
from django.template import Context, Engine, TemplateSyntaxError
from django.test import override_settings

from portal.ui import gallery, icons, stylesheet

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = {path.stem for path in (ROOT / "templates" / "components").glob("*.html")}
# Parts of other components, and what the base templates show on every page of the gallery.
SHOWN_ELSEWHERE = {
    "account_menu",
    "exit_page",
    "field",
    "error_summary",
    "header",
    "hero",
    "live_strip",
    "mark",
    "service_navigation",
    "service_navigation_list",
    "skip_link",
    "sub_navigation_list",
    "timeline_item",
}
PAGES = [
    "/gallery/",
    "/gallery/?form=wrong",
    "/gallery/public/",
    "/gallery/workspace/",
    "/gallery/workspace/?theme=dark",
    "/gallery/workspace/?density=compact",
    "/no/such/page/",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def with_gallery():
    with override_settings(ROOT_URLCONF="tests.web.gallery_urls"):
        yield


def test_every_component_is_in_the_gallery():
    assert set(gallery.EXAMPLES) | SHOWN_ELSEWHERE == COMPONENTS


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES[:-1])
def test_a_gallery_page_renders(client, with_gallery, address):
    page = client.get(address)
    assert page.status_code == 200
    assert " style=" not in page.text
    assert "<style" not in page.text


@pytest.mark.django_db
def test_the_gallery_is_not_served_in_production(client):
    assert client.get("/gallery/").status_code == 404


def test_a_page_says_error_first_in_its_title(client, db, with_gallery):
    assert "<title>Error: Gallery" in client.get("/gallery/?form=wrong").text
    assert "<title>Gallery" in client.get("/gallery/").text


def rendered(source: str, **values) -> str:
    engine = Engine(dirs=[ROOT / "templates"], builtins=["portal.ui.templatetags.ui"])
    return engine.from_string(source).render(Context(values))


def test_an_unknown_component_says_so():
    with pytest.raises(TemplateSyntaxError, match="There is no component called 'status_tga'"):
        rendered('{% component "status_tga" text="Open" %}')


def test_an_unknown_icon_says_which_there_are():
    with pytest.raises(KeyError, match="phone"):
        icons.icon("telephone")


def test_a_component_sees_its_own_keys_and_nothing_else_of_the_page():
    assert "Leaked" not in rendered('{% component "status_tag" tone="info" %}', text="Leaked")


def test_what_is_given_to_a_component_is_escaped():
    assert "&lt;b&gt;" in rendered('{% component "status_tag" text=text %}', text="<b>Open</b>")


def test_a_block_keeps_the_markup_inside_it_and_escapes_the_data():
    html = rendered('{% componentblock "inset" %}<p>{{ words }}</p>{% endcomponentblock %}', words="<i>")
    assert "<p>&lt;i&gt;</p>" in html


def test_the_stylesheet_holds_every_source_and_its_addresses_lead_somewhere():
    text = stylesheet.stylesheet()
    static = stylesheet.CSS.parent
    assert text.index(":root") < text.index("\n.button") < text.index("@media print")
    for address in stylesheet._URL.findall(text):
        assert (static / address[1]).is_file(), address


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(browser_page, with_gallery, address, width):
    from axe_playwright_python.sync_playwright import Axe

    browser_page.set_viewport_size({"width": width, "height": 800})
    browser_page.goto(address)
    results = Axe().run(browser_page, options={"runOnly": WCAG})
    assert not results.response["violations"], results.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("address", PAGES)
def test_a_page_reflows_at_320_pixels_without_script(browser_context, with_gallery, address):
    page = browser_context(java_script_enabled=False, viewport={"width": 320, "height": 700}).new_page()
    page.goto(address)
    assert page.locator("html").evaluate("e => e.scrollWidth") <= 320


@pytest.mark.browser
def test_the_error_summary_takes_focus_and_leads_to_the_first_box_that_is_wrong(browser_page, with_gallery):
    browser_page.goto("/gallery/?form=wrong")
    assert browser_page.evaluate("document.activeElement.className") == "error-summary"
    browser_page.get_by_role("link", name="Date of birth must include a month").click()
    assert browser_page.evaluate("document.activeElement.name") == "born_month"
    browser_page.get_by_role("link", name="Select who you are").click()
    assert browser_page.evaluate("document.activeElement.value") == "parent"


@pytest.mark.browser
def test_an_exclusive_answer_clears_the_others_and_they_clear_it(browser_page, with_gallery):
    browser_page.goto("/gallery/")
    worry, unknown = browser_page.get_by_label("Worry or low mood"), browser_page.get_by_label("I do not know")
    worry.check()
    unknown.check()
    assert not worry.is_checked()
    worry.check()
    assert not unknown.is_checked()


@pytest.mark.browser
def test_the_character_count_is_seen_at_once_and_said_after_a_pause(browser_page, with_gallery):
    from playwright.sync_api import expect

    browser_page.goto("/gallery/")
    browser_page.get_by_label("What would you like us to know?").fill("x" * 121)
    assert browser_page.locator(".long-text__count").inner_text() == "You have 1 character too many"
    expect(browser_page.locator(".long-text [aria-live]")).to_have_text("You have 1 character too many")


@pytest.mark.browser
def test_the_account_menu_works_without_script_and_closes_on_escape_with_it(browser_context, with_gallery):
    for script in (False, True):
        page = browser_context(java_script_enabled=script).new_page()
        page.goto("/gallery/workspace/")
        page.get_by_text("J. Rees: your account").click()
        assert page.get_by_role("button", name="Sign out").is_visible()
        if script:
            page.keyboard.press("Escape")
            assert not page.get_by_role("button", name="Sign out").is_visible()
