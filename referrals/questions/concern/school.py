"""The child's school, found by a search that needs no script."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from portal.accounts.models import Agency
from portal.accounts.roles import AgencyKind
from portal.ui.forms import (
    RadiosField,
    TextField,
    one_line,
)

from ._question import Question, says
from .who import (
    AT_HOME,
    NO_PLACE,
    NOT_KNOWN,
    is_young_person,
)

ANOTHER_SCHOOL = "other"
SCHOOLS_SHOWN = 20


class School(Question):
    """A search that needs no script: the words are kept with the answers, the schools they find are radios."""

    title = "Which school are they at?"
    title_you = "Which school are you at?"
    you = {"school_id": {"label": "Choose your school, or what is true for you"}}
    school_search = TextField(
        label="Name or town of the school",
        help_text="Start typing the name or town",
        noun="the name or town",
        max_length=80,
        width=30,
        autocomplete="off",
        spellcheck=False,
        required=False,
    )
    school_id = RadiosField(label="Choose the school, or what is true for them", required=False)
    school_other = TextField(
        label="Name and town of the school", noun="the name of the school", max_length=120, required=False
    )
    reveals = {"school_other": ("school_id", (ANOTHER_SCHOOL,))}
    short = {"school_id": "School", "school_other": "Name of the school"}
    not_kept = ("school_search",)

    def adapt(self) -> None:
        asked = self.data.get("school_search", "") if self.is_bound else self.answers.get("school_search", "")
        found = find_schools(asked, self.answers.get("school_id", ""))
        self.found = len([s for s in found if str(s.pk) != self.answers.get("school_id")])
        self.searched = bool(str(asked).strip())
        them = "I" if is_young_person(self.answers) else "They"
        verb = ("do", "am") if is_young_person(self.answers) else ("do", "are")
        offered = [(str(s.pk), s.name) for s in found[:SCHOOLS_SHOWN]] + [
            (ANOTHER_SCHOOL, "A school that is not in this list"),
            (NO_PLACE, f"{them} {verb[0]} not have a school place"),
            (AT_HOME, f"{them} {verb[1]} educated at home"),
            (NOT_KNOWN, "I do not know"),
        ]
        field = self.fields["school_id"]
        field.choices = offered
        towns = {str(s.pk): s.town for s in found if s.town}
        field.widget.hints = lambda: towns
        field.error_messages |= says("Enter a school, or select that they do not have one")
        self.too_many = len(found) > SCHOOLS_SHOWN

    def clean(self) -> dict[str, Any]:
        if "school_id" not in self.errors and not self.cleaned_data.get("school_id"):
            self.add_error(
                "school_id" if self.found else "school_search", "Enter a school, or select that they do not have one"
            )
        if self.cleaned_data.get("school_id") == ANOTHER_SCHOOL:
            self.insist("school_other", "Enter the name of the school")
        return super().clean()


def searched_for(words: str) -> str:
    """The words of a search for a school, as they are kept and looked for."""
    return one_line(words)[:80]


def find_schools(words: str, chosen: str = "") -> list[Agency]:
    """Open schools with every word in their name or town, by name; one more than are shown, and the one chosen."""
    asked = Q()
    for word in searched_for(words).split():
        asked &= Q(name__icontains=word) | Q(town__icontains=word)
    if not asked and not chosen.isdecimal():
        return []
    wanted = Q(pk=int(chosen)) if chosen.isdecimal() and len(chosen) < 12 else Q(pk__in=())
    if asked:
        wanted |= asked
    return list(Agency.objects.open().filter(wanted, kind=AgencyKind.SCHOOL).only("name", "town")[: SCHOOLS_SHOWN + 1])
