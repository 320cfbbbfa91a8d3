"""What is asked, question by question: forms that pages, API and actions share, so that one rule judges all."""

from . import concern, referral

__all__ = ["concern", "referral"]
