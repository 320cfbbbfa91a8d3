"""The nouns, one module each."""

from .break_glass import BreakGlass
from .case import Case
from .child import Care, Carer, Child
from .concern import Concern
from .conflict import ConflictOfInterest
from .event import Event
from .grant import Grant
from .idempotency import IdempotencyKey
from .marks import Marks
from .note import Note
from .referral import Referral
from .restriction import Restriction
from .told import Told

__all__ = [
    "BreakGlass",
    "Care",
    "Carer",
    "Case",
    "Child",
    "Concern",
    "ConflictOfInterest",
    "Event",
    "Grant",
    "IdempotencyKey",
    "Marks",
    "Note",
    "Referral",
    "Restriction",
    "Told",
]
