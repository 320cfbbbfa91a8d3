"""The sixty children of the demonstration county: families across its schools, their carers, and their registers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from random import Random
from typing import Any

from portal import county
from portal.demo import names
from portal.demo.answers import of_marks
from portal.demo.places import SCHOOLS
from portal.register.sample import believable_marks
from portal.register.sessions import Mark
from referrals.models import Care, Carer, Child

# The schools of each family's children: siblings share their carers.
FAMILIES: tuple[tuple[str, ...], ...] = (
    ("hillside", "riverside"),
    ("hillside", "larkfield-junior", "larkfield-infant"),
    ("riverside", "tannersgate"),
    ("hillside",),
    ("hillside", "foxglove"),
    ("riverside", "riverside"),
    ("hillside", "hillside"),
    ("larkfield-junior", "tannersgate"),
    ("withybrook", "harrowdene"),
    ("hillside",),
    ("hillside", "kiln"),
    ("riverside", "harrowdene"),
    ("foxglove", "tannersgate"),
    ("millrace", "harrowdene"),
    ("hillside",),
    ("tannersgate", "applewood"),
    ("riverside",),
    ("beaconfold", "harrowdene"),
    ("hillside", "applewood"),
    ("larkfield-junior", "larkfield-infant"),
    ("foxglove", "harrowdene"),
    ("harrowdene", "kiln"),
    ("millrace", "millrace"),
    ("hillside",),
    ("tannersgate",),
    ("riverside",),
    ("withybrook",),
    ("larkfield-junior",),
    ("foxglove",),
    ("beaconfold",),
    ("tannersgate",),
    ("riverside",),
    ("withybrook",),
    ("larkfield-junior",),
    ("applewood",),
    ("millrace",),
    ("tannersgate",),
    ("foxglove",),
    ("withybrook",),
    ("beaconfold",),
)
CHILDREN = sum(map(len, FAMILIES))
REGISTER_WEEKS = 40
REFERRED_WEEKS = 18  # what a school pastes: enough for six school weeks even after the summer
# Attendance of children nobody needs to worry about, in tenths of a percent, by phase (county figures for 2025/26).
USUAL = {"infant": 949, "junior": 949, "primary": 949, "secondary": 918, "special": 881, "pupil_referral": 840}
_LANGUAGES = ("", "", "", "", "", "", "Polish", "Romanian", "", "")
_CONCERNS = (
    "Do not leave messages: the phone is shared. Call between 10am and 2pm.",
    "Letters are opened by somebody else in the house. Please call instead.",
)


@dataclass
class Pupil:
    """`record` and `carers` are rows; `adults` the same carers as a referral's answers have them.

    `register`: every mark of the last REGISTER_WEEKS, once its story has said how the child's attendance goes.
    """

    record: Child
    slug: str
    adults: list[dict[str, Any]]
    circumstances: list[str] = field(default_factory=lambda: ["none"])
    register: tuple[Mark, ...] = ()

    @property
    def carer(self) -> dict[str, Any]:
        return self.adults[0]

    def words(self) -> dict[str, str]:
        """What the stories' sentences are filled with."""
        said = names.pronouns(self.record.first_name)
        return {
            "name": self.record.called,
            "they": said.they,
            "They": said.they.title(),
            "them": said.them,
            "their": said.their,
            "Their": said.their.title(),
            "carer": str(self.carer["name"]).partition(" ")[0],
        }

    def keep_register(
        self, rng: Random, today: datetime.date, *, turned: datetime.date, before: int, after: int, pattern: str
    ) -> None:
        """Marks up to yesterday: attendance `before` and, from the day it `turned`, `after` (tenths of a percent)."""
        first, last = today - datetime.timedelta(weeks=REGISTER_WEEKS), today - datetime.timedelta(days=1)
        turned = min(max(turned, first), last)
        calendar = county.calendar()
        earlier = believable_marks(
            rng, calendar, first, turned - datetime.timedelta(days=1), attendance_tenths=before, pattern=pattern
        )
        later = believable_marks(rng, calendar, turned, last, attendance_tenths=after, pattern="steady")
        self.register = (*earlier, *later)

    def marks_until(self, day: datetime.date) -> dict[str, Any]:
        """What a school pastes on `day`: {"marks", "first_day", "last_day", "severe"}."""
        since = day - datetime.timedelta(weeks=REFERRED_WEEKS)
        return of_marks([mark for mark in self.register if since <= mark.on < day])


def enrol(rng: Random, schools: dict[str, Any], today: datetime.date) -> list[Pupil]:
    """The children and their carers, saved: siblings share their last name and their carers."""
    by_slug = {school.slug: school for school in SCHOOLS}
    last_names = rng.sample(names.LAST, k=len(FAMILIES))
    firsts = rng.sample(names.FIRST, k=len(names.FIRST)) * 2
    pupils: list[Pupil] = []
    for family, last in zip(FAMILIES, last_names, strict=True):
        adults = _adults(rng, last, family=len(pupils))
        carers = [_carer(adult) for adult in adults]
        years: set[int] = set()
        for slug in family:
            low, high = by_slug[slug].years
            year = rng.choice([y for y in range(low, high + 1) if y not in years])
            years.add(year)
            born = names.born_in_year(rng, year, today)
            child = Child.objects.create(
                first_name=firsts.pop(),
                last_name=last,
                date_of_birth=born,
                upn=names.upn(len(pupils)),
                year_group=names.year_group(born, today),
                school=schools[slug],
                send_status=rng.choice(
                    ["ehc_plan"] if slug == "applewood" else ["none", "none", "sen_support", "unmet_need"]
                ),
            )
            for adult, carer in zip(adults, carers, strict=True):
                Care.objects.create(
                    child=child,
                    carer=carer,
                    relationship=adult["relationship"],
                    parental_responsibility=adult["parental_responsibility"],
                    lives_with_child=adult["lives_with_child"],
                )
            pupils.append(Pupil(child, slug, adults))
    return pupils


def _adults(rng: Random, last: str, family: int) -> list[dict[str, Any]]:
    mother = _adult(rng, f"{rng.choice(names.WOMEN)} {last}", "Mother", True)
    mother["language"] = rng.choice(_LANGUAGES)
    if family % 5 == 2:
        mother |= {"safe_contact": "concerns", "safe_contact_detail": rng.choice(_CONCERNS)}
    found = [mother]
    kind = family % 4
    if kind == 0:
        found.append(_adult(rng, f"{rng.choice(names.MEN)} {last}", "Father", True))
    elif kind == 1:
        found.append(_adult(rng, names.adult(rng), "Father", False))
    elif kind == 3 and rng.randrange(2):
        found = [_adult(rng, f"{rng.choice(names.WOMEN)} {last}", "Grandparent", True)]
    return found


def _adult(rng: Random, name: str, relationship: str, lives_with: bool) -> dict[str, Any]:
    return {
        "name": name,
        "relationship": relationship,
        "parental_responsibility": "yes" if relationship != "Grandparent" else "not_known",
        "lives_with_child": lives_with,
        "phone": names.mobile(rng) if rng.randrange(3) else names.phone(rng),
        "email": f"home{rng.randrange(10_000)}@family.example.org" if rng.randrange(3) == 0 else "",
        "language": "",
        "safe_contact": "no_concerns",
        "safe_contact_detail": "",
    }


def _carer(adult: dict[str, Any]) -> Carer:
    safe = adult["safe_contact"] == "no_concerns"
    return Carer.objects.create(
        name=adult["name"],
        phone=adult["phone"],
        email=adult["email"],
        language=adult["language"],
        safe_to_call=safe,
        safe_to_leave_message=safe,
        safe_to_text=safe,
        safe_to_write=safe,
        safe_to_email=safe,
        safe_contact_detail=adult["safe_contact_detail"],
    )
