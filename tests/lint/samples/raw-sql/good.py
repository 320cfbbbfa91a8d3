# as if in: referrals/queries/sample.py
from referrals.api.paging import cursor


def rows(mark, path, found):
    return cursor(mark, path), found.filter(stage="open")
