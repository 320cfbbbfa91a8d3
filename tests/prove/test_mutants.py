"""A sample of proof 5, and that every mutant is one still."""

import pytest

from tests.prove import mutants


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.name)
def test_the_text_of_a_mutant_stands_once_in_its_file_and_its_killers_are_there(mutant):
    assert mutants.mutated(mutant) != (mutants.ROOT / mutant.file).read_text()
    for killer in mutant.killers:
        file, *names = killer.split("[")[0].split("::")
        text = (mutants.ROOT / file).read_text()
        for name in names:
            assert f"def {name}(" in text or f"class {name}(" in text or name in FIVE, (killer, name)


FIVE = {"test_does_it", "test_refuses_the_wrong_person"}  # of every verb: tests/actions/five.py


def test_there_are_enough_and_each_has_its_own_name():
    names = [mutant.name for mutant in (*mutants.MUTANTS, *mutants.SQL)]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


def test_a_text_that_is_gone_is_an_error_and_no_survivor():
    with pytest.raises(mutants.Gone):
        mutants.mutated(mutants.Mutant("gone", "referrals/policy.py", "this stands nowhere", ""))


def test_a_mutant_is_killed_and_names_its_killer():
    (mutant,) = [mutant for mutant in mutants.MUTANTS if mutant.name == "a word is reason enough"]
    with mutants.copied() as tree:
        whole = (tree / mutant.file).read_text()
        assert mutants.kill(mutant, tree) == mutant.killers[0]
        assert (tree / mutant.file).read_text() == whole
