"""Where a person is signed in: what she sees of it, and how she ends it."""

from __future__ import annotations

import datetime
import re

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from . import endings, suspension, told
from .models import Device, User

SHARED = "shared_device"  # in the session: she ticked "This is a shared device"

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("Linux", "Linux"),
)


def describe(user_agent: str) -> str:
    """In plain words: "Firefox on Windows"; "A device we do not know" where nothing can be told."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"{mark}[A-Za-z]*/", user_agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "A device we do not know")


def opened(request: HttpRequest, user: User) -> None:
    """This session has just been signed in."""
    Device.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "since": timezone.now(),
            "description": describe(request.headers.get("User-Agent", "")),
            "shared": bool(request.session.get(SHARED)),
        },
    )


def of(user: User) -> list[Device]:
    """Those that are signed in now, the newest first. The others are forgotten."""
    theirs = list(Device.objects.filter(user=user).order_by("-since", "-pk"))
    open_now = _open(device.session_key for device in theirs)
    Device.objects.filter(pk__in=[device.pk for device in theirs if device.session_key not in open_now]).delete()
    return [device for device in theirs if device.session_key in open_now]


def end(device: Device) -> None:
    """That device is signed out: its cookie opens nothing, and its open pages are told."""
    Session.objects.filter(pk=device.session_key).delete()
    device.delete()
    endings.tell([device.user_id])
    told.changed(device.user, "session ended")


def end_all(user: User) -> None:
    """Every session of this person, listed or not, and her programs' token."""
    suspension.end_sign_ins(user)
    Device.objects.filter(user=user).delete()
    told.changed(user, "sessions ended")


def forget_ended(now: datetime.datetime | None = None) -> None:
    """The worker's: rows of sessions that are no more."""
    keys = list(Device.objects.filter(since__lt=(now or timezone.now()) - datetime.timedelta(hours=10)))
    open_now = _open(device.session_key for device in keys)
    Device.objects.filter(pk__in=[device.pk for device in keys if device.session_key not in open_now]).delete()


def _open(keys) -> set[str]:
    return set(Session.objects.filter(pk__in=list(keys), expire_date__gt=timezone.now()).values_list("pk", flat=True))
