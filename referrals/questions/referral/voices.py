"""Task 6: what the child says, and what each parent and carer says."""

from __future__ import annotations

from typing import Any

from portal.ui.forms import LongTextField, RadiosField, TickField
from referrals.questions._task import TaskForm

CHILD = "Tell us the child's views, or why you could not get them and when you will try"
METHODS = (
    ("talked", "Somebody talked with them"),
    ("drew", "They drew or wrote"),
    ("cards", "Card sort"),
    ("observed", "Somebody watched and noticed"),
    ("not_yet", "Not yet"),
)


class VoicesForm(TaskForm):
    """One pair of questions (`view_words`, `not_reached`) for each adult of the task carers.

    Stored: {"voice_method", "voice_words", "voice_wants", "voice_reason", "parents": [{"name", "view_words",
    "not_reached"}]}.
    """

    voice_method = RadiosField(
        label="How did you find out the child's views?",
        choices=METHODS,
        error_messages={"required": "Select how you found out the child's views"},
    )
    voice_words = LongTextField(
        label="What does the child say?",
        noun="what the child says",
        help_text="In their own words, if you can.",
        max_length=800,
        rows=5,
        required=False,
    )
    voice_wants = LongTextField(
        label="What would help, according to them?", noun="what would help", max_length=400, rows=3, optional=True
    )
    voice_reason = LongTextField(
        label="If not yet, why not, and when will you try?", noun="the reason", max_length=400, rows=3, required=False
    )

    @property
    def people(self) -> list[str]:
        """The names of the adults, from the task carers."""
        carers = self.whole.get("carers")
        found = carers.get("people") if isinstance(carers, dict) else None
        return [str(p.get("name", "")) for p in found if isinstance(p, dict)] if isinstance(found, list) else []

    def add_fields(self) -> None:
        for place, name in enumerate(self.people):
            self.fields[f"view_words_{place}"] = LongTextField(
                label=f"What does {name} say?", noun=f"{name}'s views", max_length=800, rows=4, required=False
            )
            self.fields[f"not_reached_{place}"] = TickField(label=f"{name}: not reached", required=False)

    def initial_of(self, held: dict[str, Any]) -> dict[str, Any]:
        found = super().initial_of(held)
        views = held.get("parents")
        views = [v for v in views if isinstance(v, dict)] if isinstance(views, list) else []
        said = {str(view.get("name", "")): view for view in views}
        for place, name in enumerate(self.people):
            found[f"view_words_{place}"] = said.get(name, {}).get("view_words", "")
            found[f"not_reached_{place}"] = said.get(name, {}).get("not_reached", False)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        heard = cleaned.get("voice_words") and cleaned.get("voice_method") != "not_yet"
        if not heard and not cleaned.get("voice_reason") and not self.errors.keys() & {"voice_words", "voice_reason"}:
            self.add_error("voice_reason" if cleaned.get("voice_method") == "not_yet" else "voice_words", CHILD)
        for place, name in enumerate(self.people):
            words = f"view_words_{place}"
            if not cleaned.get(words) and not cleaned.get(f"not_reached_{place}") and words not in self.errors:
                self.add_error(words, f"Enter {name}'s views, or select ‘Not reached’")
        return cleaned

    def answers(self) -> dict[str, Any]:
        stored = super().answers()
        parents = [
            {
                "name": name,
                "view_words": stored.pop(f"view_words_{place}"),
                "not_reached": bool(stored.pop(f"not_reached_{place}")),
            }
            for place, name in enumerate(self.people)
        ]
        return {**stored, "parents": parents}

    def rows(self) -> list[dict[str, Any]]:
        own = [row for row in super().rows() if not row["key"].endswith(": not reached")]
        by_key = {row["key"]: row for row in own}
        for place, name in enumerate(self.people):
            question = f"What does {name} say?"
            if question not in by_key:
                missed = self.initial.get(f"not_reached_{place}")
                own.append({"key": question, "value": "Not reached" if missed else ""})
        return own
