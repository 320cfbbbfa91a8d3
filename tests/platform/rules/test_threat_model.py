"""docs/threat-model.md names a test beside each control: it must be there."""

import re

from portal.settings import env

TEXT = (env.ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
THREATS = re.split(r"^\*\*T\d+\. ", TEXT, flags=re.MULTILINE)[1:]


def test_every_test_it_names_is_there():
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", TEXT))
    assert len(named) > 15
    assert [path for path in sorted(named) if not (env.ROOT / path).is_file()] == []


def test_every_decision_it_points_at_is_there():
    named = set(re.findall(r"`?(docs/adr/[\w-]+\.md)`?", TEXT))
    assert named and [path for path in named if not (env.ROOT / path).is_file()] == []


def test_every_threat_names_one():
    assert len(THREATS) == 15
    assert [threat[:40] for threat in THREATS if "`tests/" not in threat] == []
