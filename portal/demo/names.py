"""Invented people: names at random, UPNs on LA code 999 (which is no authority), phones from Ofcom's drama numbers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from random import Random

from django.utils import timezone
from stdnum.gb import upn as stdnum_upn

GIRLS = [
    *("Maya", "Noor", "Poppy", "Isla", "Ruby", "Ellie", "Aanya", "Grace", "Willow", "Zara", "Leja", "Amelia", "Freya"),
    *("Hana", "Ada", "Nell", "Tegan", "Orla", "Iris", "Mabel", "Bea", "Sana", "Wren", "Elsie", "Ffion", "Lidia"),
]
BOYS = [
    *(
        "Alfie",
        "Kacper",
        "Rafael",
        "Tomasz",
        "Joshua",
        "Finley",
        "Mateusz",
        "Oscar",
        "Harry",
        "Jacob",
        "Ioan",
        "Callum",
    ),
    *("Dylan", "Reuben", "Emil", "Luca", "Jonah", "Kofi", "Stefan", "Idris", "Theo", "Albie", "Rhodri", "Samir"),
]
FIRST = [name for pair in zip(GIRLS, BOYS, strict=False) for name in pair]
LAST = [
    *("Barrow", "Pritchard", "Kowalska", "Lacey", "Tudge", "Mathew", "Preece", "Vasile", "Bengry", "Hodges", "Skyrme"),
    *(
        "Nowak",
        "Powell",
        "Gwilliam",
        "Ferreira",
        "Watkins",
        "Bufton",
        "Larkin",
        "Sirbu",
        "Meredith",
        "Oakley",
        "Thomas",
    ),
    *(
        "Yapp",
        "Wilding",
        "Szabo",
        "Lloyd",
        "Godsall",
        "Pugh",
        "Eckley",
        "Farr",
        "Mailes",
        "Tranter",
        "Deakin",
        "Prosser",
    ),
    *("Wheale", "Bright", "Quarrell", "Amoah", "Rahman", "Dunne", "Havard", "Probert", "Jancey", "Layton", "Breeze"),
]
WOMEN = [
    *("Anna", "Ewa", "Claire", "Priya", "Steph", "Joanne", "Gemma", "Karen", "Magda", "Helen", "Lucia", "Beth"),
    *("Donna", "Ruta", "Nia", "Farah"),
]
MEN = ["Rob", "Dan", "Marek", "Lee", "Sunil", "Owen", "Chris", "Tom", "Gareth", "Yusuf", "Piotr", "Neil"]
ADULTS = [*WOMEN, *MEN]


@dataclass(frozen=True)
class Pronouns:
    """For sentences about one child: "she says", "ask her", "her class"."""

    they: str
    them: str
    their: str


def pronouns(first: str) -> Pronouns:
    return Pronouns("she", "her", "her") if first in GIRLS else Pronouns("he", "him", "his")


def child(rng: Random) -> tuple[str, str]:
    return rng.choice(FIRST), rng.choice(LAST)


def adult(rng: Random, last: str | None = None) -> str:
    return f"{rng.choice(ADULTS)} {last or rng.choice(LAST)}"


def phone(rng: Random) -> str:
    """A drama number: 01632 960000 to 960999."""
    return f"01632 960{rng.randint(0, 999):03d}"


def mobile(rng: Random) -> str:
    """A drama number: 07700 900000 to 900999."""
    return f"07700 900{rng.randint(0, 999):03d}"


def upn(number: int) -> str:
    """The permanent UPN of invented pupil `number` (0 to 9,999,999) on LA 999."""
    establishment, rest = divmod(number, 10_000)
    year, serial = divmod(rest, 1_000)
    body = f"999{9000 + establishment % 1000:04d}{20 + year % 10:02d}{serial:03d}"
    return stdnum_upn.calc_check_digit(body) + body


def year_group(born: datetime.date, today: datetime.date | None = None) -> str:
    """ "Year 9" or "Reception" for somebody born on this day, in the school year that holds `today`."""
    today = today or timezone.localdate()
    september = today.year if today.month >= 9 else today.year - 1
    age = september - born.year - (1 if (born.month, born.day) > (8, 31) else 0)
    return "Reception" if age <= 4 else f"Year {min(age - 4, 13)}"


def born_in_year(rng: Random, year: int, today: datetime.date | None = None) -> datetime.date:
    """The birthday of somebody who is in that year group in the school year that holds `today`."""
    today = today or timezone.localdate()
    september = today.year if today.month >= 9 else today.year - 1
    return datetime.date(september - year - 5, 9, 1) + datetime.timedelta(days=rng.randrange(365))
