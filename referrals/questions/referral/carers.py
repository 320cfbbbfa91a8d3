"""Task 2: the adults around the pupil, and how it is safe to reach each of them."""

from __future__ import annotations

from typing import Any

from portal.ui.forms import EmailField, LongTextField, PhoneField, RadiosField, SelectField, TextField, YesNoField
from referrals.questions._task import TaskForm

RELATIONSHIPS = (
    "Mother",
    "Father",
    "Step-parent",
    "Grandparent",
    "Adoptive parent",
    "Foster carer",
    "Guardian",
    "Brother or sister",
    "Other relative",
    "Someone else",
)


class CarerForm(TaskForm):
    name = TextField(label="Full name", noun="their full name", max_length=120, width=30)
    relationship = SelectField(
        label="Relationship to the pupil",
        choices=[(r, r) for r in RELATIONSHIPS],
        error_messages={"required": "Select their relationship to the pupil"},
    )
    parental_responsibility = RadiosField(
        label="Do they have parental responsibility?",
        choices=[("yes", "Yes"), ("no", "No"), ("not_known", "Not known")],
        inline=True,
        required=False,
    )
    lives_with_child = YesNoField(
        label="Does the pupil live with them?", error_messages={"required": "Select whether the pupil lives with them"}
    )
    phone = PhoneField(label="Phone", optional=True, autocomplete="off")
    email = EmailField(label="Email", optional=True, autocomplete="off")
    language = TextField(
        label="Language, if an interpreter would help", max_length=60, width=20, optional=True, noun="language"
    )
    safe_contact = RadiosField(
        label="Is it safe to contact them?",
        help_text="Think about who else may see a letter, hear a message or pick up the phone.",
        choices=[("no_concerns", "No concerns"), ("concerns", "There are concerns")],
        error_messages={"required": "Select whether it is safe to contact them"},
    )
    safe_contact_detail = LongTextField(
        label="If there are concerns, what makes contact unsafe, and what is safe?",
        noun="what makes contact unsafe",
        max_length=500,
        rows=3,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("parental_responsibility") and "parental_responsibility" not in self.errors:
            who = cleaned.get("name") or "this person"
            self.add_error("parental_responsibility", f"Select whether {who} has parental responsibility")
        if cleaned.get("safe_contact") == "concerns" and not cleaned.get("safe_contact_detail"):
            self.add_error("safe_contact_detail", "Tell us what makes contact unsafe")
        return cleaned


class CarersForm(TaskForm):
    items = "people"
    item_form = CarerForm
    item_noun = "parent or carer"

    def clean(self) -> dict[str, Any]:
        if not self.listed:
            self.add_error(None, "Add at least one parent or carer")
        return super().clean()

    @classmethod
    def item_row(cls, item: dict[str, Any]) -> dict[str, Any]:
        responsibility = {
            "yes": "Has parental responsibility",
            "no": "No parental responsibility",
            "not_known": "Parental responsibility not known",
        }
        safe = "Safe to contact"
        if item.get("safe_contact") == "concerns":
            safe = f"Contact is not always safe: {item.get('safe_contact_detail', '')}"
        lines = [
            item.get("relationship"),
            "Lives with the pupil" if item.get("lives_with_child") in (True, "yes") else "Does not live with the pupil",
            responsibility.get(item.get("parental_responsibility", "")),
            item.get("phone"),
            item.get("email"),
            item.get("language") and f"Speaks {item['language']}",
            safe,
        ]
        return {"key": item.get("name", ""), "lines": [line for line in lines if line]}
