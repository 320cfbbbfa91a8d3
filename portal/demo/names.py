"""Invented people: names mixed at random, UPNs on LA code 999 (which is no authority), phones from Ofcom's drama numbers."""

from __future__ import annotations

import datetime
from random import Random

from stdnum.gb import upn as stdnum_upn

FIRST = ["Maya", "Alfie", "Noor", "Poppy", "Kacper", "Isla", "Rafael", "Ruby", "Tomasz", "Ellie", "Joshua", "Aanya", "Finley", "Grace", "Mateusz", "Willow", "Oscar", "Zara", "Harry", "Leja", "Jacob", "Amelia", "Ioan", "Freya", "Callum", "Hana", "Dylan", "Ada", "Reuben", "Nell", "Emil", "Tegan", "Luca", "Orla", "Jonah", "Iris", "Kofi", "Mabel", "Stefan", "Bea"]
LAST = ["Barrow", "Pritchard", "Kowalska", "Lacey", "Tudge", "Mathew", "Preece", "Orchard", "Vasile", "Bengry", "Hodges", "Skyrme", "Nowak", "Powell", "Gwilliam", "Ferreira", "Watkins", "Bufton", "Larkin", "Sirbu", "Meredith", "Oakley", "Thomas", "Yapp", "Wilding", "Szabo", "Lloyd", "Godsall", "Pugh", "Eckley", "Farr", "Mailes"]
ADULTS = ["Anna", "Rob", "Ewa", "Claire", "Dan", "Priya", "Steph", "Marek", "Joanne", "Lee", "Gemma", "Sunil", "Karen", "Owen", "Magda", "Helen", "Chris", "Lucia", "Beth", "Tom"]


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
    today = today or datetime.date.today()
    september = today.year if today.month >= 9 else today.year - 1
    age = september - born.year - (1 if (born.month, born.day) > (8, 31) else 0)
    return "Reception" if age <= 4 else f"Year {min(age - 4, 13)}"
