"""The kinds of page the public site is made of (service design, section 2.2)."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks import StreamBlock
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from content.blocks import Body, JourneyStep, Need, Tile
from content.navigation import Frame, frame_for

from .base import PublicPage


class HomePage(PublicPage):
    """The front door: the reasons parents come, and the two ways to tell us."""

    question = models.CharField(max_length=120, default="What is happening?")
    tiles = StreamField(StreamBlock([("tile", Tile())], min_num=1, max_num=6))
    latest_title = models.CharField("latest change", max_length=120, blank=True)
    latest_text = models.CharField("what changed", max_length=240, blank=True)
    latest_on = models.DateField("changed on", null=True, blank=True)
    latest_page = models.ForeignKey(
        Page, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="read more on"
    )

    stream_names = ("tiles",)
    template = "content/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["content.SectionPage", "content.ContactPage"]
    content_panels = [
        *PublicPage.content_panels,
        FieldPanel("question"),
        FieldPanel("tiles"),
        MultiFieldPanel(
            [FieldPanel("latest_title"), FieldPanel("latest_text"), FieldPanel("latest_on"), FieldPanel("latest_page")],
            heading="Latest change",
        ),
    ]
    search_fields = [*PublicPage.search_fields, index.SearchField("tiles")]

    class Meta:
        verbose_name = "home page"

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        latest = context["frame"].url_of(self.latest_page_id) if self.latest_page_id else None
        return context | {"tiles": self.ways_in(context["frame"]), "latest_url": latest}

    def route(self, request, path_components):
        """Straight to a live page by the site's map, instead of two queries for each part of its address."""
        if path_components:
            place = frame_for(request).at.get(f"/{'/'.join(path_components)}/")
            kind = ContentType.objects.get_for_id(place.kind).model_class() if place else None
            if kind and (page := kind.objects.filter(pk=place.id, live=True).first()):
                return RouteResult(page)
        return super().route(request, path_components)

    def ways_in(self, frame: Frame) -> list[dict[str, str]]:
        """The tiles, for the component of that name. A tile whose page is not live is left out."""
        tiles = (child.value for child in self.tiles)
        return [
            {"icon": tile["icon"], "text": tile["title"], "description": tile["text"], "href": href}
            for tile in tiles
            if tile["page"] and (href := frame.url_of(tile["page"].pk))
        ]


class SectionPage(PublicPage):
    """A choice of topics. Its cards are its live pages; no section lies inside another."""

    template = "content/section_page.html"
    parent_page_types = ["content.HomePage"]
    subpage_types = ["content.TopicPage", "content.StepByStepPage"]

    class Meta:
        verbose_name = "section page"

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        children = self.get_children().live().order_by("path").specific() if self.pk else []
        cards = [{"page": child, "address": context["frame"].url_of(child.pk)} for child in children]
        return context | {"cards": cards}


class TopicPage(PublicPage):
    """One question, answered."""

    body = StreamField(Body())
    tell_us = models.BooleanField(
        "end with “Tell us”", default=True, help_text="The button to tell the attendance team about a concern."
    )

    stream_names = ("body",)
    template = "content/topic_page.html"
    parent_page_types = ["content.SectionPage"]
    subpage_types: list[str] = []
    content_panels = [*PublicPage.content_panels, FieldPanel("body"), FieldPanel("tell_us")]
    search_fields = [*PublicPage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = "topic page"


class StepByStepPage(PublicPage):
    """A whole journey, from the first step to the last, with who does each."""

    steps = StreamField(StreamBlock([("step", JourneyStep())], min_num=2))
    body = StreamField(Body(), blank=True)
    tell_us = models.BooleanField("end with “Tell us”", default=True)

    stream_names = ("steps", "body")
    template = "content/step_by_step_page.html"
    parent_page_types = ["content.SectionPage"]
    subpage_types: list[str] = []
    content_panels = [*PublicPage.content_panels, FieldPanel("steps"), FieldPanel("body"), FieldPanel("tell_us")]
    search_fields = [*PublicPage.search_fields, index.SearchField("steps"), index.SearchField("body")]

    class Meta:
        verbose_name = "step by step page"

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"journey": self._numbered()}

    def _numbered(self) -> list[tuple[int, Any]]:
        """Each step with its number; a step joined by "and" or "or" shares the number of the one before."""
        number, journey = 0, []
        for child in self.steps:
            if child.value["joined"] == JourneyStep.Joined.THEN or not number:
                number += 1
            journey.append((number, child))
        return journey


class ContactPage(PublicPage):
    """How to reach a person, by what one needs."""

    needs = StreamField(StreamBlock([("need", Need())], min_num=1))
    body = StreamField(Body(), blank=True)

    stream_names = ("needs", "body")
    template = "content/contact_page.html"
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*PublicPage.content_panels, FieldPanel("needs"), FieldPanel("body")]
    search_fields = [*PublicPage.search_fields, index.SearchField("needs"), index.SearchField("body")]

    class Meta:
        verbose_name = "contact page"
