"""The unique pupil number (UPN): 13 characters, a check letter first.

Source: Department for Education, "Unique pupil numbers". python-stdnum knows the check letter. It also refuses council
numbers missing from a list of 2011, which we only warn about: Welsh, historic and made-up numbers (999) do occur.
"""

import re
from dataclasses import dataclass

from stdnum.exceptions import InvalidComponent
from stdnum.gb import upn

# No I, O or S. A temporary number ends in a letter.
_SHAPE = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")

MISSING = "Enter the pupil's UPN"
WRONG_SHAPE = "UPN must be 13 characters, like A123456789012"
WRONG_LETTER = "The first letter of this UPN does not fit its numbers. Check it against your register"
UNKNOWN_COUNCIL = "We do not know council number {number} in this UPN. Check it, then carry on if it is right"


class UpnError(ValueError):
    """Not a UPN. The message is for the page; ``code`` is ``missing``, ``shape`` or ``check_letter``."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Upn:
    """A UPN that passes its check. ``warning`` is a sentence to show, or ``""``."""

    number: str
    temporary: bool
    warning: str = ""

    def __str__(self) -> str:
        return self.number


def normalise(text: str) -> str:
    """Return the text in capitals, without spaces of any kind."""
    return "".join(text.split()).upper()


def read_upn(text: str) -> Upn:
    """Read a UPN as someone typed it. Raises UpnError."""
    number = normalise(text)
    if not number:
        raise UpnError(MISSING, "missing")
    if not _SHAPE.fullmatch(number):
        raise UpnError(WRONG_SHAPE, "shape")
    if upn.calc_check_digit(number[1:]) != number[0]:
        raise UpnError(WRONG_LETTER, "check_letter")
    warning = ""
    try:
        upn.validate(number)
    except InvalidComponent:
        warning = UNKNOWN_COUNCIL.format(number=number[1:4])
    return Upn(number, temporary=number[-1].isalpha(), warning=warning)
