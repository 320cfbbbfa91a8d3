import pytest

from notifications import fanout
from referrals.models import Event
from tests import worlds


@pytest.fixture
def world(db):
    return worlds.staffed()


@pytest.fixture
def told():
    """Fan out what has happened, as the worker would, with nothing held back for the nudge."""

    def run() -> None:
        for number in Event.objects.filter(fanned_out_at=None).order_by("pk").values_list("pk", flat=True):
            fanout.fan_out(number)

    return run


@pytest.fixture
def rings(monkeypatch):
    """What the doorbell was asked to ring: `[(people, stream, number)]`."""
    heard = []
    monkeypatch.setattr("notifications.live.ring", lambda people, stream, n: heard.append((set(people), stream, n)))
    return heard
