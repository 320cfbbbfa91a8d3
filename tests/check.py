"""`make check`: every rule a machine can hold us to, all of them, then what failed.

An argument picks those whose name holds it: `python -m tests.check types`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

# An environment production would start in; nothing in it leads anywhere.
SAFE = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "SECRET_KEY": "kX2v9-qLw7Rz4TbY8mNc1HsJ6dFg3PaVe5UiOoW0yQxZtSrC_check",
    "ALLOWED_HOSTS": "attendance.example.net",
    "BASE_URL": "https://attendance.example.net",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "WEB_CONCURRENCY": "2",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.net:587",
    "ALLOW_DEMO": "0",
    "DEFAULT_FROM_EMAIL": "Alongside <no-reply@attendance.gov.test>",
}
WORKER = {"AUDIT_KEY": "Qm7-tR2vK9xLw4ZbY8nC1sJ6dFg3PaVe_audit"}  # which the web processes are not given
TEST = {"DJANGO_SETTINGS_MODULE": "portal.settings.test", "DATABASE_URL": "", "REDIS_URL": ""}

CHECKS: dict[str, tuple[list[str], dict[str, str]]] = {
    "format": ([str(BIN / "ruff"), "format", "--check", "--quiet", "."], {}),
    "lint": ([str(BIN / "ruff"), "check", "--quiet", "."], {}),
    "our own rules": ([sys.executable, "-m", "tests.lint"], {}),
    "import contracts": ([str(BIN / "lint-imports"), "--no-cache"], {}),
    "types": ([sys.executable, "-m", "mypy", "--no-error-summary"], TEST),
    "templates": ([str(BIN / "djlint"), "--lint", "--quiet", "templates"], {}),
    "templates compile, environment documented": ([sys.executable, "-m", "pytest", "-q", "tests/platform/rules"], TEST),
    "migrations complete": ([sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", "-v", "1"], TEST),
    "documents current": ([sys.executable, "manage.py", "docs", "--check"], TEST),
    "production settings": (
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        {**SAFE, **WORKER},
    ),
}


def main() -> int:
    failed = []
    for name, (command, environment) in CHECKS.items():
        if not all(word in name for word in sys.argv[1:]):
            continue
        started = time.monotonic()
        answer = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        well = answer.returncode == 0
        print(f"{'ok    ' if well else 'FAILED'} {name} ({time.monotonic() - started:.0f} s)", flush=True)
        if not well:
            failed.append(name)
            print(answer.stdout + answer.stderr, flush=True)
    print(f"make check: {'failed: ' + ', '.join(failed) if failed else 'everything holds'}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
