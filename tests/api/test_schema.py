"""The schema says what the API does, and the page that shows it asks nobody else."""

import re

from referrals.workflow import TRANSITIONS, begins

# The clock's own; and what asks again, by a second factor, that it is still her, as no token can.
NOT_BY_API = frozenset({"expire", "break_glass", "end_break_glass", "review_break_glass"})


def test_the_schema_is_openapi_3_and_names_every_transition(client, db):
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert schema["openapi"].startswith("3.")
    plural = {"concern": "concerns", "referral": "referrals", "case": "cases"}
    for noun, moves in TRANSITIONS.items():
        for move in moves:
            if begins(noun, move.verb) or move.verb in NOT_BY_API:
                continue
            assert f"/api/v1/{plural[noun]}/{{reference}}/{move.verb}/" in schema["paths"], (noun, move.verb)
    assert all(path.startswith("/api/v1/") for path in schema["paths"])
    assert client.get("/api/v1/schema/").status_code == 200


def test_the_schema_has_no_warnings(capsys, db):
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS._warn_cache, GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache, GENERATOR_STATS._error_cache


def test_the_docs_page_asks_nobody_else(client, db):
    page = client.get("/api/v1/docs/").content.decode()
    assert not re.findall(r"(?:src|href)=[\"'](?:https?:)?//", page)
