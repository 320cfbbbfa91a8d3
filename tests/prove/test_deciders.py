"""A sample of proof 4: two deciders on SQLite, three on PostgreSQL."""

import pytest

from tests.prove import deciders


@pytest.mark.django_db
def test_the_deciders_agree_throughout_a_story_with_everything_in_it():
    count = deciders.tell()
    assert count.steps == len(deciders.STORY) + 1
    assert count.comparisons > 10_000


@pytest.mark.django_db
def test_the_deciders_agree_whatever_happens():
    figures = deciders.run("sample")
    assert figures["disagreements"] == 0, figures
    assert figures["steps"] >= deciders.SAMPLE_STEPS
    assert figures["kinds_of_step"] >= 10


@pytest.mark.django_db
def test_a_decider_that_is_wrong_is_found(monkeypatch):
    """The comparison itself can fail: a table for which a conflict of interest denies nothing is caught."""
    monkeypatch.setattr(deciders.Table, "denied", lambda self, who, thing, case: False)
    with pytest.raises(deciders.Disagreement, match="seen only by"):
        deciders.tell()
