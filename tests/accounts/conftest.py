"""Signing in is proven with the second factor on, as in life."""

import pytest

from portal.accounts.membership import join, open_agency
from portal.accounts.models import User
from portal.accounts.roles import AgencyKind, Role

from . import hands


@pytest.fixture(autouse=True)
def _second_factor(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture
def officer(db) -> User:
    """Works in the attendance team; has set up nothing yet."""
    team = open_agency(kind=AgencyKind.LA_ATTENDANCE, name="Attendance team", slug="attendance-team")
    user = User.objects.create_user("officer@council.example.org", hands.PASSWORD, name="Ada Officer")
    join(user, team, Role.LA_OFFICER)
    return user


@pytest.fixture
def enrolled(officer) -> User:
    """The same, with an authenticator app."""
    hands.with_app(officer)
    return officer
