"""Intake: the attendance team's one queue of concerns and referrals, and the sheet on which each is decided."""

from django.urls import path

from referrals.web.case import conflicts

from . import pages

ONE = "intake/<reference:reference>/"


def urls() -> list:
    return [
        path("intake/", pages.intake, name="intake"),
        path(ONE, pages.item, name="intake-item"),
        path(f"{ONE}declare_conflict/", conflicts.declare_on_arrival, name="intake-declare_conflict"),
        path(f"{ONE}lift_conflict/", conflicts.lift_on_arrival, name="intake-lift_conflict"),
    ]
