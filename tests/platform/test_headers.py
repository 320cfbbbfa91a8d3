"""Every header of every kind of answer: nothing is missing, and nothing is there that nobody has decided.

Equal, not "contains": a header that a library begins to send is found here. "…" stands for a value that differs from
one answer to the next.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from wagtail.documents import get_document_model

from content import pages
from portal.settings import env, production
from tests import worlds

pytestmark = pytest.mark.django_db

ANY = "…"
DIFFERS = {"Content-Length", "Expires", "Last-Modified", "ETag", "Location", "X-Last-Event"}

EVERYWHERE = {
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), usb=(), "
        "xr-spatial-tracking=()"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
LENGTH = {"Content-Length": ANY}
BY_PERSON = {"Vary": "Cookie"}
OUR_POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
}
# A public page may be shown in a frame of our own address, where an editor previews it.
PUBLIC = {
    **EVERYWHERE,
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": OUR_POLICY | {"frame-ancestors 'self'"},
}
PRIVATE = {
    **EVERYWHERE,
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": OUR_POLICY | {"frame-ancestors 'none'"},
    "Cache-Control": "no-store",
}
EDITORS = {
    **PUBLIC,
    "Cache-Control": "no-store",
    "Content-Security-Policy": {
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    },
}
API = {**PRIVATE, **LENGTH, "Allow": "GET, HEAD, OPTIONS", "Content-Type": "application/json"}
PROBLEM = {**API, "Content-Type": "application/problem+json"}
FILE = {**EVERYWHERE, **LENGTH, "X-Frame-Options": "SAMEORIGIN", "Last-Modified": ANY}
TEXT = {"Content-Type": "text/plain"}


def headers(answer: HttpResponse) -> dict[str, object]:
    """As the tables above write them."""
    found: dict[str, object] = {
        name.title().replace("Etag", "ETag").replace("Www", "WWW"): ANY
        if name.title().replace("Etag", "ETag") in DIFFERS
        else value
        for name, value in answer.headers.items()
    }
    if policy := found.get("Content-Security-Policy"):
        found["Content-Security-Policy"] = {part.strip() for part in str(policy).split(";")}
    return found


# --- without an account -----------------------------------------------------------------------------------------------


@pytest.fixture
def site(db: None) -> None:
    pages.load()


STRANGERS: dict[str, tuple[Callable[[Client], HttpResponse], int, dict[str, object]]] = {
    "a public page": (lambda c: c.get("/"), 200, PUBLIC | LENGTH | BY_PERSON),
    "the search": (lambda c: c.get("/search/?q=help"), 200, PUBLIC | LENGTH | BY_PERSON),
    "a page that is not there": (lambda c: c.get("/nothing/"), 404, PUBLIC | LENGTH),
    "an address without its slash": (lambda c: c.get("/search"), 301, PUBLIC | {"Location": ANY}),
    "another host's name": (lambda c: c.get("/", headers={"host": "evil.example"}), 400, PUBLIC),
    "a concern": (lambda c: c.get("/raise-a-concern/"), 200, PRIVATE | LENGTH | BY_PERSON),
    "a concern's question": (
        lambda c: c.get(reverse("concern:step", args=["you"]), follow=True),
        200,
        PRIVATE | LENGTH | BY_PERSON,
    ),
    "leaving a concern": (
        lambda c: c.get(reverse("concern:exit")),
        302,
        PRIVATE | LENGTH | BY_PERSON | {"Location": ANY, "Referrer-Policy": "no-referrer"},
    ),
    "the sign-in": (lambda c: c.get("/accounts/login/"), 200, PRIVATE | LENGTH | BY_PERSON | {"Expires": ANY}),
    "the workspace, signed out": (
        lambda c: c.get("/workspace/"),
        302,
        PRIVATE | LENGTH | BY_PERSON | {"Location": ANY},
    ),
    "a form of the workspace, signed out": (lambda c: c.post("/workspace/"), 403, PRIVATE | LENGTH | BY_PERSON),
    "the editors' pages, signed out": (
        lambda c: c.get("/cms/"),
        302,
        EDITORS | LENGTH | BY_PERSON | {"Location": ANY, "Expires": ANY},
    ),
    "an address of the editors that is closed": (lambda c: c.get("/cms/users/"), 404, EDITORS | LENGTH | BY_PERSON),
    "the API, signed out": (
        lambda c: c.get("/api/v1/cases/"),
        401,
        PROBLEM | BY_PERSON | {"WWW-Authenticate": "Token"},
    ),
    "the API's schema": (
        lambda c: c.get("/api/v1/schema/"),
        200,
        API
        | {
            "Vary": "Accept, Cookie",
            "Content-Type": "application/vnd.oai.openapi; charset=utf-8",
            "Content-Disposition": 'inline; filename="Alongside API.yaml"',
        },
    ),
    "the API's pages": (
        lambda c: c.get("/api/v1/docs/"),
        200,
        API
        | BY_PERSON
        | {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": {
                "default-src 'self'",
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            },
        },
    ),
    "is it up": (lambda c: c.get("/healthz"), 200, PUBLIC | LENGTH | TEXT | {"Cache-Control": "no-store"}),
    "a file of ours": (
        lambda c: c.get("/static/portal/img/mark.svg"),
        200,
        FILE | {"Content-Type": "image/svg+xml", "Cache-Control": "max-age=60, public", "ETag": ANY},
    ),
    "an uploaded file by its place": (lambda c: c.get("/media/documents/a.pdf"), 404, PUBLIC | LENGTH),
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_what_is_answered_to_a_stranger(kind: str, client: Client, site: None):
    ask, status, table = STRANGERS[kind]
    answer = ask(client)
    assert answer.status_code == status
    assert headers(answer) == table


def test_a_public_page_that_was_kept_is_sent_with_the_same_headers(client: Client, site: None, settings):
    settings.PUBLIC_CACHE_SECONDS = 60
    first, kept = client.get("/"), client.get("/")
    assert headers(kept) == headers(first) == PUBLIC | LENGTH | BY_PERSON


def test_our_own_mistake_is_told_with_the_same_headers(client: Client, site: None, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("content.search.find", lambda typed: 1 / 0)
    answer = client.get("/search/?q=help")
    assert answer.status_code == 500
    assert headers(answer) == PUBLIC | LENGTH


# --- with one ---------------------------------------------------------------------------------------------------------


def case_of(world: worlds.World) -> str:
    return worlds.opened_case(world, joined=("early help",)).reference


MEMBERS: dict[str, tuple[Callable[[Client, str], HttpResponse], int, dict[str, object]]] = {
    "the workspace": (lambda c, case: c.get("/workspace/"), 200, PRIVATE | LENGTH | BY_PERSON),
    "a case": (lambda c, case: c.get(f"/workspace/cases/{case}/"), 200, PRIVATE | LENGTH | BY_PERSON),
    "a fragment of a page": (
        lambda c, case: c.get(f"/workspace/cases/{case}/timeline/news/?after=0"),
        200,
        PRIVATE | LENGTH | BY_PERSON | {"X-Last-Event": ANY, "X-Label": "Show 4 new updates", "X-New": "4"},
    ),
    "a count": (lambda c, case: c.get(reverse("notifications:count")), 200, PRIVATE | LENGTH | BY_PERSON),
    "a case that is not there": (
        lambda c, case: c.get("/workspace/cases/A-222-2222/"),
        404,
        PRIVATE | LENGTH | BY_PERSON,
    ),
    "the API": (lambda c, case: c.get("/api/v1/cases/"), 200, API | BY_PERSON),
    "a problem of the API": (lambda c, case: c.get("/api/v1/cases/A-222-2222/"), 404, PROBLEM | BY_PERSON),
}


@pytest.mark.parametrize("kind", MEMBERS)
def test_what_is_answered_to_somebody_at_work(kind: str, client: Client):
    world = worlds.staffed()
    case = case_of(world)
    client.force_login(world.people["officer"].user)
    ask, status, table = MEMBERS[kind]
    answer = ask(client, case)
    assert answer.status_code == status
    assert headers(answer) == table


def test_what_is_answered_to_an_editor(client: Client, site: None, django_user_model):
    editor = django_user_model.objects.create_user("ed@council.example.net", "a-long-password", name="Ed Moss")
    editor.groups.add(pages.editors_group())
    client.force_login(editor)
    assert headers(client.get("/cms/")) == EDITORS | LENGTH | BY_PERSON | {"Expires": ANY}


@pytest.mark.parametrize(
    "name, kind", [("letter.pdf", "application/pdf"), ("page.html", "text/html"), ("drawing.svg", "image/svg+xml")]
)
def test_a_document_is_saved_never_opened(client: Client, site: None, settings, tmp_path: Path, name: str, kind: str):
    settings.MEDIA_ROOT = tmp_path
    document = get_document_model()(title="A document")
    document.file.save(name, ContentFile(b"<script>alert(1)</script>"))
    document.save()
    answer = client.get(document.url)
    assert answer.status_code == 200
    assert headers(answer) == FILE | {
        "Content-Type": kind,
        "ETag": ANY,
        "Content-Disposition": f'attachment; filename="{document.filename}"',
        "Content-Security-Policy": {"default-src 'none'"},
    }


# --- the server -------------------------------------------------------------------------------------------------------


def handshake(address: str, **more: str) -> list[str]:
    """The lines of the answer to the opening of a socket."""
    home = urlsplit(address)
    asked = {
        "Host": home.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        **more,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    with socket.create_connection((home.hostname, home.port), 10) as line:
        line.sendall(f"GET /ws/ HTTP/1.1\r\n{lines}\r\n".encode())
        return line.recv(65536).decode().split("\r\n")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("origin", ["", "https://evil.example"])
def test_a_socket_that_is_refused_says_no_more_than_that(asgi_server: str, origin: str):
    status, *lines = handshake(asgi_server, **({"Origin": origin} if origin else {}))
    assert status.startswith("HTTP/1.1 403")
    names = {line.partition(":")[0].lower() for line in lines if ":" in line}
    assert names <= {"date", "connection", "content-length", "content-type"}


def test_no_server_says_what_it_is():
    assert "--no-server-header" in (env.ROOT / "Procfile").read_text()
    assert "server_header=False" in (env.ROOT / "portal/management/commands/serve.py").read_text()


# --- what only TLS can show -------------------------------------------------------------------------------------------


def test_a_browser_is_told_to_come_by_tls_alone(client: Client, site: None, settings):
    for name in ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"):
        setattr(settings, name, getattr(production, name))
    settings.SECURE_SSL_REDIRECT = True
    kept = client.get("/", secure=True)
    assert headers(kept) == PUBLIC | LENGTH | BY_PERSON | {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload"
    }
    sent_on = client.get("/")
    assert sent_on.status_code == 301
    assert sent_on.headers["Location"].startswith("https://")


def test_cookies_belong_to_one_host_by_tls_alone():
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"):
        assert getattr(production, name).startswith("__Host-")
    assert production.SESSION_COOKIE_SECURE and production.CSRF_COOKIE_SECURE
    assert not getattr(production, "SESSION_COOKIE_DOMAIN", None)
    assert not getattr(production, "CSRF_COOKIE_DOMAIN", None)


def test_a_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: Client):
    world = worlds.staffed()
    client.post("/accounts/login/", {"login": world.people["officer"].user.email, "password": worlds.PASSWORD})
    client.get("/workspace/")
    assert client.cookies
    for cookie in client.cookies.values():
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")
