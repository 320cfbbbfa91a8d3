"""What a log line says, and what it never says."""

import io
import json
import logging

import psycopg
import pytest
import structlog
from django.db import DataError

from portal.logs import PRE_CHAIN, render


@pytest.fixture
def lines(settings):
    """Everything written while the test runs, as a machine would collect it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=PRE_CHAIN, pass_foreign_args=True)
    )
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


def _fails(wrapped):
    """Raises a database's error that quotes a row, as it is, or as the cause of another error that repeats it."""
    ada = "Ada Lovelace"
    try:
        try:
            raise psycopg.errors.InvalidTextRepresentation(f"CONTEXT: JSON data, line 1: {ada}")
        except psycopg.Error as error:
            raise DataError(*error.args) from error
    except DataError as error:
        if wrapped == "cause":
            raise RuntimeError(f"could not save {ada}: {error}") from error
        if wrapped == "group":
            raise ExceptionGroup(f"for {ada}", [error]) from None
        raise


@pytest.mark.parametrize("wrapped", ["", "cause", "group"])
@pytest.mark.parametrize("logger", [logging.getLogger("anybody"), structlog.get_logger("ours")])
def test_a_database_error_is_told_by_its_kind_and_place_and_never_in_its_own_words(lines, logger, wrapped):
    try:
        _fails(wrapped)
    except Exception as error:
        logger.exception("it failed")
        logger.error("it failed: %s", error)
    said = lines()
    assert len(said) == 2
    assert "Lovelace" not in json.dumps(said)
    assert "psycopg.errors.InvalidTextRepresentation 22P02" in said[0]["exception"]
    assert "in _fails" in said[0]["exception"]


def test_other_errors_are_told_whole(lines):
    try:
        raise ValueError("the third line")
    except ValueError:
        logging.getLogger("anybody").exception("it failed")
    assert "ValueError: the third line" in lines()[0]["exception"]


@pytest.mark.django_db
@pytest.mark.parametrize("proxies, said", [(0, "192.0.2.7"), (1, "203.0.113.9")])
def test_a_line_says_from_where_as_the_limits_count_it(client, lines, settings, proxies, said):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client.get("/search/", REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "203.0.113.9"})
    assert {line["ip"] for line in lines() if "ip" in line} == {said}
