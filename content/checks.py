"""What keeps a page from going live, and why, in words an editor can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from wagtail import blocks
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.stream_block import StreamValue
from wagtail.blocks.struct_block import StructValue

if TYPE_CHECKING:
    from content.models import ContactPoint, PublicPage


class NotPublishable(ValidationError, PermissionDenied):
    """The page may not go live yet. `messages` says what to mend.

    A ValidationError for forms and scripts; a PermissionDenied so that Wagtail's own views (bulk publish, approving a
    workflow) turn it into a refusal instead of a server error.
    """


def require_publishable(page: PublicPage) -> None:
    """Raises NotPublishable, naming each empty contact point."""
    if reasons := reasons_not_to_publish(page):
        raise NotPublishable(reasons)


def reasons_not_to_publish(page: PublicPage) -> list[str]:
    return [*_site_contacts(), *_empty_points(page)]


def _site_contacts() -> Iterator[str]:
    from wagtail.models import Site

    from content.models import SiteContacts

    contacts = SiteContacts.base_queryset().filter(site__is_default_site=True).first()
    if contacts is None and not Site.objects.filter(is_default_site=True).exists():
        return  # no site yet: nothing is public
    for name in SiteContacts.REQUIRED:
        point = getattr(contacts, name, None)
        label = SiteContacts._meta.get_field(name).verbose_name
        if point is None:
            yield (
                f"Every page shows the contact point “{label}”, and none is chosen. "
                "Choose one under Settings, Contact points on every page, then publish."
            )
        elif point.is_empty:
            yield _empty(point)


def _empty_points(page: PublicPage) -> Iterator[str]:
    seen = set()
    for point in shown_points(page):
        if point.is_empty and point.pk not in seen:
            seen.add(point.pk)
            yield _empty(point)


def _empty(point: ContactPoint) -> str:
    return (
        f"The contact point “{point.name}” is empty. "
        "Give it a phone number or an email address under Snippets, Contact points, then publish this page."
    )


def shown_points(page: PublicPage) -> Iterator[ContactPoint]:
    """Every contact point in the page's own content."""
    from content.models import ContactPoint

    for stream in page.streams():
        for value in _values(stream):
            if isinstance(value, ContactPoint):
                yield value


def _values(value: Any) -> Iterator[Any]:
    """Every leaf inside a stream value, however deeply nested."""
    if isinstance(value, StreamValue | ListValue):
        for child in value:
            yield from _values(child.value if isinstance(child, blocks.StreamValue.StreamChild) else child)
    elif isinstance(value, StructValue):
        for child in value.values():
            yield from _values(child)
    elif value is not None:
        yield value
