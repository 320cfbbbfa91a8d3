"""Every environment variable is read in one place and written down in two."""

import re

from portal.settings import env

SOURCE = (env.ROOT / "portal/settings/env.py").read_text(encoding="utf-8")
READ = set(re.findall(r"""env\.(?:str|int|bool|list|float)\(\s*"([A-Z_]+)\"""", SOURCE))


def test_the_example_names_them_all():
    example = (env.ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE)) == READ


def test_the_runbook_explains_them_all():
    runbook = (env.ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)`", runbook, re.MULTILINE)) >= READ


def test_nothing_else_reads_the_environment():
    for path in [*env.ROOT.glob("portal/**/*.py"), *env.ROOT.glob("[crn]*/**/*.py")]:
        if env.VAR in path.parents or path.parent.name == "settings":
            continue
        text = path.read_text(encoding="utf-8").replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE"', "")
        assert "os.environ" not in text, path
        assert "getenv" not in text, path
