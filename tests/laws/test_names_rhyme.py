"""One name everywhere: a verb is a transition, a row in the rules, a module, an event kind and a test file."""

import ast
import importlib
import inspect
import keyword
from pathlib import Path

import pytest

import referrals.actions
from referrals import events, policy
from referrals.actions import _change
from referrals.workflow import TRANSITIONS, Noun, Verb

ACTIONS = Path(referrals.actions.__file__).parent
MOVES = [(noun, move.verb) for noun, moves in TRANSITIONS.items() for move in moves]


def module_name(verb: Verb) -> str:
    return f"{verb}_" if keyword.iskeyword(verb) else str(verb)


@pytest.mark.parametrize(("noun", "verb"), MOVES)
def test_a_verb_is_a_module_a_rule_and_a_kind(noun: Noun, verb: Verb):
    name = module_name(verb)
    module = importlib.import_module(f"referrals.actions.{noun}.{name}")
    action = getattr(module, name, None) or getattr(module, f"{name}_")
    by = inspect.signature(action).parameters["by"]
    assert by.kind is inspect.Parameter.KEYWORD_ONLY
    assert by.default is inspect.Parameter.empty
    assert policy.rules_of(noun, {verb}), "no rule says who may"
    assert events.KINDS[events.kind_of(noun, verb)].verb is verb
    assert (Path(__file__).parents[1] / "actions" / noun / f"test_{name.rstrip('_')}.py").is_file(), "no test file"


def test_there_is_no_action_that_is_not_a_verb():
    modules = {
        (folder.name, path.stem)
        for folder in ACTIONS.iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
        for path in folder.glob("*.py")
        if path.stem != "__init__"
    }
    expected = {(str(noun), path) for noun, verb in MOVES for path in [module_name(verb)]}
    assert {(n, m.rstrip("_")) for n, m in modules} == {(n, m.rstrip("_")) for n, m in expected}


def test_every_kind_belongs_to_a_transition():
    assert {(spec.noun, spec.verb) for spec in events.KINDS.values()} == set(MOVES)
    assert set(events.KINDS) == set(events.Kind)


def test_stage_is_assigned_in_one_line_of_the_codebase():
    found = [
        f"{path.relative_to(ACTIONS.parents[1])}:{node.lineno}"
        for root in ("referrals", "notifications", "portal")
        for path in (ACTIONS.parents[1] / root).rglob("*.py")
        if "migrations" not in path.parts and "demo" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "stage"
    ]
    assert [place.partition(":")[0] for place in found] == ["referrals/actions/_change.py"], found


def test_an_action_that_records_nothing_is_an_error(db):
    from tests import worlds

    world = worlds.staffed()
    concern = worlds.received_concern()
    with pytest.raises(_change.NothingRecorded), _change.change(concern, by=world.duty, verb=Verb.REVIEW) as ch:
        ch.move()
    concern.refresh_from_db()
    assert concern.stage == "received"
