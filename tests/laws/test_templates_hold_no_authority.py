"""A template asks `allowed` and prints. It never works out for itself who may do what."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
AUTHORITY = re.compile(
    r"\b(perms\.|user\.(is_superuser|is_staff|has_perm|groups|memberships)|actor\.role|actor\.is_la|membership\.role\s*==|"
    r"agency\.kind\s*==|\.visibility\s*(==|!=)\s*|is_superuser)"
)


def test_no_template_decides():
    found = [
        f"{path.relative_to(TEMPLATES)}:{number}: {line.strip()}"
        for path in TEMPLATES.rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for tag in re.findall(r"{%.*?%}", line)
        if tag.startswith(("{% if", "{% elif")) and AUTHORITY.search(tag)
    ]
    assert not found, "\n".join(found)


def test_no_template_has_inline_script_or_style():
    """The content security policy would stop it; better that nobody writes it."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son(click|load|submit|change|input)=", re.IGNORECASE
    )
    found = [
        f"{path.relative_to(TEMPLATES)}:{number}: {line.strip()}"
        for path in TEMPLATES.rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line)
    ]
    assert not found, "\n".join(found)
