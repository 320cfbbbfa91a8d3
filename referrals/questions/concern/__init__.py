"""What a family, or a worried person, is asked: one question a screen, in order, and which come next given the answers.

`STEPS` (steps.py) is the whole journey as data. Each step is a form, or a note without a question; `applies` says for
whom. The wordings are the service design's (§3.1). Answers are a flat dict of JSON values (dates ISO), kept only in the
server's session until they are sent. The page of a step, the check before sending and the summary all use the same
form, so that no step can be skipped by its address.
"""

from ._question import Question
from .answers_in_words import Said, in_words, said
from .safety import Rule, can_reply, carer_contact, contact_rules, safe_ways
from .school import School, searched_for
from .steps import BY_NAME, CARDS, STEPS, Step, after, before, initial, kept, missing, path, stored
from .who import Answers, age, is_anonymous, is_third_party, is_young_person

__all__ = [
    "BY_NAME",
    "CARDS",
    "STEPS",
    "Answers",
    "Question",
    "Rule",
    "Said",
    "School",
    "Step",
    "after",
    "age",
    "before",
    "can_reply",
    "carer_contact",
    "contact_rules",
    "in_words",
    "initial",
    "is_anonymous",
    "is_third_party",
    "is_young_person",
    "kept",
    "missing",
    "path",
    "safe_ways",
    "said",
    "searched_for",
    "stored",
]
