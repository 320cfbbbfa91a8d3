"""Every template compiles: a slip in one that no test renders is still found."""

from pathlib import Path

import pytest
from django.template import engines

from portal.settings import env

TEMPLATES = env.ROOT / "templates"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_it_compiles(path: Path):
    engines["django"].get_template(str(path.relative_to(TEMPLATES)))


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_it_keeps_to_the_content_security_policy(path: Path):
    """No inline style and no inline script: the browser would refuse them."""
    text = path.read_text(encoding="utf-8").lower()
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    for rest in text.split("<script")[1:]:
        assert "src=" in rest.split(">", 1)[0] or "application/json" in rest.split(">", 1)[0]
