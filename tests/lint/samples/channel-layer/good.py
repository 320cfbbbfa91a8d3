# as if in: referrals/actions/case/sample.py
from notifications import live


def tell(people, case, number):
    live.ring(people, case.reference, number)
