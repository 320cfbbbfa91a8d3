"""What an action says when it was given something it cannot use: a sentence a field, in the words of the screens."""

from __future__ import annotations


class BadInput(Exception):
    """`errors`: {field: sentence}. A page shows them beside the fields, the API as a problem (400)."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def check(**problems: str | None | bool) -> None:
    """Raise BadInput with every field whose value is a sentence; None and False mean that nothing is wrong."""
    errors = {field: text for field, text in problems.items() if isinstance(text, str)}
    if errors:
        raise BadInput(errors)
