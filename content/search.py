"""Finding a page by the words a parent types.

Wagtail's database search does the work, on SQLite and on PostgreSQL. Neither knows that "letters" and "letter" are one
word, nor that a parent says "bunking"; so each word is looked for together with its other forms.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from wagtail.models import Page
from wagtail.search.query import And, Or, PlainText, SearchQuery

from content import navigation
from content.models import HomePage
from portal.accounts.access import declares

LONGEST = 120  # characters read of what was typed
MOST_WORDS = 8
MOST_RESULTS = 50

# What people type, and what our pages say. Words of two letters or fewer, and these, are in every page or in none.
SAID: dict[str, tuple[str, ...]] = {
    "absent": ("absence", "missing"),
    "anxiety": ("worry", "worried", "anxious"),
    "anxious": ("worry", "worried"),
    "autism": ("send", "special"),
    "autistic": ("send", "special"),
    "bunking": ("won", "hard", "missing"),
    "court": ("legal",),
    "ehcp": ("send", "plan"),
    "ill": ("illness", "health", "sick"),
    "fine": ("penalty", "fines"),
    "phone": ("contact", "call"),
    "poorly": ("illness", "health", "sick"),
    "refuse": ("won", "hard"),
    "refuser": ("won", "hard"),
    "refusing": ("won", "hard"),
    "sen": ("send", "special"),
    "sick": ("illness", "health"),
    "skiving": ("won", "hard", "missing"),
    "telephone": ("contact", "call"),
    "truant": ("won", "hard", "missing"),
}
TOO_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "can",
        "do",
        "does",
        "for",
        "from",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "the",
        "to",
        "we",
        "what",
        "why",
        "with",
        "you",
        "your",
    ]
)
_WORD = re.compile(r"[^\W_]+")


def words(typed: str) -> list[str]:
    """The words worth looking for in what somebody typed: lower case, once each, at most MOST_WORDS."""
    found = [word for word in _WORD.findall(typed[:LONGEST].lower()) if len(word) > 1 and word not in TOO_COMMON]
    return list(dict.fromkeys(found))[:MOST_WORDS]


def forms(word: str) -> tuple[str, ...]:
    """A word with its plural or singular and the words our pages use for it."""
    other = word[:-1] if word.endswith("s") and len(word) > 3 else f"{word}s"
    return (word, other, *SAID.get(word, ()))


def find(typed: str) -> list[Page]:
    """Live public pages with every word typed; if there are none, those with any of them. Best first."""
    wanted = words(typed)
    queries = [PlainText(" ".join(forms(word)), operator="or") for word in wanted]
    if not queries:
        return []
    found = _pages(And(queries) if len(queries) > 1 else queries[0])
    if not found and len(queries) > 1:
        found = _pages(Or(queries))
    return sorted(found, key=lambda page: -_closeness(page, wanted))


def _pages(query: SearchQuery) -> list[Page]:
    found = Page.objects.live().public().filter(depth__gt=1).specific().search(query)
    return list(found[:MOST_RESULTS])


def _closeness(page: Page, wanted: list[str]) -> int:
    """How well a page's title and its two-line answer fit the words. Among equals the database's order stays."""
    title = set(_WORD.findall(page.title.lower()))
    answer = set(_WORD.findall(f"{getattr(page, 'lead', '')} {page.search_description}".lower()))
    score = 0
    for word in wanted:
        said = set(forms(word))
        score += 4 * (word in title) + 3 * bool(said & title) + (word in answer) + bool(said & answer)
    return score


@declares("everyone")
def search(request: HttpRequest) -> HttpResponse:
    """`/search/?q=…`: the count as heading, the pages below it. Nothing found: the ways in, and a person to call."""
    typed = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:LONGEST]
    frame = navigation.frame_for(request)
    pages = find(typed) if typed else []
    results = [
        {"title": page.title, "lead": getattr(page, "lead", ""), "url": url}
        for page in pages
        if (url := frame.url_of(page.pk))
    ]
    context: dict[str, Any] = {
        "query": typed,
        "heading": _heading(typed, len(results)),
        "results": results,
        "longest": LONGEST,
        "breadcrumbs": [{"href": "/", "text": "Home"}],
        **navigation.public(request),
    }
    if not results:
        home = HomePage.objects.live().first()
        context["tiles"] = home.ways_in(frame) if home else []
    return TemplateResponse(request, "content/search.html", context)


def _heading(typed: str, count: int) -> str:
    if not typed:
        return "Search this site"
    return f"{count or 'No'} {'result' if count == 1 else 'results'} for ‘{typed}’"
