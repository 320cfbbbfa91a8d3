"""The public site as `content.pages.load()` leaves it, and the people who may and may not change it."""

import pytest
from django.contrib.auth import get_user_model
from wagtail.models import Site

from content import pages
from content.models import TopicPage


@pytest.fixture
def site(wagtail_root):
    """The first pages, by key."""
    loaded = pages.load()
    Site.clear_site_root_paths_cache()
    return loaded


@pytest.fixture
def editor(wagtail_root):
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
