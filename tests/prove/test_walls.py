"""Each wall alone, a look at it; and that a sabotage of the first wall leaves none of its filters standing."""

import ast
import inspect
from pathlib import Path

import pytest
from django.db import connection

from referrals import policy, queries
from referrals.models import Case, Concern, Event, Grant, Note, Referral
from referrals.queries import api_lists, case_list
from tests.prove import walls
from tests.prove.county import build


@pytest.mark.django_db(transaction=True)  # a wall is taken down by another connection
@pytest.mark.postgres
def test_either_wall_holds_alone():
    figures = walls.run("sample")
    assert (figures["rows_too_many_first_wall_down"], figures["leaks_second_wall_down"]) == (0, 0)


def test_whatever_of_the_policy_is_asked_for_somebody_is_sabotaged():
    asks = {
        name
        for name, thing in vars(policy).items()
        if inspect.isfunction(thing)
        and thing.__module__ == policy.__name__
        and not name.startswith("_")
        and ("actor" in inspect.signature(thing).parameters or name == "people_who")
    }
    assert asks == {*walls.POLICY, *walls.NO_FILTER}


def test_whatever_of_a_screen_filters_by_who_asks_is_sabotaged():
    """Filters beside the policy: by the agencies of the actor, or by her membership."""
    own = set()
    for file in Path(queries.__file__).parent.glob("*.py"):
        for function in (node for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)):
            said = ast.unparse(function)
            if "actor.groups" in said or "membership=actor.membership" in said:
                own.add(f"{file.stem}.{function.name}")
    sabotaged = {f"{module.__name__.rpartition('.')[2]}.{name}" for module, name in walls.SCREENS}
    # `count` and the seeks are reached by whoever comes in by a grant, and with the wall down nobody does.
    paths = ("count", "_seek", "_seeking", "_walking", "_page_of")
    reached_no_more = {f"case_list.{name}" for name in paths}
    assert own - reached_no_more <= sabotaged


@pytest.mark.django_db
def test_with_the_first_wall_down_everybody_is_given_everything():
    county = build()
    assert case_list.count(county.actors["other lead"]) < Case.objects.filter(stage="open").count()
    with walls.first_wall_down():
        for name in ("other lead", "former", "sections", "conflicted manager"):
            actor = county.actors[name]
            for model in (Concern, Referral, Case, Note, Event):
                assert policy.visible_to(actor, model).count() == model._default_manager.count()
            assert case_list.count(actor) == Case.objects.filter(stage="open").count()
            assert len(case_list.newest(actor, stage=None, limit=100)) == Case.objects.count()
            assert len(api_lists.newest_cases(actor, None, 100)) == Case.objects.count()
            waiting = Grant.everything.filter(joined_at__isnull=True).count()
            assert len(case_list.invitations(actor)) == waiting > 0
            assert policy.holders("view", county.things["school's case"]).filter(email="sen@example.org").exists()


@pytest.mark.django_db
def test_a_row_too_many_is_seen():
    """The table is asked of every row of every protected table; on SQLite nothing hides any of them."""
    county = build()
    expected = walls.Rows(county)
    if connection.vendor == "postgresql":
        asked, given = walls.rows_too_many(county, expected)
        assert asked > 10_000
        assert given == []
        return
    _, given = walls.rows_too_many(county, expected)
    assert any(line.startswith("other lead is given Note") for line in given)
    assert {model.__name__ for model in walls.ROWS} == {line.split(" is given ")[1].split()[0] for line in given}
    assert not any(line.startswith("duty is given Note") and "council's own" in line for line in given)
