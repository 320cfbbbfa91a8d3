"""A sample of tests/prove/dast.py: the tool finds nothing in the product, and finds the hole that is planted."""

from __future__ import annotations

import pytest

from tests.prove import dast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_what_one_was_given_another_cannot_have_and_a_planted_hole_is_found():
    figures = dast.run("sample")
    assert figures["schemathesis_failures"] == 0, figures
    assert figures["schemathesis_peers"] >= 3
    assert figures["planted_hole_found"] == 1
    assert figures["through_the_second_wall"] == 0, "the hole is in the first wall alone"
    assert min(figures["schemathesis_cases"], figures["planted_hole_cases"]) > 50
