"""The generated pages say what the code does."""

from pathlib import Path

from referrals import tables


def test_the_generated_pages_are_current():
    docs = Path(__file__).parents[2] / "docs"
    for name, text in tables.pages().items():
        assert (docs / name).read_text() == text, f"docs/{name}: run `manage.py docs`"
