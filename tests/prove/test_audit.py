"""A sample of tests/prove/audit.py."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.machine import ROOT
from tests.conftest import _template


def test_every_way_of_tampering_is_found_in_its_place_and_nothing_else_is(tmp_path: Path):
    database, answer = tmp_path / "audit.sqlite3", tmp_path / "figures.json"
    shutil.copyfile(_template(), database)
    ours = {
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DATABASE_URL": f"sqlite:///{database}",
        "REDIS_URL": "",
        "ALONGSIDE_VAR": str(tmp_path / "var"),
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "tests.prove.alone", "audit", "sample", str(answer)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **ours}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(answer.read_text())
    assert figures["tampers"] >= 80, figures
    assert (figures["missed"], figures["misplaced"], figures["false_alarms"]) == (0, 0, 0), figures
