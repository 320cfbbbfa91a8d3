"""A sample of the proof: eight threads of requests, and again through PgBouncer where the machine has one."""

import pytest

from tests.prove import bleed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_no_answer_holds_a_word_of_anybody_elses_record():
    figures = bleed.run("sample")
    assert figures["bleeds"] == 0
    assert not figures["bleeds_through_pooler"]
    assert figures["own_missing"] == 0
    assert figures["own_shown"] > figures["requests"] / 8
