"""Puts the first pages in place: the site's root, its contact points and facts, the pages, the editors' group.

Safe to run again: what is there stays as it is. Nothing an editor has changed is ever written over.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from content import first_pages, models
from content.models import ContactPoint, HomePage, LegalFact, PublicPage, SiteContacts
from portal.accounts.membership import EDITORS
from portal.county import rules

_LINK = re.compile(r"\[\[([\w-]+)\|([^\]]+)\]\]")


@transaction.atomic
def load(*, overwrite: bool = False) -> dict[str, PublicPage]:
    """Create what is missing of the first pages; returns them by key ("home", "wont-go", "send"...).

    With `overwrite`, pages no person has saved are written again from the words in first_pages.py.
    """
    facts = {row["key"]: _fact(row) for row in first_pages.facts(rules())}
    points = {row["key"]: _point(row) for row in first_pages.CONTACT_POINTS}
    home, made_home = _home()
    _site_contacts(Site.objects.get(is_default_site=True), points)

    pages: dict[str, PublicPage] = {"home": home}
    made = {"home"} if made_home else set()
    for words in first_pages.PAGES:
        parent = pages[words.get("parent", "home")]
        page, is_new = _draft(parent, words)
        pages[words["key"]] = page
        if is_new:
            made.add(words["key"])
    for words in [*first_pages.PAGES, {**first_pages.HOME, "key": "home"}]:
        page = pages[words["key"]]
        if words["key"] in made or (overwrite and not _changed_by_a_person(page)):
            _write(page, words, pages, points, facts)
    return {key: page.specific_class.objects.get(pk=page.pk) for key, page in pages.items()}


def editors_group() -> Group:
    """Who keeps the public site: its pages, pictures, documents, contact points and facts, and no casework."""
    group, _ = Group.objects.get_or_create(name=EDITORS)
    group.permissions.set(
        Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
        | Permission.objects.filter(
            content_type__app_label="content", content_type__model__in=["contactpoint", "legalfact", "sitecontacts"]
        )
    )
    root = Page.get_first_root_node()
    for codename in ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    collection = Collection.get_first_root_node()
    for app, kind in (("wagtailimages", "image"), ("wagtaildocs", "document")):
        for verb in ("add", "change", "choose"):
            permission = Permission.objects.get(content_type__app_label=app, codename=f"{verb}_{kind}")
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    return group


def _fact(row: dict[str, Any]) -> LegalFact:
    return LegalFact.objects.get_or_create(key=row["key"], effective_from=row["effective_from"], defaults=row)[0]


def _point(row: dict[str, Any]) -> ContactPoint:
    return ContactPoint.objects.get_or_create(key=row["key"], defaults={**row, "sample": True})[0]


def _home() -> tuple[HomePage, bool]:
    """The home page at the root of the default site. Wagtail's own welcome page makes way for it."""
    if home := HomePage.objects.first():
        return home, False
    root = Page.get_first_root_node()
    home = root.add_child(
        instance=HomePage(title=_local(first_pages.HOME["title"]), slug=first_pages.HOME["slug"], live=False)
    )
    address = urlsplit(settings.BASE_URL)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    welcome = site.root_page if site.root_page_id else None
    site.root_page, site.site_name = home, settings.COUNTY["service"]
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.save()
    if welcome and welcome.specific_class is Page and welcome.is_leaf():
        welcome.delete()
    return HomePage.objects.get(pk=home.pk), True


def _site_contacts(site: Site, points: dict[str, ContactPoint]) -> None:
    contacts = SiteContacts.for_site(site)
    for name in SiteContacts.REQUIRED:
        if getattr(contacts, name) is None:
            setattr(contacts, name, points[name.replace("_", "-")])
    contacts.save()


def _draft(parent: PublicPage, words: dict[str, Any]) -> tuple[PublicPage, bool]:
    """The page at its address; where there is none, an empty draft: pages link to each other, so all come first."""
    kind = getattr(models, words["type"])
    if existing := parent.get_children().filter(slug=words["slug"]).first():
        return existing.specific, False
    parent = type(parent).objects.get(pk=parent.pk)  # the tree's own counters are the database's
    page = parent.add_child(instance=kind(title=_local(words["title"]), slug=words["slug"], live=False))
    return page, True


def _changed_by_a_person(page: PublicPage) -> bool:
    return page.revisions.filter(user__isnull=False).exists()


def _write(page, words, pages, points, facts) -> None:
    """Fill the page and publish it, as an editor would: through a revision."""
    page = page.specific_class.objects.get(pk=page.pk)
    found = _Words(pages, points, facts)
    for name in ("title", "menu_title", "lead", "search_description", "latest_title", "latest_text", "show_in_menus"):
        if name in words:
            setattr(page, name, _local(words[name]))
    if "latest_page" in words:
        page.latest_page, page.latest_on = pages[words["latest_page"]], page.checked_on
    if "tiles" in words:
        page.tiles = [("tile", {**tile, "page": pages[tile["page"]].page_ptr}) for tile in words["tiles"]]
    if "needs" in words:
        page.needs = [("need", {**need, "points": [points[key] for key in need["points"]]}) for need in words["needs"]]
    if "steps" in words:
        page.steps = [("step", found.in_place({"joined": "then", **step})) for step in words["steps"]]
    if "body" in words:
        page.body = [(kind, found.in_place(value)) for kind, value in words["body"]]
    page.save_revision().publish()


class _Words:
    """Puts the county's name, the links and the snippets into words."""

    def __init__(self, pages, points, facts) -> None:
        self.pages, self.points, self.facts = pages, points, facts

    def in_place(self, value: Any) -> Any:
        if isinstance(value, str):
            return _LINK.sub(self._link, _local(value))
        if isinstance(value, list):
            return [self.in_place(each) for each in value]
        if isinstance(value, dict):
            return {key: self._named(key, each) for key, each in value.items()}
        return value

    def _named(self, key: str, value: Any) -> Any:
        if key == "point":
            return self.points[value]
        if key == "fact":
            return self.facts[value]
        return self.in_place(value)

    def _link(self, match: re.Match[str]) -> str:
        return f'<a linktype="page" id="{self.pages[match[1]].pk}">{match[2]}</a>'


def _local(words: Any) -> Any:
    return words.replace("{county}", settings.COUNTY["name"]) if isinstance(words, str) else words
