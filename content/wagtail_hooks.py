"""How the public site shows itself to its editors, and what they do that ends in a change the public sees.

Publishing and unpublishing end in `PublicPage.save`, which forgets the kept pages. Moving and deleting in the editor go
round it; these hooks do it for them.
"""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.html import escape
from wagtail import hooks
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from content import checks, navigation
from content.models import ContactPoint, LegalFact, PublicPage


class ContactPoints(SnippetViewSet):
    model = ContactPoint
    icon = "mail"
    list_display = ["name", "purpose", "phone", "email", "sample"]
    list_filter = ["sample"]


class LegalFacts(SnippetViewSet):
    model = LegalFact
    icon = "lock"
    list_display = ["label", "value", "effective_from", "checked_on"]
    list_filter = ["key"]


class Facts(SnippetViewSetGroup):
    menu_label = "Contacts and facts"
    menu_icon = "list-ul"
    menu_order = 300
    items = (ContactPoints, LegalFacts)


register_snippet(Facts)


class KnownPageLinks(PageLinkHandler):
    """Links to pages in rich text, from the site's map instead of a query for each piece of text.

    A link to a page that is not live is left as words.
    """

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        frame = navigation.the_frame()
        addresses = (frame.url_of(attrs.get("id", "")) for attrs in attrs_list)
        return [f'<a href="{escape(address)}">' if address else "<a>" for address in addresses]


@hooks.register("register_rich_text_features", order=10)
def link_by_the_map(features) -> None:
    features.register_link_type(KnownPageLinks)


@hooks.register("before_bulk_action")
def refuse_unfinished_pages(request, action_type, objects, action_class_instance):
    """Publishing many at once: all of them or none, with the reasons."""
    if action_type != "publish":
        return None
    pages = [page.get_latest_revision_as_object() for page in objects if isinstance(page, Page)]
    refused = {
        f"{page.title}: {reason}"
        for page in pages
        if isinstance(page, PublicPage)
        for reason in checks.reasons_not_to_publish(page)
    }
    if not refused:
        return None
    for reason in sorted(refused):
        messages.error(request, reason)
    return redirect("wagtailadmin_explore_root")


@hooks.register("after_move_page")
def forget_where_it_was(request, page) -> None:
    navigation.forget()


@hooks.register("after_delete_page")
def forget_that_it_was(request, page) -> None:
    navigation.forget()


@hooks.register("after_publish_page")
@hooks.register("after_unpublish_page")
def forget_how_it_was(request, page) -> None:
    navigation.forget()


@hooks.register("construct_settings_menu")
def without_people(request, items: list) -> None:
    """Wagtail's pages about people and groups are closed (portal/urls.py); its menu does not lead there."""
    items[:] = [item for item in items if item.name not in {"users", "groups"}]
