"""Fixtures every test may ask for.

`pytest tests/anything` runs on SQLite, at once: the migrated database is kept as a template under var/tests and copied.
`make test` runs everything, on PostgreSQL and Redis and in Chromium too (tests/__main__.py).

- `wagtail_root`: the public site's first rows, which a flushed database (`transaction=True`) has lost;
- `asgi_server`: the address of the whole product being served: pages and sockets, on the test's database;
- `browser_page`, `browser_context`: a page, and a way to open more, in Chromium;
- `sign_in(page, email)`: as a person would;
- `redis_url`: a Redis of its own;  `redis_server`: one that a test may stop and start again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from psycopg import sql

from referrals.actions._grant import permission_id
from tests.services import Services, free_port, no_temporary

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="Only the tests that use the database: what a second database could answer differently.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: make test"))
    if config.getoption("--database-only"):
        # "sqlite": what the role of run time could not do on PostgreSQL, so that there is nothing to ask there.
        wanted = [item for item in items if _uses_database(item) and not item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
        items[:] = wanted


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "redis_url"})


# --- the database ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest
) -> Iterator[None]:
    """On SQLite every process works on its own copy of one migrated file, made again only when a migration changes."""
    if connection.vendor != "sqlite":
        with _copy_for_this_process():
            yield
        return
    mine = settings.VAR / "tests" / f"run-{os.getpid()}.sqlite3"
    shutil.copyfile(_template(), mine)
    settings.DATABASES["default"]["TEST"]["NAME"] = str(mine)
    connection.settings_dict["TEST"]["NAME"] = str(mine)
    yield
    connection.close()
    for path in mine.parent.glob(f"{mine.name}*"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _copy_for_this_process() -> Iterator[None]:
    """A copy of the migrated database, made by the role that owns it: the role of run time may make none, nor empty
    its tables, so the owner does that too."""
    name, source = f"test_alongside_{os.getpid()}", settings.DATABASES["default"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = settings.DATABASES["default"]["TEST"]["NAME"] = name
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    # By another database than the one that is copied: whoever is connected to that keeps it from being copied.
    with psycopg.connect(settings.DATABASE_OWNER_URL, dbname="postgres", autocommit=True) as owner:
        owner.execute(drop)
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))
        owner.execute(no_temporary(name))

    def flushed_by_the_owner(ops, statements: list[str]) -> None:
        with psycopg.connect(settings.DATABASE_OWNER_URL, dbname=name) as owner:
            for statement in statements:
                owner.execute(statement)

    # Of the classes, for there is more than one connection: once a browser is driven this thread has an event loop, and
    # what comes after has a connection of its own.
    wrapper = type(connections["default"])
    type(connection.ops).execute_sql_flush = flushed_by_the_owner
    # What begins and ends a transaction is no query, in a test's own transaction either (as in the benchmark).
    wrapper._savepoint = lambda ours, sid: ours.connection.execute(ours.ops.savepoint_create_sql(sid))
    wrapper._savepoint_commit = lambda ours, sid: ours.connection.execute(ours.ops.savepoint_commit_sql(sid))
    yield
    connection.close()
    with psycopg.connect(settings.DATABASE_OWNER_URL, dbname="postgres", autocommit=True) as owner:
        owner.execute(drop)


def _template() -> Path:
    """A migrated, empty SQLite database for the migrations as they are now."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/**/migrations/*.py")):
        if settings.VAR not in path.parents:
            digest.update(path.read_bytes())
    folder = settings.VAR / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / f"template-{digest.hexdigest()[:16]}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for old in folder.glob("*.sqlite3*"):
                if time.time() - old.stat().st_mtime > 24 * 3600:
                    old.unlink(missing_ok=True)
            building = template.with_suffix(".building")
            building.unlink(missing_ok=True)
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DATABASE_URL": f"sqlite:///{building}",
                    "DJANGO_SETTINGS_MODULE": "portal.settings.test",
                },
                check=True,
            )
            building.rename(template)
    return template


@pytest.fixture(autouse=True)
def _a_fresh_start(request: pytest.FixtureRequest) -> None:
    """No test finds what another counted, cached or flushed: attempts to sign in, finished pages, the site's root."""
    if _uses_database(request.node):
        cache.clear()
        permission_id.cache_clear()  # a flush numbers the permissions anew
        request.getfixturevalue("wagtail_root")


@pytest.fixture
def wagtail_root(db: None) -> None:
    """The rows Wagtail's own migrations make, which a `transaction=True` test before this one has flushed away."""
    from wagtail.models import Collection, Locale, Page

    if not Page.objects.exists():
        Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
        if not Collection.objects.exists():
            Collection.add_root(name="Root")
        Page.add_root(title="Root", slug="root")


# --- the product, served --------------------------------------------------------------------------------------------


class _Server:
    """uvicorn in a thread of this process, so that it shares the test's settings, database, cache and layer."""

    def __init__(self) -> None:
        import uvicorn

        from portal.asgi import application

        self.port = free_port()
        self.application = application
        self.answering = 0
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                self.counted,
                host="127.0.0.1",
                port=self.port,
                interface="asgi3",
                lifespan="off",
                log_config=None,
                ws_max_size=65536,
            )
        )
        self.thread = threading.Thread(target=self.uvicorn.run, daemon=True, name="asgi-server")

    async def counted(self, scope: dict, receive: Callable, send: Callable) -> None:
        self.answering += 1
        try:
            await self.application(scope, receive, send)
        finally:
            self.answering -= 1

    def wait_until_idle(self) -> None:
        """A browser that has closed leaves requests behind (an editor's preview): emptying the tables under one of
        them is a deadlock."""
        deadline = time.monotonic() + 30
        while self.answering:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.answering} requests are still being answered after the test.")
            time.sleep(0.01)

    def __enter__(self) -> _Server:
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.uvicorn.started:
            if time.monotonic() > deadline or not self.thread.is_alive():
                raise RuntimeError("The server did not start.")
            time.sleep(0.02)
        return self

    def __exit__(self, *error: object) -> None:
        self.uvicorn.should_exit = self.uvicorn.force_exit = True
        self.thread.join(10)


@pytest.fixture(scope="session")
def _server() -> Iterator[_Server]:
    with _Server() as server:
        yield server


@pytest.fixture
def asgi_server(transactional_db: None, wagtail_root: None, _server: _Server) -> Iterator[str]:
    """`http://127.0.0.1:port`: pages and sockets, on this test's database (what it writes is really committed)."""
    yield f"http://127.0.0.1:{_server.port}"
    _server.wait_until_idle()


# --- a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with Services() as found:
        yield found


@pytest.fixture(scope="session")
def browser(services: Services) -> Iterator:
    """Chromium, without a window. A test that asks for it is marked `browser`, and skipped where there is none."""
    program = services.chromium()
    if program is None:
        pytest.skip(f"no Chromium: {services.missing['Chromium']}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def browser_context(browser, asgi_server: str) -> Iterator[Callable]:
    """`browser_context(**options)` → a new context (its own cookies: another person). All are closed afterwards."""
    with contextlib.ExitStack() as stack:

        def new(**options):
            context = browser.new_context(base_url=asgi_server, **options)
            context.set_default_timeout(10_000)
            stack.callback(context.close)
            return context

        yield new


@pytest.fixture
def browser_page(browser_context):
    return browser_context().new_page()


@pytest.fixture
def sign_in() -> Callable:
    """`sign_in(page, email, password=…, then="/workspace/")`: by the form, as a person would."""

    def by_form(page, email: str, password: str = "", then: str = "/workspace/"):
        page.goto(f"/accounts/login/?next={then}")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password", exact=True).fill(password or settings.DEMO_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    return by_form


# --- Redis ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis_url(services: Services) -> str:
    """A Redis all tests of this process share. A test that asks for it is marked `redis`."""
    url = services.redis()
    if url is None:
        pytest.skip(f"no Redis: {services.missing['Redis']}")
    return url


@pytest.fixture
def redis_server() -> Iterator:
    """A Redis of this test's own: `.url`, `.stop()`, `.start()` again on the same port."""
    from tests.services import StoppableRedis

    try:
        server = StoppableRedis()
    except LookupError as error:
        pytest.skip(str(error))
    with server:
        yield server
