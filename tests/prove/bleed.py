"""One request's identity is never another's, whatever happened to the request before it on the same connection.

Eight people of eight schools, each with one child of her own in whose record a word of hers stands (her canary). Eight
threads, each with a database connection it keeps, answer 16,000 requests in a random order through the product's WSGI
application: pages, fragments, the API, HEAD, somebody else's case, nobody signed in, forms with mistakes; and some that
only this proof has, which are the worst a programmer could write:

    everything     every note there is, without asking the policy: the second wall alone
    stream         the same, in pieces, of which some are never asked for
    raised         an exception in the middle of a transaction, with the identity set
    raised late    an exception in a middleware, after the answer was made

A bleed is a canary of anybody else, anywhere in the status line, headers or body. Her own must be there where it
belongs, so that silence is not taken for safety. Then all of it again through PgBouncer, in transaction mode, with
fewer connections than threads.
"""

from __future__ import annotations

import contextlib
import io
import logging
import queue
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, connection, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from portal import urls as real
from portal.accounts import membership, tokens
from portal.accounts.access import declares
from portal.accounts.middleware import actor_of
from portal.accounts.models import User
from portal.accounts.roles import AgencyKind, Role
from referrals.actions.case.add_note import add_note
from referrals.models import Case, Note
from tests import worlds

from .pooler import Pooler, pooler
from .served import signed_in

THREADS = 8
REQUESTS = {"full": 2_000, "sample": 40}  # a thread
RAISE_LATE = "HTTP_X_RAISE_LATE"


# --- what only this proof has: the worst views there could be ---------------------------------------------------------


@declares("signed in")
def everything(request: HttpRequest) -> HttpResponse:
    actor_of(request)
    return HttpResponse("\n".join(Note.objects.values_list("body", flat=True)))


@declares("signed in")
def everything_before_it_is_known_who_asks(request: HttpRequest) -> HttpResponse:
    return HttpResponse("\n".join(Note.objects.values_list("body", flat=True)))


@declares("signed in")
def stream(request: HttpRequest) -> StreamingHttpResponse:
    actor_of(request)

    def pieces() -> Iterator[str]:
        for start in range(0, 24, 8):
            yield "\n".join(Note.objects.order_by("pk").values_list("body", flat=True)[start : start + 8])

    return StreamingHttpResponse(pieces())


@declares("signed in")
def raised(request: HttpRequest) -> HttpResponse:
    actor_of(request)
    list(Note.objects.all())
    raise RuntimeError("in the middle of it")


@declares("signed in")
def broken_sql(request: HttpRequest) -> HttpResponse:
    actor_of(request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    return HttpResponse("never")


class RaisesLate:
    """Innermost: the view has answered, and then something breaks on the way out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if RAISE_LATE in request.META:
            raise RuntimeError("after it was answered")
        return response


urlpatterns = [
    path("bleed/everything/", everything),
    path("bleed/unknown/", everything_before_it_is_known_who_asks),
    path("bleed/stream/", stream),
    path("bleed/raised/", raised),
    path("bleed/sql/", broken_sql),
    *real.urlpatterns,
]
handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500


# --- who asks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    canary: str
    reference: str
    cookie: str
    token: str


def people() -> list[Person]:
    world = worlds.staffed()
    found = []
    for number in range(THREADS):
        canary = f"CANARY{number}{uuid.uuid4().hex[:12].upper()}"
        school = membership.open_agency(kind=AgencyKind.SCHOOL, name=f"School {number}", slug=f"school-{number}")
        user = User.objects.create_user(f"p{number}@school.example.org", uuid.uuid4().hex, name=f"Person {number}")
        actor = worlds.Actor(membership.join(user, school, Role.SCHOOL_STAFF))
        world.people[canary] = actor
        referral = worlds.sent_referral(world, by=canary, seed=number)
        worlds.accept(referral, by=world.duty, lead=world.officer.user, aim="Back by half-term")
        case = Case.objects.get(pk=referral.case_id)
        add_note(case, by=actor, body=f"{canary} said so.")
        found.append(Person(canary, case.reference, signed_in(user), tokens.issue(user).key))
    return found


# --- what they ask ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """`shows`: her canary must be in the answer. `takes`: pieces of a stream she takes before she goes (None: all)."""

    method: str
    path: str
    cookie: str = ""
    token: str = ""
    shows: bool = False
    takes: int | None = None
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    late: bool = False


def mixed(chance: random.Random, everybody: list[Person]) -> tuple[Person | None, Request]:
    """One request at random, and who makes it (None: nobody)."""
    her, other = chance.sample(everybody, 2)
    page, api = f"/workspace/cases/{her.reference}/", f"/api/v1/cases/{her.reference}/"
    hers, program = {"cookie": her.cookie}, {"token": her.token}
    requests = [
        Request("GET", f"{page}timeline/", **hers, shows=True),
        Request("GET", f"{page}timeline/news/?after=0", **hers, shows=True),
        Request("GET", f"{api}notes/", **program, shows=True),
        Request("GET", "/bleed/everything/", **hers, shows=True),
        Request("GET", "/bleed/stream/", **hers, shows=True),
        Request("GET", "/bleed/stream/", **hers, takes=1),
        Request("GET", "/bleed/stream/", **hers, takes=0),
        Request("GET", "/bleed/raised/", **hers),
        Request("GET", "/bleed/sql/", **hers),
        Request("GET", f"{page}timeline/", **hers, late=True),
        Request("HEAD", f"{page}timeline/", **hers),
        Request("GET", "/workspace/cases/", **hers),
        Request("GET", "/workspace/notifications/count/", **hers),
        Request("GET", "/api/v1/cases/", **program),
        Request("GET", f"/workspace/cases/{other.reference}/timeline/", **hers),
        Request("GET", f"/api/v1/cases/{other.reference}/notes/", **program),
        Request("POST", f"{api}add_note/", **program, body=b'{"body": ""}', content_type="application/json"),
        Request("POST", f"{api}add_note/", **program, body=b"{", content_type="application/json"),
        Request("POST", f"{page}add_note/", **hers, body=b"body=x"),
    ]
    nobodys = [
        Request("GET", f"{page}timeline/"),
        Request("GET", f"{api}notes/"),
        Request("GET", "/bleed/everything/"),
        Request("GET", "/bleed/unknown/"),
        Request("GET", "/bleed/unknown/", cookie="0" * 32),
        Request("GET", "/accounts/login/"),
    ]
    if chance.random() < 0.2:
        return None, chance.choice(nobodys)
    if chance.random() < 0.05:
        return None, Request("GET", "/bleed/unknown/", **hers)  # signed in, and nobody has asked yet who she is
    return her, chance.choice(requests)


def answer(application: WSGIHandler, request: Request) -> tuple[str, bytes]:
    """The status, and all that left: status line, headers and body."""
    address, _, query = request.path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.content_type,
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.cookie:
        environ["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={request.cookie}"
    if request.token:
        environ["HTTP_AUTHORIZATION"] = f"Token {request.token}"
    if request.late:
        environ[RAISE_LATE] = "1"
    started: list[Any] = []
    response = application(environ, lambda status, headers, exc_info=None: started.extend((status, headers)))
    try:
        pieces = []
        for piece in response if request.takes != 0 else ():
            pieces.append(piece)
            if len(pieces) == request.takes:
                break
    finally:
        response.close()
    status, headers = started[0], started[1]
    sent = [status.encode(), *(f"{name}: {value}".encode() for name, value in headers), *pieces]
    return status, b"\n".join(sent)


# --- the run ----------------------------------------------------------------------------------------------------------


def run(size: str) -> dict[str, Any]:
    everybody = people()
    with override_settings(
        ROOT_URLCONF="tests.prove.bleed", MIDDLEWARE=[*settings.MIDDLEWARE, "tests.prove.bleed.RaisesLate"]
    ):
        direct = asked(everybody, REQUESTS[size])
        figures = {
            "threads": THREADS,
            "requests": sum(direct.statuses.values()),
            "bleeds": direct.bleeds,
            "own_missing": direct.own_missing,
            "own_shown": direct.own_shown,
            "statuses": ", ".join(f"{code}: {count}" for code, count in sorted(direct.statuses.items())),
            "bleeds_through_pooler": None,
        }
        with pooler(connection.settings_dict) as through:
            if through is None:
                figures["pooler"] = "no pgbouncer on this machine"
            else:
                pooled = asked(everybody, REQUESTS[size], through)
                figures |= {
                    "bleeds_through_pooler": pooled.bleeds,
                    "requests_through_pooler": sum(pooled.statuses.values()),
                    "own_missing_through_pooler": pooled.own_missing,
                    "pooler": f"PgBouncer in transaction mode, {through.size} connections",
                }
    return figures


class Found:
    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.bleeds = self.own_shown = self.own_missing = 0
        self._lock = threading.Lock()

    def look(self, who: Person | None, request: Request, status: str, sent: bytes, everybody: list[Person]) -> None:
        others = [p for p in everybody if p is not who and p.canary.encode() in sent]
        own = who is not None and who.canary.encode() in sent
        with self._lock:
            self.statuses[status[:3]] += 1
            self.bleeds += bool(others)
            self.own_shown += own
            missing = request.shows and not own
            self.own_missing += missing
            if (others or missing) and self.bleeds + self.own_missing <= 20:
                what = "BLED" if others else "her own was not shown"
                print(f"  {what}: {request.method} {request.path} {status}", flush=True)


def asked(everybody: list[Person], each: int, through: Pooler | None = None) -> Found:
    """Every thread asks `each` times, over a connection to the database that it keeps."""
    found, failures = Found(), queue.SimpleQueue[BaseException]()
    application = WSGIHandler()

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(each):
                who, request = mixed(chance, everybody)
                status, sent = answer(application, request)
                found.look(who, request, status, sent, everybody)
        except BaseException as error:
            failures.put(error)
        finally:
            connections.close_all()

    with as_in_life(through), quiet():
        threads = [threading.Thread(target=work, args=(seed,), daemon=True) for seed in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if not failures.empty():
        raise failures.get()
    return found


@contextlib.contextmanager
def as_in_life(through: Pooler | None) -> Iterator[None]:
    """New connections are kept, and begin as nobody: without what a test arranges with (portal/settings/test.py)."""
    close_old_connections()
    entry = connections.settings["default"]
    before = dict(entry)
    entry.update(CONN_MAX_AGE=None, OPTIONS={})
    if through is not None:
        entry.update(HOST="127.0.0.1", PORT=str(through.port), DISABLE_SERVER_SIDE_CURSORS=True)
    try:
        with override_settings(IDENTITY_BEFORE=""):
            yield
    finally:
        entry.clear()
        entry.update(before)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The exceptions are raised on purpose."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
