"""The public site as `content.pages.load()` leaves it, and the people who may and may not change it."""

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from wagtail.models import Collection, Locale, Page, Site

from content import pages
from content.models import TopicPage


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker):
    """The first pages, loaded once a module in a transaction around its tests: each test takes back only its own."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        # What Wagtail's migrations made, and a test that flushed the database has taken.
        Locale.objects.get_or_create(language_code="en-gb")
        if not Collection.objects.exists():
            Collection.add_root(name="Root")
        if not Page.objects.exists():
            Page.add_root(title="Root", slug="root")
        pages.load()
        pages.editors_group()
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def site(_loaded, db):
    """The first pages, by key."""
    Site.clear_site_root_paths_cache()
    return pages.load()


@pytest.fixture
def editor(_loaded, db):
    person = get_user_model().objects.create_user("ed@council.example.org", "a-long-password", name="Ed Moss")
    person.groups.add(pages.editors_group())
    return person


@pytest.fixture
def editing(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def draft(site):
    """A function: a draft topic page under Help now, with the body given."""

    def make(body, **fields):
        words = {"title": "A new page", "slug": "a-new-page", "lead": "An answer.", "live": False, **fields}
        help_now = type(site["help"]).objects.get(pk=site["help"].pk)
        return help_now.add_child(instance=TopicPage(body=body, **words))

    return make
