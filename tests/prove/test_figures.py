"""The frame of `make prove`: a target that is missed is never called met, and no figure is lost."""

import json

from tests.prove.figures import PROOFS, Proof, at_least, merge, none, record

PROOF = Proof("oracle", "An example", (at_least("cells", 10), none("leaks"), none("findings", where="a program")))


def verdicts(figures):
    return [target.verdict(figures) for target in PROOF.targets]


def test_a_target_is_met_at_its_figure_and_missed_below():
    assert verdicts({"cells": 10, "leaks": 0, "findings": 0}) == ["met", "met", "met"]
    assert verdicts({"cells": 9, "leaks": 1, "findings": 1}) == ["MISSED", "MISSED", "MISSED"]


def test_a_figure_that_was_not_brought_is_missed_unless_it_needs_a_program_that_is_not_here():
    assert verdicts({}) == ["MISSED", "MISSED", "not measured"]
    assert PROOF.met({"cells": 10, "leaks": 0})
    assert not PROOF.met({"cells": 10})


def test_a_proof_that_broke_is_not_met_whatever_it_counted():
    good = {"cells": 10, "leaks": 0}
    assert record(PROOF, good, size="full", seconds=1)["met"]
    assert not record(PROOF, good, size="full", seconds=1, error="it ended with 1")["met"]


def test_every_figure_has_its_line_with_a_target_or_without():
    lines = PROOF.lines({"cells": 12_000, "leaks": 0, "pages": 7})
    assert lines == [
        "cells: 12,000 (wanted >= 10): met",
        "leaks: 0 (wanted = 0): met",
        "findings: nothing (wanted = 0, with a program): not measured",
        "pages: 7",
    ]


def test_figures_are_merged_by_name(tmp_path):
    file = tmp_path / "deep" / "figures.json"
    merge(file, "oracle", {"met": False})
    merge(file, "matrix", {"met": True})
    merge(file, "oracle", {"met": True})
    assert json.loads(file.read_text()) == {"matrix": {"met": True}, "oracle": {"met": True}}


def test_each_proof_is_named_once_and_has_something_to_reach():
    assert len({proof.name for proof in PROOFS}) == len(PROOFS)
    assert all(proof.targets for proof in PROOFS)
