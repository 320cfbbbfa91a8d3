"""What every public page has: somebody who keeps it true, a refusal to go live half-finished, one frame around it."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from content import checks, navigation

from .contacts import ContactPoint, SiteContacts

REVIEW_AFTER_DAYS = 182  # pages are read again twice a year (service design, section 6)
# The buttons of Wagtail's page editor that put a page, or send it on its way, in front of the public.
GOING_LIVE = ("action-publish", "action-submit", "action-restart-workflow", "action-workflow-action")


def next_review() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=REVIEW_AFTER_DAYS)


def live_pages_showing(point: ContactPoint) -> list[Page]:
    """Live pages that show `point`: in their own content, or because every page does (SiteContacts)."""
    live = Page.objects.live().filter(depth__gt=1)
    everywhere = Q()
    for name in SiteContacts.REQUIRED:
        everywhere |= Q(**{name: point})
    if SiteContacts.objects.filter(everywhere).exists():
        return list(live)
    pages = (page for page in live.specific() if isinstance(page, PublicPage))
    return [page for page in pages if point in checks.shown_points(page)]


class PublicPageForm(WagtailAdminPageForm):
    """Says in the editor what `PublicPage.save` would refuse. Saving a draft is never refused for it."""

    def _post_clean(self) -> None:
        super()._post_clean()
        going_live = not self.is_deferred_validation and any(self.data.get(name) for name in GOING_LIVE)
        if going_live and not self.errors:
            for reason in checks.reasons_not_to_publish(self.instance):
                self.add_error(None, reason)


class PublicPage(Page):
    """A page anybody may read.

    Publishing, by whatever road (editor, workflow, schedule, `revision.publish()`, a live page saved by a script), ends
    in `save()` with `live` set; there it is refused with `checks.NotPublishable` while a contact point is empty.
    """

    menu_title = models.CharField(
        "short name",
        max_length=30,
        blank=True,
        help_text="For the navigation and the links above a page, if the title is long.",
    )
    lead = models.TextField(
        "two-line answer", max_length=320, help_text="Answers the title's question straight away, in two lines."
    )
    kept_by = models.CharField(
        "owner", max_length=120, default="Attendance team", help_text="The team or person who keeps this page true."
    )
    checked_on = models.DateField("last checked", default=timezone.localdate)
    review_on = models.DateField("review by", default=next_review)

    base_form_class = PublicPageForm
    search_auto_update = False  # save() does it
    private_page_options: list[str] = []  # a public site has no half-public pages; whole pages are cached

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("kept_by"),
                FieldRowPanel([FieldPanel("checked_on"), FieldPanel("review_on")]),
            ],
            heading="Who keeps it true",
        ),
        FieldPanel("menu_title"),
        *Page.promote_panels,
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead", boost=2),
        index.SearchField("search_description"),
    ]

    class Meta:
        abstract = True

    def streams(self) -> list:
        """The page's stream values, for the checks that look inside them."""
        return [getattr(self, name) for name in self.stream_names if getattr(self, name)]

    stream_names: tuple[str, ...] = ()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs) | navigation.context(request, self)
        # The team's number stands beside "Tell us" unless the page has already said it.
        team = context["contacts"].get("attendance_team")
        return context | {"team": None if team in checks.shown_points(self) else team}

    def serve(self, request, *args, **kwargs):
        response = super().serve(request, *args, **kwargs)
        response.public_page = True  # the same bytes for everybody: portal.middleware may keep them
        return response

    def save(self, clean: bool = True, **kwargs) -> None:
        if clean and self.live:
            checks.require_publishable(self)
        public = self.live or bool(self.pk and Page.objects.filter(pk=self.pk, live=True).exists())
        super().save(clean=clean, **kwargs)
        only = kwargs.get("update_fields")
        if only is None:
            # At once and not by the worker, so that what is published can be found.
            index.insert_or_update_object(self)
        if public and (only is None or "live" in only):
            navigation.forget()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        navigation.forget()
        return deleted

    def move(self, target, pos=None, user=None):
        super().move(target, pos=pos, user=user)
        navigation.forget()
