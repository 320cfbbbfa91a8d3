"""The nouns, one module each."""

from .case import Case
from .child import Care, Carer, Child
from .concern import Concern
from .event import Event
from .grant import Grant
from .idempotency import IdempotencyKey
from .marks import Marks
from .note import Note
from .referral import Referral

__all__ = ["Care", "Carer", "Case", "Child", "Concern", "Event", "Grant", "IdempotencyKey", "Marks", "Note", "Referral"]
