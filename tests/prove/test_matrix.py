"""A look at the access matrix (`make prove` walks all of it), and that it can see: a rule that is wrong is a leak."""

import dataclasses

import pytest

from referrals import policy
from tests.prove import matrix
from tests.prove.county import build
from tests.prove.expected import Expected

pytestmark = pytest.mark.django_db


def test_nobody_sees_or_does_what_the_table_does_not_say_and_everybody_what_it_does():
    figures = matrix.run("sample")
    assert figures["principals"] >= 24
    assert figures["cells_run"] >= 600
    assert (figures["leaks"], figures["wrong_denials"]) == (0, 0)


def test_a_rule_for_one_role_too_many_is_seen(monkeypatch):
    wider = tuple(
        dataclasses.replace(rule, roles=rule.roles | {"partner"}) if rule.verb == "view_upn" else rule
        for rule in policy.RULES
    )
    monkeypatch.setattr(policy, "RULES", wider)
    tally, county = matrix.Tally(), build()
    matrix.decide(county, Expected(county), tally, every=False, who=("health",))
    assert any("health" in line and "view_upn" in line for line in tally.leaks)
