"""Raise a concern: the family's screens. One question a page, without an account, answers in the session only."""

from django.urls import path

from . import pages


def urls() -> list:
    return [
        path("", pages.start, name="start"),
        path("exit/", pages.leave, name="exit"),
        path("check/", pages.check, name="check"),
        path("sent/", pages.sent, name="sent"),
        path("<slug:name>/", pages.step, name="step"),
    ]
