"""What is asked, question by question: forms that the pages, the API and the actions share, so that one rule judges all."""

from . import concern, referral

__all__ = ["concern", "referral"]
