"""Every way in is tried by somebody who may and somebody who may not; a new one of any kind that is not is seen."""

import ast
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.urls import path
from rest_framework.views import APIView

from tests.bench.machine import ROOT
from tests.laws import test_every_route_is_tried as laws
from tests.laws.routes import Route, routes
from tests.prove import commands, coverage, matrix


def test_every_way_in_says_its_rule():
    assert coverage.undeclared() == []


@pytest.mark.django_db
def test_every_way_in_has_let_somebody_in_and_turned_somebody_away():
    figures = coverage.run("sample")
    assert (figures["without_allow"], figures["without_deny"]) == (0, 0)


def test_every_command_and_every_socket_is_in_the_table():
    assert set(coverage.our_commands()) == set(commands.COMMANDS)
    assert set(commands.sockets()) == commands.SOCKETS


def test_what_is_tried_elsewhere_is_tried_there():
    for name, file in laws.ELSEWHERE.items():
        assert (ROOT / file).exists(), name


def lacking(found: list[Route]) -> dict[str, list[str]]:
    return coverage.missing(matrix.Tally(), coverage.ways_in(found))


def test_a_new_page_that_nobody_tries_is_seen():
    def view(request):
        return HttpResponse()

    view.rule = ("case.view",)
    added = Route("workspace:new", str(path("workspace/new/", view).pattern), view, view.rule)
    assert "workspace/new/" in lacking([*routes(), added])["without_allow"]
    assert "workspace/new/" in lacking([*routes(), added])["without_deny"]


def test_a_new_operation_at_an_address_that_is_tried_is_seen():
    class Both(APIView):
        rule = ("case.view",)

        def get(self, request):
            return HttpResponse()

        def delete(self, request):
            return HttpResponse()

    added = Route("api:new", "api/v1/new/", Both.as_view(), Both.rule)
    tally = matrix.Tally()
    tally.ways = {"api/v1/new/": {"allow", "deny"}, "GET api/v1/new/": {"allow", "deny"}}
    found = coverage.missing(tally, coverage.ways_in([added]))
    assert "DELETE api/v1/new/" in found["without_allow"]
    assert "DELETE api/v1/new/" in found["without_deny"]
    assert "GET api/v1/new/" not in found["without_deny"]


def test_a_new_command_and_a_new_socket_are_seen(monkeypatch):
    monkeypatch.setattr(coverage, "our_commands", lambda: ["worker", "tell_all"])
    monkeypatch.setattr(commands, "sockets", lambda: ["ws/", "ws/all/"])
    found = lacking([])
    for new in ("manage.py tell_all", "socket ws/all/"):
        assert new in found["without_allow"]
        assert new in found["without_deny"]


@pytest.mark.django_db
def test_a_command_that_refuses_nothing_has_turned_nobody_away(monkeypatch):
    monkeypatch.setattr(commands, "COMMANDS", {"audit": commands.Asked(("key",), ("key",))})
    tally = matrix.Tally()
    commands.try_commands(tally)
    assert tally.ways == {"manage.py audit": {"allow"}}


def test_no_address_runs_a_command():
    """Whoever runs one has a shell. `serve` and the worker run others: they are commands themselves."""
    running = {
        str(file.relative_to(ROOT))
        for package in ("portal", "referrals", "notifications", "content")
        for file in (ROOT / package).rglob("*.py")
        if any(isinstance(node, ast.Name) and node.id == "call_command" for node in ast.walk(_parsed(file)))
    }
    assert running <= {"portal/management/commands/serve.py", "portal/worker.py"}


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text())
