"""A sample of tests/prove/dast.py: the tool finds nothing in the product, and finds the hole that is planted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.machine import ROOT
from tests.conftest import _template

pytestmark = pytest.mark.prove


def test_what_one_was_given_another_cannot_have_and_a_planted_hole_is_found(tmp_path: Path):
    database, answer = tmp_path / "dast.sqlite3", tmp_path / "figures.json"
    shutil.copyfile(_template(), database)
    ours = {
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DATABASE_URL": f"sqlite:///{database}",
        "REDIS_URL": "",
        "ALONGSIDE_VAR": str(tmp_path / "var"),
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "tests.prove.alone", "dast", "sample", str(answer)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **ours}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(answer.read_text())
    assert figures["schemathesis_failures"] == 0, figures
    assert figures["schemathesis_peers"] >= 3
    assert figures["planted_hole_found"] == 1
    assert min(figures["schemathesis_cases"], figures["planted_hole_cases"]) > 50
