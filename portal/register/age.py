"""Compulsory school age (Education Act 1996 s8): the days on which the law can be used about a pupil's attendance."""

from datetime import date, timedelta


def compulsory_school_age(born: date) -> tuple[date, date]:
    """Return the first and last day of compulsory school age for a child born that day.

    It begins on the 31 December, 31 March or 31 August on or after the fifth birthday, and ends on the last Friday in
    June of the school year (September to August) in which the child turns 16.
    """
    fifth = _birthday(born, 5)
    ends = (date(fifth.year, 3, 31), date(fifth.year, 8, 31), date(fifth.year, 12, 31))
    first = next(end for end in ends if end >= fifth)
    sixteenth = _birthday(born, 16)
    end_of_june = date(sixteenth.year + (sixteenth.month >= 9), 6, 30)
    return first, end_of_june - timedelta(days=(end_of_june.weekday() - 4) % 7)


def is_of_compulsory_school_age(born: date, on: date) -> bool:
    """Is a child born that day of compulsory school age on ``on``?"""
    first, last = compulsory_school_age(born)
    return first <= on <= last


def _birthday(born: date, age: int) -> date:
    """Return the birthday; a child of 29 February has it on 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
