"""Each rule fires on its bad sample, on every marked line and no other, and keeps quiet on the good one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.lint.rules import RULES, findings, in_template

SAMPLES = Path(__file__).parent / "samples"


def read(rule: str, name: str) -> tuple[str, str]:
    """The sample, and the file it is to be judged as."""
    text = (SAMPLES / rule / name).read_text(encoding="utf-8")
    return text, text.partition("\n")[0].removeprefix("# as if in: ")


def marked(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if line.endswith(("# bad", "{# bad #}"))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_fires_on_every_bad_line(rule):
    text, path = read(rule.name, "bad.py")
    assert rule.applies(path) and path not in rule.except_in
    assert marked(text)
    assert rule.lines(ast.parse(text)) == marked(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_fires_on_the_good_one(rule):
    text, path = read(rule.name, "good.py")
    tree = ast.parse(text)
    assert [each.name for each in RULES if each.applies(path) and path not in each.except_in and each.lines(tree)] == []


def test_a_template_that_prints_markup_is_found():
    bad, _ = read("safe-filter", "bad.html")
    good, _ = read("safe-filter", "good.html")
    assert in_template(bad) == marked(bad) == [1, 2, 3]
    assert in_template(good) == []


def test_every_sample_has_its_rule():
    assert {path.name for path in SAMPLES.iterdir()} == {rule.name for rule in RULES} | {"safe-filter"}


def test_every_exception_says_why():
    assert all(len(why) > 5 for rule in RULES for why in rule.except_in.values())


def test_the_product_keeps_them():
    assert findings() == []
