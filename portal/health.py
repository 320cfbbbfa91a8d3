"""Is the process up (`/healthz`), and can it do its work (`/readyz`)?"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.access import declares
from portal.cache import TIMEOUTS
from portal.models import WorkerHeartbeat
from portal.settings import env

HEARTBEAT_LIMIT = datetime.timedelta(seconds=60)
PATHS = ("/healthz", "/readyz")


class AskedByAddress:
    """Probes ask by address, not by name; the two health pages show nothing, so they answer to any host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PATHS and settings.ALLOWED_HOSTS:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".")
        return self.get_response(request)


@declares("everyone")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nothing of anybody else."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


@declares("everyone")
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """`{"status": "ok" | "failing", "parts": {part: "ok" | what is wrong}}`; 503 when any part fails."""
    parts = {name: _ask(question) for name, question in PARTS.items()}
    well = all(answer == "ok" for answer in parts.values())
    return JsonResponse(
        {"status": "ok" if well else "failing", "parts": parts},
        status=200 if well else 503,
        headers={"Cache-Control": "no-store"},
    )


def _ask(question: Callable[[], str]) -> str:
    """The part's own answer; any failure to answer is named by its kind, so that no address or password is shown."""
    try:
        return question()
    except Exception as error:
        return f"cannot be reached ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(env.REDIS_URL, **TIMEOUTS)


def _channel_layer() -> str:
    if env.REDIS_URL:
        _redis().ping()
    return "ok"  # without Redis the layer lives inside this process


_migrated = False


def _migrations() -> str:
    """Once complete they stay so for the life of a process: its code does not change under it."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            return f"{waiting} not applied"
        _migrated = True
    return "ok"


def _worker() -> str:
    last = WorkerHeartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    if last is None:
        return "no worker has started"
    age = timezone.now() - last
    return "ok" if age <= HEARTBEAT_LIMIT else f"last heard of {int(age.total_seconds())} seconds ago"


PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "channel_layer": _channel_layer,
    "migrations": _migrations,
    "worker": _worker,
}
