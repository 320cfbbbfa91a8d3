"""The first pages: there, true to the house's rules, and found by following links."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import resolve

from content import first_pages, pages
from content.models import ContactPoint, HomePage, LegalFact, PublicPage, TopicPage
from portal.cache import PAGES_VERSION, forget_public_pages, pages_here

pytestmark = pytest.mark.django_db

SIX = {
    "/": f"Help with school attendance in {settings.COUNTY['name']}",
    "/help/child-wont-go-to-school/": "What to do if my child won’t go to school",
    "/rules-and-letters/step-by-step/": "How school and the council help, step by step",
    "/help/send-and-attendance/": "SEND and attendance",
    "/rules-and-letters/letters-about-attendance/": "Letters about attendance",
    "/contact/": "About the team and how to contact us",
}
# A figure somebody typed: money, a percentage, or a count of what the law counts.
TYPED = re.compile(r"£\s*\d|\d+\s*%|\b\d+ (?:half days|sessions|school weeks|school days|days|weeks)\b")
BANNED = re.compile(r"school refus|non-complian|hard to reach|truan|click here|\bEWO\b|invalid", re.IGNORECASE)


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.h1 = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if tag == "h1":
            self.h1 += 1
        if "id" in attrs:
            self.ids.append(attrs["id"])


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def stored(page: PublicPage) -> str:
    """All that was typed into a page."""
    words = [page.title, page.lead, page.search_description]
    for name in page.stream_names:
        words.append(json.dumps(getattr(page, name).get_prep_value(), ensure_ascii=False))
    return "\n".join(words)


@pytest.mark.parametrize(("address", "title"), SIX.items())
def test_the_page_is_there_with_its_question_as_the_one_heading(site, client, address, title):
    html = read(client, address)
    assert Links(html).h1 == 1
    assert title in html
    assert '<meta name="description" content="' in html
    assert "Last checked" in html


def test_no_page_types_a_figure(site):
    for page in site.values():
        assert not TYPED.search(stored(page)), page.title


def test_no_page_blames(site):
    for page in site.values():
        assert not BANNED.search(stored(page)), page.title


def test_every_page_is_kept_by_somebody_and_reviewed(site):
    assert all(page.kept_by and page.review_on > page.checked_on and page.search_description for page in site.values())


def test_every_page_passes_the_rules_of_its_blocks(site):
    for page in site.values():
        page.full_clean()
        for name in page.stream_names:
            field = page._meta.get_field(name)
            try:
                field.stream_block.clean(getattr(page, name))
            except ValidationError as error:
                pytest.fail(f"{page.title}: {error.as_json_data()}")


def test_the_amount_of_a_fine_is_changed_once_and_right_everywhere(site, client):
    address = "/rules-and-letters/letters-about-attendance/"
    assert "£160" in read(client, address)
    fact = LegalFact.objects.get(key="penalty-first")
    fact.value = "£175"
    fact.save()
    assert "£175" in read(client, address)
    assert "Checked on" in read(client, address)


def test_a_fact_comes_into_force_on_its_day(site):
    old = LegalFact.objects.get(key="penalty-first")
    later = LegalFact(key=old.key, label=old.label, value="£200", source="A later law", checked_on=old.checked_on)
    later.effective_from = old.effective_from.replace(year=old.effective_from.year + 100)
    later.save()
    assert LegalFact.in_force()["penalty-first"].value == old.value
    assert LegalFact.in_force(later.effective_from)["penalty-first"].value == "£200"


def test_every_internal_link_resolves(site, client):
    seen, waiting = set(), {"/"}
    while waiting:
        address = waiting.pop()
        seen.add(address)
        for link in Links(read(client, address)).links:
            parts = urlsplit(link)
            if parts.scheme in {"tel", "mailto"} or not parts.path:
                continue
            assert not parts.netloc, f"{address} sends people away to {link}"
            if parts.path.startswith(("/workspace/", "/raise-a-concern/", "/accounts/")):
                assert resolve(parts.path), f"{link} on {address}"  # another package's page, with tests of its own
            elif parts.path not in seen:
                waiting.add(parts.path)
    assert set(SIX) <= seen
    assert len(seen) == len(site)


def test_no_id_stands_twice_on_a_page(site, client):
    for page in site.values():
        ids = Links(read(client, page.url)).ids
        assert len(ids) == len(set(ids)), page.url


def test_no_page_carries_script_or_style_of_its_own(site, client):
    for page in site.values():
        html = read(client, page.url)
        assert " style=" not in html
        assert "<style" not in html
        assert not re.search(r"<script(?![^>]* src=)", html)


def test_every_block_of_the_kit_renders(site, draft, client):
    team, fact = ContactPoint.objects.get(key="attendance-team"), LegalFact.objects.get(key="penalty-first")
    table = {"data": [["When", "What"], ["Today", "Call"]], "first_row_is_table_header": True, "table_caption": "Plan"}
    said = {
        "rich_text": "<h2>A heading</h2><p><b>Bold</b> words</p>",
        "lead": "The answer in two lines",
        "key_facts": {"heading": "In short", "facts": ["One fact", "Two facts"]},
        "do_now": {"heading": "Do this today", "steps": [{"title": "Breathe", "text": "Slowly"}]},
        "inset": {"text": "<p>Worth knowing</p>"},
        "warning": {"text": "Take care & <b>act</b>"},
        "details": {"summary": "More about it", "text": "<p>Inside</p>"},
        "steps": {"steps": [{"title": "First", "text": "<p>Go</p>"}, {"title": "Then", "text": "<p>Stay</p>"}]},
        "table": {"table": table},
        "quote": {"quote": "They listened", "who": "A mother", "consented": True},
        "contact_point": {"point": team},
        "legal_fact": {"fact": fact, "note": "Each time"},
        "call_to_action": {"text": "Tell us now", "page": None, "note": "No account"},
        "safety_note": {"text": "<p>Get help now</p>"},
    }
    assert set(said) == set(TopicPage._meta.get_field("body").stream_block.child_blocks)
    page = draft(list(said.items()))
    page.save_revision().publish()
    html = read(client, "/help/a-new-page/")
    shown = ["A heading", "answer in two", "Two facts", "Breathe", "Worth knowing", "More about it", "Stay", "Plan"]
    shown += ["They listened", team.phone, fact.value, "Tell us now", "Get help now"]
    for words in shown:
        assert words in html
    assert "Take care &amp; &lt;b&gt;act&lt;/b&gt;" in html


def test_a_draft_is_not_public(draft, client):
    draft([("rich_text", "<p>Secret</p>")])
    assert client.get("/help/a-new-page/").status_code == 404


def test_loading_again_changes_nothing(site):
    before = {key: page.latest_revision_id for key, page in site.items()}
    assert {key: page.latest_revision_id for key, page in pages.load().items()} == before


def test_loading_never_writes_over_what_an_editor_changed(site, editor):
    page = site["send"]
    page.lead = "The editor’s own words."
    page.save_revision(user=editor).publish()
    pages.load(overwrite=True)
    assert TopicPage.objects.get(pk=page.pk).lead == "The editor’s own words."


def test_loading_to_overwrite_renews_what_no_editor_changed(site):
    TopicPage.objects.filter(pk=site["send"].pk).update(lead="Old")
    assert pages.load(overwrite=True)["send"].lead == first_pages.SEND["lead"]


def test_contact_points_are_samples_until_the_council_enters_its_own(site, client):
    assert all(point.sample for point in ContactPoint.objects.all())
    assert "Sample details" in read(client, "/contact/")


# --- kept pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def forgetting(django_capture_on_commit_callbacks):
    """A function: does `change` make every process forget its kept pages?"""

    def run(change):
        before = cache.get(PAGES_VERSION)
        with django_capture_on_commit_callbacks(execute=True):
            change()
        return cache.get(PAGES_VERSION) != before

    return run


def test_pages_may_be_kept_whole(site, client):
    assert client.get("/help/").public_page is True


def test_a_preview_is_never_kept(site, editing):
    request = site["send"].make_preview_request(preview_mode="")
    assert not getattr(request, "public_page", False)


def test_publishing_unpublishing_moving_and_deleting_end_what_is_kept(site, forgetting):
    page = site["send"]
    assert forgetting(lambda: page.save_revision().publish())
    assert forgetting(lambda: TopicPage.objects.get(pk=page.pk).unpublish())
    assert forgetting(lambda: TopicPage.objects.get(pk=page.pk).move(site["rules"], pos="last-child"))
    assert forgetting(lambda: TopicPage.objects.get(pk=page.pk).delete())


def test_changing_a_contact_point_or_a_fact_ends_what_is_kept(site, forgetting):
    assert forgetting(lambda: ContactPoint.objects.get(key="complaints").save())
    assert forgetting(lambda: LegalFact.objects.first().save())


def test_saving_a_draft_of_a_live_page_keeps_what_is_kept(site, forgetting):
    assert not forgetting(lambda: site["send"].save_revision())


# --- speed ----------------------------------------------------------------------------------------------------------


def queries(client, address, counter):
    client.get(address)  # the frame, and Wagtail's own maps
    with counter as counted:
        read(client, address)
    return len(counted)


@pytest.fixture
def counter():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


def test_a_topic_page_costs_the_same_queries_whatever_is_on_it(site, draft, client, counter):
    team, fact = ContactPoint.objects.get(key="attendance-team"), LegalFact.objects.first()
    link = f'<p><a linktype="page" id="{site["send"].pk}">SEND</a></p>'
    some = [("rich_text", link), ("contact_point", {"point": team}), ("legal_fact", {"fact": fact, "note": ""})]
    draft(some, title="Few", slug="few").save_revision().publish()
    draft(some * 20, title="Many", slug="many").save_revision().publish()
    few = queries(client, "/help/few/", counter())
    assert queries(client, "/help/many/", counter()) == few
    assert few <= 8


def test_a_section_costs_the_same_queries_whatever_is_in_it(site, draft, client, counter):
    few = queries(client, "/rules-and-letters/", counter())
    for number in range(12):
        page = draft([("rich_text", "<p>Words</p>")], title=f"Page {number}", slug=f"page-{number}")
        page.save_revision().publish()
        page.move(site["rules"], pos="last-child")
    assert queries(client, "/rules-and-letters/", counter()) == few


def test_no_page_costs_more_than_ten_queries(site, client, counter):
    assert max(queries(client, page.url, counter()) for page in site.values()) <= 10


def test_the_home_page_leaves_out_a_way_in_that_is_not_public(site, client):
    TopicPage.objects.get(pk=site["illness"].pk).unpublish()
    assert "Illness or health needs" not in read(client, "/")
    assert len(HomePage.objects.get().tiles) == 5


def test_the_home_page_sets_no_cookie_so_it_is_kept_for_everybody(site, client, settings):
    """A template that only asks whether there is a CSRF token sets its cookie; no page with a cookie is kept."""
    settings.PUBLIC_CACHE_SECONDS = 60
    forget_public_pages()
    try:
        first = client.get("/", headers={"host": "testserver"})
        assert first.status_code == 200
        assert not first.cookies
        assert "http://testserver/" in pages_here
        assert Client().get("/", headers={"host": "testserver"}).content == first.content
    finally:
        forget_public_pages()
