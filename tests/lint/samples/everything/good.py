# as if in: referrals/queries/sample.py
from portal.accounts.models import Agency


def listed(case):
    return Agency.objects.open(), case.notes.all()
