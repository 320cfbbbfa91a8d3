"""The public site's nouns: pages, the contact points they show, and the legal facts they quote."""

from .base import PublicPage
from .contacts import ContactPoint, SiteContacts
from .facts import LegalFact
from .pages import ContactPage, HomePage, SectionPage, StepByStepPage, TopicPage

__all__ = [
    "ContactPage",
    "ContactPoint",
    "HomePage",
    "LegalFact",
    "PublicPage",
    "SectionPage",
    "SiteContacts",
    "StepByStepPage",
    "TopicPage",
]
