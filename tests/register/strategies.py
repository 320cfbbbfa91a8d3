"""Marks for property tests: any codes on any weekdays, one mark a session."""

from datetime import date, timedelta

from hypothesis import strategies as st

from portal.register.calendar import week_of
from portal.register.codes import CODES, lookup
from portal.register.sessions import AM, PM, Mark

WEEKDAYS = st.dates(date(2021, 9, 1), date(2026, 11, 20)).map(lambda on: min(on, week_of(on) + timedelta(days=4)))
SESSIONS = st.tuples(WEEKDAYS, st.sampled_from([AM, PM]))
LETTERS = st.sampled_from([row.letters for row in CODES])


@st.composite
def marks(draw, codes=LETTERS, known_only=False, max_size=60):
    """Draw marks in order of time; with ``known_only`` only codes in force on their day, as a register has them."""
    sessions = sorted(draw(st.sets(SESSIONS, max_size=max_size)))
    drawn = [Mark(on, half, draw(codes)) for on, half in sessions]
    return tuple(mark for mark in drawn if not known_only or lookup(mark.code, mark.on))
