"""Intake: the attendance team's one queue of concerns and referrals, and the sheet on which each is decided."""

from django.urls import path

from . import pages


def urls() -> list:
    return [
        path("intake/", pages.intake, name="intake"),
        path("intake/<reference:reference>/", pages.item, name="intake-item"),
    ]
