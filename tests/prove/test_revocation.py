"""A sample of the proof: one ending of each kind, over the wire."""

import pytest

from tests.prove import revocation
from tests.prove.figures import BY_NAME

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.django_db(transaction=True)]


def test_an_ending_of_any_kind_counts_at_the_next_request_and_the_next_event():
    figures = revocation.run("sample")
    assert figures["not_seen_to_work"] == 0
    others = [t for t in BY_NAME["revocation"].targets if t.figure not in {"trials", "socket_closed_p99_seconds"}]
    assert [t.line(figures) for t in others if t.verdict(figures) != "met"] == []
    assert figures["socket_closed_p50_seconds"] <= 1
    assert figures["late"] <= 1, "one is what a machine busy with other tests may cost"
