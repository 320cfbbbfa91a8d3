"""Task 8: what the school asks the council for, and what it goes on doing itself."""

from __future__ import annotations

from portal.ui.forms import CheckboxesField, LongTextField, TextField
from referrals.questions._task import TaskForm

ASKS = (
    ("advice", "Advice only"),
    ("joint_plan", "A joint plan"),
    ("home_visit", "A home visit with us"),
    ("early_help", "Early Help"),
    ("sen_advice", "SEN advice"),
    ("ep_consultation", "A talk with an educational psychologist"),
    ("mediation", "Mediation with the family"),
    ("ap_advice", "Advice about alternative provision"),
    ("legal_advice", "Legal advice"),
    ("other", "Something else"),
)


class AskingForm(TaskForm):
    asks = CheckboxesField(
        label="What are you asking for?",
        help_text="Select all that apply.",
        choices=ASKS,
        error_messages={"required": "Select what you are asking for"},
    )
    hoped_outcome = LongTextField(
        label="What do you hope will be different?",
        noun="what you hope will be different",
        max_length=400,
        rows=4,
        error_messages={"required": "Tell us what you hope will be different"},
    )
    school_will_continue = LongTextField(
        label="What will the school keep doing?",
        noun="what the school will keep doing",
        max_length=400,
        rows=4,
        error_messages={"required": "Tell us what the school will keep doing"},
    )
    lead_contact = TextField(
        label="Who should we talk to at school?",
        help_text="Name, phone number, good times, and who covers when they are away.",
        noun="who we should talk to",
        max_length=200,
        error_messages={"required": "Enter who we should talk to at school"},
    )
