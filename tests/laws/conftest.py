import pytest

from tests import worlds


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
    """One county for all laws of a module: they only look."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.county()
        transaction.set_rollback(True)
