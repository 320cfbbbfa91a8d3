"""The sweep sees what is planted: in an answer, and in the places where no word about a child belongs."""

import pytest

from tests.prove import canaries, table
from tests.prove.county import build
from tests.prove.expected import Expected
from tests.prove.matrix import Tally
from tests.prove.walker import Answer, Walker


def test_every_text_of_the_casework_is_planted_or_known_to_be_a_code():
    assert canaries.unplanted() == []


@pytest.mark.django_db
def test_a_word_that_is_not_hers_is_seen_and_one_that_is_hers_is_not():
    county = build()
    expected = Expected(county)
    assert len(expected.tokens) >= 400
    tally = Tally()
    walker = Walker(county, expected, tally)
    note = county.things["note to sen"]
    shown = Answer(200, f"<p>{note.body}</p>", {}, 0)
    walker.scan(table.PERSONS["sen"], "get", "/", shown)
    assert tally.leaks == []
    walker.scan(table.PERSONS["lead"], "get", "/", shown)
    walker.scan(table.PERSONS["lead"], "get", "/", Answer(302, "", {"Location": f"/?q={note.body}"}, 0))
    assert len(tally.leaks) == 2
    assert len(canaries.sighted(expected, {"log": f"failed on {note.body}", "cache": "nothing"})) == 1
