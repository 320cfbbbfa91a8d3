"""Finding a page by what a parent types."""

import pytest

from content import search
from content.models import TopicPage

pytestmark = pytest.mark.django_db


def ask(client, words):
    answer = client.get("/search/", {"q": words})
    assert answer.status_code == 200
    return answer.content.decode()


def first(words):
    found = search.find(words)
    return found[0].slug if found else None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("letter", "letters-about-attendance"),
        ("LETTERS", "letters-about-attendance"),
        ("fine", "letters-about-attendance"),
        ("send", "send-and-attendance"),
        ("won't go", "child-wont-go-to-school"),
        ("won’t go to school", "child-wont-go-to-school"),
        ("refuser", "child-wont-go-to-school"),
        ("bunking", "child-wont-go-to-school"),
        ("my child is poorly", "illness-and-health-needs"),
        ("phone number", "contact"),
        ("step by step", "step-by-step"),
    ],
)
def test_what_parents_type_finds_the_page_they_need_first(site, typed, found):
    assert first(typed) == found


def test_the_count_is_the_heading_and_the_title(site, client):
    html = ask(client, "contract")
    count = html.count('class="results__result"')
    noun = "result" if count == 1 else "results"
    assert f'<h1 class="answer__title">{count} {noun} for ‘contract’</h1>' in html
    assert f"<title>{count} {noun} for ‘contract’" in html


def test_nothing_found_offers_the_ways_in_and_a_person(site, client):
    html = ask(client, "zebra")
    assert "No results for ‘zebra’" in html
    assert "Check the spelling" in html
    assert "My child is finding school hard" in html
    assert "01632 960 101" in html


def test_nothing_typed_is_an_invitation(site, client):
    assert "Search this site</h1>" in ask(client, "  ")


def test_what_was_typed_is_shown_and_never_run(site, client):
    html = ask(client, "<script>alert(1)</script>")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    "typed",
    ["x" * 20_000, "a " * 900, "\"'(*)NEAR AND OR NOT ^:-{}[]", "a AND", "*", "\x00 letters", "🙂🙂", "%_%",
     "' OR 1=1 --", "& | ! <-> :*", "مدرسة", "l'été"],
)  # fmt: skip
def test_rubbish_is_answered(site, client, typed):
    ask(client, typed)


def test_drafts_are_not_found(site, draft):
    draft([("rich_text", "<p>quokka</p>")])
    assert search.find("quokka") == []


def test_a_page_is_found_as_soon_as_it_is_published_and_no_longer_when_it_is_not(site, draft):
    page = draft([("rich_text", "<p>quokka</p>")])
    page.save_revision().publish()
    assert [found.pk for found in search.find("quokka")] == [page.pk]
    TopicPage.objects.get(pk=page.pk).unpublish()
    assert search.find("quokka") == []


def test_search_costs_a_bounded_number_of_queries(site, client, django_assert_max_num_queries):
    ask(client, "school")
    with django_assert_max_num_queries(12):
        ask(client, "school help plan letter meeting council child week")
