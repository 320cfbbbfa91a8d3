"""One county for the tests of a module, built once; what a test does to it is undone after the test."""

import pytest
from django.db import transaction

from tests import worlds


@pytest.fixture(scope="module")
def _county(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.county()
        transaction.set_rollback(True)


@pytest.fixture
def world(_county, db) -> worlds.World:
    """Take what a test changes with `world.fresh(name)`: the county's own objects are everybody's."""
    return _county
