"""What every screen of the journey is."""

from __future__ import annotations

from typing import Any

from portal.ui.forms import (
    Form,
)

from .who import (
    Answers,
    is_young_person,
)

YES_NO = [("yes", "Yes"), ("no", "No")]


def says(sentence: str) -> dict[str, str]:
    """One sentence for an answer that is missing and for one that is not on offer."""
    return {"required": sentence, "invalid_choice": sentence, "invalid_list": sentence}


class Question(Form):
    """A screen. `title` is its h1 and its page's title: the label of `heading` if that names the only or first field.

    `you` holds what differs when the child or young person is answering: {field: {label, help_text, required}}.
    `reveals`: {field: (other field, values)}: asked only beside those values, and forgotten with any other.
    `short`: {field: key in the summary}.
    """

    title = ""
    title_you = ""
    heading = ""
    you: dict[str, dict[str, str]] = {}
    reveals: dict[str, tuple[str, tuple[str, ...]]] = {}
    short: dict[str, str] = {}
    not_kept: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, answers: Answers, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.answers = answers
        if is_young_person(answers):
            self.title = self.title_you or self.title
            for name, words in self.you.items():
                self._reword(self.fields[name], words)
        if self.heading:
            self.fields[self.heading].label = self.title
            self.fields[self.heading].heading = True
        for name, (_, values) in self.reveals.items():
            self.fields[name].reveal = values[0]
        self.adapt()

    @staticmethod
    def _reword(field: Any, words: dict[str, str]) -> None:
        field.label = words.get("label", field.label)
        field.help_text = words.get("help_text", field.help_text)
        if "required" in words:
            field.error_messages |= says(words["required"])

    def adapt(self) -> None:
        """Leave out, or fill in, what depends on earlier answers."""

    def clean(self) -> dict[str, Any]:
        for name, (other, values) in self.reveals.items():
            chosen = self.cleaned_data.get(other) or ()
            if not set([chosen] if isinstance(chosen, str) else chosen) & set(values):
                self.cleaned_data[name] = type(self.cleaned_data.get(name) or "")()
                self.errors.pop(name, None)
        return self.cleaned_data

    def insist(self, name: str, sentence: str) -> None:
        """An answer that is needed only because of another."""
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, sentence)
