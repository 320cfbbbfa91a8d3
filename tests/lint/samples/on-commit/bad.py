# as if in: referrals/actions/case/sample.py
from django.db import transaction
from notifications import email


def done(case):
    transaction.on_commit(lambda: email.send(case))  # bad
