"""The benchmark at its smallest: that it still runs, and says what it should. Its figures mean nothing here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
BARS = {1, 2, 3, 4, 8, 10, 12, 13}  # 6 needs the peer's own environment, which only `make bench` makes


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.django_db
def test_every_bar_is_measured_against_a_floor_of_the_same_run(tmp_path: Path, redis_url: str) -> None:
    """On copies of the database that `make test` has migrated."""
    server = settings.DATABASES["default"]
    address = f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}/postgres"
    figures = tmp_path / "figures.json"
    bench = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--small", "--figures", figures,
         "--like", server["TEST"]["TEMPLATE"], "--bars", ",".join(map(str, sorted(BARS)))],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
        env={**os.environ, "TEST_DATABASE_URL": address, "TEST_REDIS_URL": redis_url},
    )  # fmt: skip
    assert bench.returncode == 0, bench.stderr[-3000:]
    found = json.loads(figures.read_text())
    assert {bar["bar"] for bar in found["bars"]} == BARS
    assert all(bar["ratio"] > 0 for bar in found["bars"])
