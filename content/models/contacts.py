"""How to reach people. Nothing local is written into code or templates: a council enters its own contact points, and a
page that shows an empty one cannot be published (content/checks.py)."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.search import index

from content import navigation


class ContactPoint(index.Indexed, models.Model):
    """One way to reach somebody for one need: "Attendance team", "Children's social care, out of hours".

    Empty until it has a phone number or an email address. An empty one may be saved; no page that shows it can be
    published.
    """

    key = models.SlugField(
        max_length=60, unique=True, help_text="A short name for links, like attendance-team. Do not change it later."
    )
    name = models.CharField(max_length=120)
    purpose = models.CharField(
        max_length=200, help_text="What somebody would contact them about, in one plain sentence."
    )
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    hours = models.CharField(max_length=120, blank=True, help_text="Like: Monday to Friday, 9am to 5pm.")
    text = models.CharField(
        "anything else worth knowing",
        max_length=300,
        blank=True,
        help_text="Like: ask for an interpreter, or use the text relay service.",
    )
    sample = models.BooleanField(
        "these are sample details",
        default=False,
        help_text="Shown with a label that says so, until you have entered your own.",
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("key"),
        FieldPanel("purpose"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]), FieldPanel("hours"), FieldPanel("text")],
            heading="How to reach them",
            help_text="A phone number or an email address is needed before a page that shows this can be published.",
        ),
        FieldPanel("sample"),
    ]
    search_fields = [index.SearchField("name"), index.SearchField("purpose"), index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_empty(self) -> bool:
        return not (self.phone.strip() or self.email.strip())

    @property
    def tel(self) -> str:
        """The number as a tel: link wants it: digits, with a leading + kept."""
        return re.sub(r"(?!^\+)\D", "", self.phone.strip())

    def clean(self) -> None:
        """Raises ValidationError for a phone number that is not one, and for emptying what live pages show."""
        super().clean()
        if self.phone and sum(c.isdigit() for c in self.phone) < 3:
            raise ValidationError({"phone": "Enter a phone number, like 01632 960 001, or leave it empty"})
        if self.pk and self.is_empty and (pages := self._live_pages()):
            raise ValidationError(
                f"“{self.name}” is on {len(pages)} published page{'s' if len(pages) > 1 else ''}, such as "
                f"“{pages[0].title}”. Keep a phone number or an email address, or take it off those pages first."
            )

    def _live_pages(self) -> list:
        from .base import live_pages_showing

        return live_pages_showing(self)

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        navigation.forget()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        navigation.forget()
        return deleted


def _point(need: str) -> models.ForeignKey:
    return models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text=need
    )


@register_setting(icon="mail")
class SiteContacts(BaseSiteSetting):
    """The contact points that every public page shows. All are required before any page can be published."""

    attendance_team = _point("In the header and footer of every page, and under every answer.")
    safeguarding = _point("Worried about a child's safety, in office hours.")
    safeguarding_out_of_hours = _point("Worried about a child's safety, evenings, nights and weekends.")

    REQUIRED = ("attendance_team", "safeguarding", "safeguarding_out_of_hours")
    select_related = list(REQUIRED)
    panels = [FieldPanel(name) for name in REQUIRED]

    class Meta:
        verbose_name = "contact points on every page"

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        navigation.forget()
