"""The demonstration county, built once for all tests of this folder, inside a transaction that is taken back."""

import pytest
from django.db import transaction

from portal.demo import build


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker):
    """Twice over, so that what is said of the histories is said of their copies too."""
    with django_db_blocker.unblock(), transaction.atomic():
        build.build(scale=2)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(built, db):
    """For a test that reads the county; what it writes is taken back after it."""
