"""Every route there is, and the rule it declares. For routes of libraries, which cannot declare, it is written here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Of libraries, by the module the view is written in.
LIBRARIES = {
    "allauth.account.views": ("everyone",),
    "wagtail.admin.": ("editors",),
    "wagtail.images.": ("editors",),
    "wagtail.documents.views.serve": ("everyone",),
    "wagtail.documents.": ("editors",),
    "wagtail.snippets.": ("editors",),
    "wagtail.users.": ("editors",),
    "wagtail.sites.": ("editors",),
    "wagtail.contrib.": ("editors",),
    "wagtail.views": ("everyone",),
    "wagtail.search.": ("editors",),
    "django.contrib.auth.views": ("everyone",),  # Wagtail's redirect to our sign-in page
    "django.views.generic.base": ("everyone",),  # redirects
    "django.views.i18n": ("editors",),  # the words of Wagtail's admin
    "django.views.defaults": ("everyone",),
}


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    view: Any
    rule: tuple[str, ...]

    @property
    def ours(self) -> bool:
        return bool(getattr(self.view, "rule", None) or getattr(getattr(self.view, "view_class", None), "rule", None))


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list, path: str, namespace: str) -> Iterator[Route]:
    for pattern in patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            below = ":".join(filter(None, (namespace, pattern.namespace)))
            yield from _walk(pattern.url_patterns, here, below)
        elif isinstance(pattern, URLPattern):
            name = ":".join(filter(None, (namespace, pattern.name)))
            yield Route(name, here, pattern.callback, rule_of(pattern.callback))


METHODS = ("get", "post", "put", "patch", "delete")


def methods_of(route: Route) -> list[str]:
    """The operations of an address of the API; none for a page."""
    view = getattr(route.view, "view_class", None) or getattr(route.view, "cls", None)
    if not route.path.startswith("api/") or view is None:
        return []
    return [method.upper() for method in METHODS if hasattr(view, method)]


def rule_of(view: Any) -> tuple[str, ...]:
    for thing in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        if rule := getattr(thing, "rule", None):
            return rule
    module = getattr(view, "view_class", view).__module__
    for start, rule in LIBRARIES.items():
        if module.startswith(start):
            return rule
    return ()
