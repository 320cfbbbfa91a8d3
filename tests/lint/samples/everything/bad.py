# as if in: referrals/queries/sample.py
from portal.accounts.models import Agency


def listed():
    return Agency.objects.all()  # bad
