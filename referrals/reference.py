"""References people can read out: `R-4K7-9M2T`.

A letter for the noun, then seven characters without vowels or look-alikes, the last one a check character (Luhn mod N).
Six free characters are 26^6 = 308,915,776; they are drawn at random, never counted up. A reference names a record; it
never opens one. Stored, shown and put into URLs in this one form; read in any case, with or without dashes and spaces.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from stdnum import luhn
from stdnum.exceptions import ValidationError

if TYPE_CHECKING:
    from django.db.models import Manager

ALPHABET = "23456789BCDFGHJKMNPQRTVWXY"
CONCERN, REFERRAL, CASE = "C", "R", "A"


def new(letter: str) -> str:
    """A fresh reference; `letter` is CONCERN, REFERRAL or CASE."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return _shown(letter, body + luhn.calc_check_digit(body, ALPHABET))


def unused(letter: str, rows: Manager) -> str:
    """A fresh reference that none of `rows` has: with 100,000 of them, one draw in 3,000 meets another."""
    while True:
        drawn = new(letter)
        if not rows.filter(reference=drawn).exists():
            return drawn


def from_number(letter: str, number: int) -> str:
    """The reference of `number` (0 to 26^6 - 1), for the demonstration county, which is the same each time."""
    body = ""
    for _ in range(6):
        number, rest = divmod(number, len(ALPHABET))
        body = ALPHABET[rest] + body
    return _shown(letter, body + luhn.calc_check_digit(body, ALPHABET))


def parse(text: str) -> str | None:
    """What a person typed, in the one form; None where it is not a reference (wrong letters, wrong check character)."""
    compact = "".join(text.upper().replace("-", " ").split())
    if len(compact) != 8 or compact[0] not in {CONCERN, REFERRAL, CASE}:
        return None
    try:
        luhn.validate(compact[1:], ALPHABET)
    except ValidationError:
        return None
    return _shown(compact[0], compact[1:])


def _shown(letter: str, seven: str) -> str:
    return f"{letter}-{seven[:3]}-{seven[3:]}"


class ReferenceConverter:
    """A URL segment that is a reference; anything else is simply not found."""

    regex = "[A-Za-z]-?[0-9A-Za-z]{3}-?[0-9A-Za-z]{4}"

    def to_python(self, value: str) -> str:
        parsed = parse(value)
        if parsed is None:
            raise ValueError(value)
        return parsed

    def to_url(self, value: str) -> str:
        return value
