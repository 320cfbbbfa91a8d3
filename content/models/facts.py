"""Figures that the law or the council sets. Pages quote them and cannot retype them, so a change is made once."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index

from content import navigation


class LegalFact(index.Indexed, models.Model):
    """One value of one fact, from a day on. A page that quotes the fact shows the value in force today.

    To change a fact, add a second value with the same key and the day it takes effect: on that day it appears.
    """

    key = models.SlugField(
        max_length=60, help_text="The same for every value of this fact, like penalty-first. Do not change it later."
    )
    label = models.CharField(max_length=160, help_text="What the figure is, as a family would say it.")
    value = models.CharField(max_length=120, help_text="As it should read on the page, like £160.")
    effective_from = models.DateField()
    checked_on = models.DateField(help_text="The day somebody last compared it with the source.")
    source = models.CharField(max_length=250, help_text="The law, guidance or decision it comes from.")

    panels = [
        FieldPanel("label"),
        FieldRowPanel([FieldPanel("value"), FieldPanel("key")]),
        FieldRowPanel([FieldPanel("effective_from"), FieldPanel("checked_on")]),
        FieldPanel("source"),
    ]
    search_fields = [index.SearchField("label"), index.SearchField("value"), index.AutocompleteField("label")]

    class Meta:
        ordering = ["key", "-effective_from"]
        constraints = [models.UniqueConstraint(fields=["key", "effective_from"], name="legal_fact_one_value_a_day")]

    def __str__(self) -> str:
        return f"{self.label}: {self.value} (from {self.effective_from:%d/%m/%Y})"

    @classmethod
    def in_force(cls, today: datetime.date | None = None) -> dict[str, LegalFact]:
        """The value in force of every fact, by key, in one query."""
        today = today or timezone.localdate()
        return {fact.key: fact for fact in cls.objects.filter(effective_from__lte=today).order_by("effective_from")}

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        navigation.forget()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        navigation.forget()
        return deleted
