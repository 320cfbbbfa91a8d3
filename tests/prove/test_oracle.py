"""A sample of the proof: every address compared to the byte, by one of those it is hidden from, and how often each
answer asks the database, which is what its time is made of; the times themselves only in `make prove`."""

import pytest

from tests.prove import oracle

pytestmark = pytest.mark.django_db


def test_what_one_may_not_see_answers_as_what_is_not_there():
    county, found = oracle.County(), oracle.Findings()
    oracle.compare(county, found, every=False)
    assert found.compared > 500
    assert found.differences == []


def test_nothing_that_is_typed_is_answered_by_what_is_known():
    assert list(oracle.tell(oracle.County())) == []


def test_an_address_tells_no_time_where_both_take_the_same():
    assert oracle.auc([(1.0, 2.0), (2.0, 1.0)]) == 0.5
    assert oracle.auc([(2.0, 1.0)] * 4) == 1.0
    assert oracle.auc([(1.0, 2.0)] * 4) == 1.0
