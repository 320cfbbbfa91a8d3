"""Every way in is tried by somebody who may and somebody who may not; a new one that is not is seen."""

import pytest
from django.http import HttpResponse
from django.urls import path

from tests.laws.routes import Route, routes
from tests.prove import coverage, matrix


def test_every_way_in_says_its_rule():
    assert coverage.undeclared() == []


@pytest.mark.django_db
def test_every_way_in_has_let_somebody_in_and_turned_somebody_away():
    figures = coverage.run("sample")
    assert (figures["without_allow"], figures["without_deny"]) == (0, 0)


def test_a_new_way_in_that_nobody_tries_is_seen():
    def view(request):
        return HttpResponse()

    view.rule = ("case.view",)
    added = Route("workspace:new", str(path("workspace/new/", view).pattern), view, view.rule)
    lacking = coverage.missing(matrix.Tally(), [*routes(), added])
    assert "workspace/new/" in lacking["without_allow"]
    assert "workspace/new/" in lacking["without_deny"]
