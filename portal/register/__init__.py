"""The register: codes, sessions, percentages, thresholds and the school calendar. Pure functions; no Django.

One figure everywhere: the public calculator, the referral form, the charts and the letters all call this package.
Read it in this order, a few minutes each:

    codes.py      what each mark in an English attendance register means, and from when to when
    rules.py      the council's figures (90, 50, 10 in 10 weeks, ...): the only place the code gets them from
    sessions.py   a mark, and the sums over marks in whole numbers
    calendar.py   school days and school weeks
    threshold.py  the rolling count of unauthorised sessions
    paste.py      whatever was pasted from a school's system, read into marks, with problems row by row
    packed.py     marks as one line of text a week, to store and read back
    picture.py    everything a screen says about a pupil's attendance, worked out once
    upn.py age.py the pupil's number, and compulsory school age
    sample.py     believable invented marks for the demonstration

All figures are integers. A percentage is an integer number of tenths, rounded half up, and is never compared with
anything: comparisons use the session counts.
"""
