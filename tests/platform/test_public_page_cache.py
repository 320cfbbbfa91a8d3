"""Finished public pages: quick for whoever is nobody, never shown to the wrong reader, gone on a change."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.cache import forget_public_pages, pages_here
from portal.middleware import NoStore, PublicPageCache


@pytest.fixture
def site(settings, db):
    """A site of one page that counts how often it is made."""
    settings.PUBLIC_CACHE_SECONDS = 60
    pages_here.clear()

    class Site:
        made = 0
        public = True
        status = 200
        cookie = False

        def view(self, request):
            self.made += 1
            response = HttpResponse(f"page {self.made}", status=self.status, headers={"X-Seen": "1"})
            response.public_page = self.public
            if self.cookie:
                response.set_cookie("a", "b")
            return response

        def get(self, path="/", method="get", **more):
            request = getattr(RequestFactory(), method)(path, **more)
            return PublicPageCache(self.view)(request)

    yield Site()
    pages_here.clear()


def test_a_page_is_made_once(site):
    assert [site.get().content for _ in range(3)] == [b"page 1"] * 3
    assert site.get()["X-Seen"] == "1"


def test_another_process_finds_it_in_the_cache(site):
    site.get()
    pages_here.clear()
    assert site.get().content == b"page 1"


def test_publishing_forgets_it_at_once(site):
    site.get()
    forget_public_pages()
    assert site.get().content == b"page 2"


def test_what_was_being_made_while_it_was_published_is_not_kept_for_others(site):
    """The version is read before the page is made."""
    made = site.view

    def published_meanwhile(request):
        response = made(request)
        forget_public_pages()
        return response

    PublicPageCache(published_meanwhile)(RequestFactory().get("/"))
    pages_here.clear()
    assert site.get().content == b"page 2"


def test_addresses_hosts_and_schemes_are_kept_apart(site):
    site.get("/a/")
    assert site.get("/b/").content == b"page 2"
    assert site.get("/a/", headers={"host": "other.example.org"}).content == b"page 3"
    assert site.get("/a/", secure=True).content == b"page 4"


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"cookie": "sessionid=abc"}},
        {"path": "/?q=1"},
        {"method": "post"},
    ],
)
def test_whoever_may_be_somebody_or_asks_something_gets_her_own(site, request_):
    site.get()
    assert site.get(**request_).content == b"page 2"
    assert site.get().content == b"page 1"


@pytest.mark.parametrize(("name", "value"), [("public", False), ("status", 404), ("cookie", True)])
def test_a_page_that_does_not_say_it_is_public_is_not_kept(site, name, value):
    setattr(site, name, value)
    site.get()
    assert site.get().content == b"page 2"


def test_zero_seconds_keeps_nothing(site, settings):
    settings.PUBLIC_CACHE_SECONDS = 0
    site.get()
    assert site.get().content == b"page 2"


@pytest.mark.parametrize("path", ["/workspace/", "/accounts/login/", "/raise-a-concern/", "/api/v1/cases/", "/cms/"])
def test_private_pages_are_kept_by_nobody(path):
    assert NoStore(lambda request: HttpResponse())(RequestFactory().get(path))["Cache-Control"] == "no-store"


def test_others_are_left_alone():
    answer = NoStore(lambda request: HttpResponse(headers={"Cache-Control": "max-age=9"}))(
        RequestFactory().get("/static/x")
    )
    assert answer["Cache-Control"] == "max-age=9"
