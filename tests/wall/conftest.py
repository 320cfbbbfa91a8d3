import pytest
from django.db import transaction

from tests import worlds


@pytest.fixture(scope="module")
def _county(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.county()
        transaction.set_rollback(True)


@pytest.fixture
def county(_county, db):
    """One county for all laws of a module, built once; what a test does to it is undone after the test."""
    return _county
