# as if in: referrals/actions/case/sample.py
from referrals import events


def done(case, actor):
    events.record(case=case, by=actor)
