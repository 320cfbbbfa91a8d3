# as if in: referrals/web/sample.py
from referrals import policy
from referrals.workflow import Verb


def may(actor, case):
    return policy.can(actor, Verb.ADD_NOTE, case)
