"""What a log line says, and what it never says."""

import io
import json
import logging

import pytest

from portal.logs import PRE_CHAIN, render


@pytest.fixture
def lines(settings):
    """Everything written while the test runs, as a machine would collect it."""
    import structlog

    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=PRE_CHAIN))
    logging.getLogger().addHandler(handler)
    quiet = logging.getLogger("django_structlog")
    before = quiet.level
    quiet.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    quiet.setLevel(before)
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_a_request_is_one_object_with_an_id_and_without_what_was_asked(client, lines):
    client.get("/search/?q=Ada+Lovelace")
    finished = [line for line in lines() if line["event"] == "request_finished"]
    assert len(finished) == 1
    assert finished[0]["request"] == "GET /search/"
    assert len(finished[0]["request_id"]) == 36
    assert "Lovelace" not in json.dumps(lines())
