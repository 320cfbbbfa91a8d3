"""What every public page is framed by: the site's map, its navigation, its contact points and the facts in force.

Read in four queries and kept by each process until something the public site shows has changed, so that a page's own
content is all that a page costs.
"""

from __future__ import annotations

import datetime
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page, Site, get_page_models

from portal.cache import PAGES_VERSION, forget_public_pages

if TYPE_CHECKING:
    from content.models import ContactPoint, LegalFact, PublicPage

FRAME_SECONDS = 60  # without Redis a second process is never told of a change: it is right within a minute
STEPLEN = Page.steplen


@dataclass(frozen=True)
class Place:
    """One live page on the map. `path` is its place in the tree; `kind` its content type's id."""

    id: int
    kind: int
    path: str
    title: str
    url: str
    in_menu: bool


@dataclass(frozen=True)
class Frame:
    day: datetime.date | None = None
    places: dict[str, Place] = field(default_factory=dict)  # by tree path, in the tree's order
    addresses: dict[str, str] = field(default_factory=dict)  # by page id, as rich text has it
    at: dict[str, Place] = field(default_factory=dict)  # by address
    contacts: dict[str, ContactPoint | None] = field(default_factory=dict)
    facts: dict[str, LegalFact] = field(default_factory=dict)

    def url_of(self, page_id: int | str) -> str | None:
        """The address of a live page, None for any other."""
        return self.addresses.get(str(page_id))

    def home(self) -> Place | None:
        return next(iter(self.places.values()), None)

    def children(self, path: str) -> list[Place]:
        return [p for p in self.places.values() if len(p.path) == len(path) + STEPLEN and p.path.startswith(path)]

    def navigation(self, address: str) -> list[dict[str, Any]]:
        """The service navigation: the home page's children that are shown in menus. The one we are in is current."""
        home = self.home()
        return [
            {
                "href": place.url,
                "text": place.title,
                "current": address.startswith(place.url),
                "within": address != place.url,
            }
            for place in (self.children(home.path) if home else [])
            if place.in_menu
        ]

    def footer(self) -> list[ContactPoint]:
        """The contact points at the foot of every page: those that are chosen and filled in."""
        return [point for point in self.contacts.values() if point and not point.is_empty]

    def breadcrumbs(self, path: str) -> list[dict[str, str]]:
        """Links from home down to, and without, the page at `path`."""
        home = self.home()
        if not home or not path.startswith(home.path):
            return []
        steps = range(len(home.path), len(path), STEPLEN)
        return [
            {"href": place.url, "text": "Home" if place is home else place.title}
            for place in (self.places.get(path[:step]) for step in steps)
            if place
        ]


_kept: dict[int, tuple[str, float, Frame]] = {}  # this process's frames: site → (version, good until, frame)


def frame(site_id: int | None) -> Frame:
    """The site's frame as of today; read again when something the public site shows has changed, in any process."""
    if site_id is None:
        return Frame()
    version, today, now = _version(), timezone.localdate(), time.monotonic()
    kept_version, good_until, kept = _kept.get(site_id, ("", 0.0, None))
    # A fact may come into force at midnight.
    if kept is not None and kept_version == version and now < good_until and kept.day == today:
        return kept
    fresh = _read(site_id, today)
    _kept[site_id] = (version, now + FRAME_SECONDS, fresh)
    return fresh


def _version() -> str:
    """The mark that every process compares. A cache that has lost it gets a new one: then everything is read again."""
    if (version := cache.get(PAGES_VERSION)) is None:
        cache.add(PAGES_VERSION, uuid.uuid4().hex, timeout=None)
        version = cache.get(PAGES_VERSION, "")
    return version


def the_frame() -> Frame:
    """The frame where no request is at hand: the first site's."""
    paths = Site.get_site_root_paths()  # kept in the cache by Wagtail
    return frame(paths[0].site_id if paths else None)


def _read(site_id: int, today: datetime.date) -> Frame:
    from content.models import LegalFact, SiteContacts

    root = Page.objects.only("path", "url_path").get(sites_rooted_here=site_id)
    rows = (
        Page.objects.live()
        .filter(path__startswith=root.path)
        .order_by("path")
        .annotate(short=Coalesce(*(NullIf(f"{model}__menu_title", Value("")) for model in _kinds()), Value("")))
        .values_list("id", "content_type_id", "path", "title", "url_path", "show_in_menus", "short")
    )
    places = {
        path: Place(id, kind, path, short or title, "/" + url_path[len(root.url_path) :], in_menu)
        for id, kind, path, title, url_path, in_menu, short in rows
    }
    chosen = SiteContacts.base_queryset().filter(site=site_id).first()
    contacts = {name: getattr(chosen, name, None) for name in SiteContacts.REQUIRED}
    addresses = {str(place.id): place.url for place in places.values()}
    at = {place.url: place for place in places.values()}
    return Frame(today, places, addresses, at, contacts, LegalFact.in_force(today))


def _kinds() -> list[str]:
    """The page types, as a query on all pages reaches them."""
    from content.models import PublicPage

    return [model._meta.model_name for model in get_page_models() if issubclass(model, PublicPage)]


def frame_for(request: HttpRequest) -> Frame:
    """The frame, read once a request."""
    if not hasattr(request, "_public_frame"):
        site = Site.find_for_request(request)
        request._public_frame = frame(site.pk if site else None)
    return request._public_frame


def public(request: HttpRequest) -> dict[str, Any]:
    """Context processor for the public base, the journeys of other packages included. Read only where it is shown."""
    return {
        "navigation": SimpleLazyObject(lambda: frame_for(request).navigation(request.path)),
        "contacts": SimpleLazyObject(lambda: frame_for(request).contacts),
        "safeguarding": SimpleLazyObject(lambda: frame_for(request).contacts.get("safeguarding") or {}),
        "contact_points": SimpleLazyObject(lambda: frame_for(request).footer()),
    }


def context(request: HttpRequest, page: PublicPage) -> dict[str, Any]:
    """What a page's template is given beside the page itself."""
    framed = frame_for(request)
    return {
        "frame": framed,
        "navigation": framed.navigation(request.path),
        "breadcrumbs": framed.breadcrumbs(page.path or ""),
        "contacts": framed.contacts,
        "safeguarding": framed.contacts.get("safeguarding"),
        "contact_points": framed.footer(),
        "facts": framed.facts,
    }


def forget() -> None:
    """Something the public site shows has changed: once that is committed, nobody is shown what was."""
    _kept.clear()
    transaction.on_commit(_forget_everywhere)


def _forget_everywhere() -> None:
    _kept.clear()  # again: another thread may have read what was, before the commit
    forget_public_pages()
