# as if in: referrals/queries/sample.py
from django.db import connection
from django.db.models.expressions import RawSQL


def rows(manager):
    yield manager.raw("SELECT * FROM referrals_case")  # bad
    yield manager.extra(where=["1 = 1"])  # bad
    yield manager.annotate(n=RawSQL("SELECT 1", ()))  # bad
    with connection.cursor() as asked:  # bad
        yield asked
