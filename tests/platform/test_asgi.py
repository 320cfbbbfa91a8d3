"""The one server process, over real connections: pages through the thread pool, sockets beside them."""

import asyncio
import contextlib
import http.client
import json
import re
import socket
from urllib.parse import urlsplit

import pytest
import websockets
from a2wsgi import wsgi
from django.db import connection
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from portal import urls as ours
from portal.cache import forget_public_pages, pages_here


def echo(request):
    return JsonResponse(
        {
            "length": len(request.body),
            "address": request.META["REMOTE_ADDR"],
            "forwarded": request.META.get("HTTP_X_FORWARDED_PROTO", ""),
            "path": request.path,
        }
    )


def stream(request):
    return StreamingHttpResponse((f"line {n}\n" for n in range(5_000)), content_type="text/plain")


def upload(request):
    file = request.FILES["file"]
    return JsonResponse({"name": file.name, "size": file.size})


def file(request):
    return FileResponse((ours.health.env.ROOT / "pyproject.toml").open("rb"))


def broken(request):
    raise ValueError("a secret about a child")


def log_line(request):
    import structlog

    return HttpResponse(structlog.contextvars.get_contextvars()["request_id"])


def note(request):
    seen.append(request.body)
    return HttpResponse()


def public(request):
    """A page of the public site that counts how often it is made."""
    seen.append(b"made")
    response = HttpResponse(f"page {len(seen)}")
    response.public_page = True
    return response


seen: list[bytes] = []
for view in (echo, upload, note):
    view.csrf_exempt = True
urlpatterns = [
    *(path(f"try/{view.__name__}", view) for view in (echo, stream, upload, file, broken, log_line, note, public)),
    *ours.urlpatterns,
]
handler400, handler404, handler500 = ours.handler400, ours.handler404, ours.handler500


@pytest.fixture
def server(asgi_server, settings) -> str:
    settings.ROOT_URLCONF = __name__
    return asgi_server


def ask(server: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=20)
    connection.request(method, path, body, {name.replace("__", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer, answer.read()


def test_it_answers_with_the_path_and_the_readers_address(server):
    answer, body = ask(server, "/try/echo?x=%C3%A9")
    assert answer.status == 200
    assert json.loads(body) == {"length": 0, "address": "127.0.0.1", "forwarded": "", "path": "/try/echo"}


def test_a_header_spelt_with_an_underscore_cannot_pass_for_the_proxys(server):
    assert json.loads(ask(server, "/try/echo", X_Forwarded_Proto="https")[1])["forwarded"] == ""
    assert json.loads(ask(server, "/try/echo", **{"X-Forwarded-Proto": "https"})[1])["forwarded"] == "https"


def test_a_stream_arrives_whole(server):
    answer, body = ask(server, "/try/stream")
    assert answer.status == 200
    assert body.count(b"\n") == 5_000


def test_a_file_arrives_whole(server):
    assert ask(server, "/try/file")[1] == (ours.health.env.ROOT / "pyproject.toml").read_bytes()


def test_an_upload_arrives_whole(server):
    content = b"x" * 5_000_000
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' + content + b"\r\n--b--\r\n"
    answer = ask(server, "/try/upload", "POST", body, **{"Content-Type": "multipart/form-data; boundary=b"})
    assert json.loads(answer[1]) == {"name": "a.bin", "size": 5_000_000}


def test_more_than_we_take_is_refused_in_words(server):
    """Over DATA_UPLOAD_MAX_MEMORY_SIZE; everything up to it reaches its form."""
    answer, body = ask(server, "/accounts/login/", "POST", b"login=" + b"x" * (13 * 1024 * 1024),
                       **{"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert answer.status == 400
    assert b"That was too much to send at once" in body


def test_a_request_too_large_for_anything_is_refused_before_it_is_all_here(server):
    host, port = urlsplit(server).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(b"POST /try/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999000000\r\n\r\n")
        answer = b""
        try:
            for _ in range(40):
                line.sendall(b"x" * 1024 * 1024)
        except OSError:
            pass  # it stopped listening: that is the point
        with contextlib.suppress(OSError):
            answer = line.recv(1000)
    assert not answer or b" 413 " in answer


def test_a_form_that_never_arrived_whole_was_never_sent(server):
    seen.clear()
    host, port = urlsplit(server).netloc.split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"POST /try/note HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
    ask(server, "/try/note", "POST", b"whole")
    assert seen == [b"whole"]


def test_slow_lines_hold_no_thread(server):
    """Many more half-sent requests than there are threads, and the next reader is served at once."""
    host, port = urlsplit(server).netloc.split(":")
    with contextlib.ExitStack() as lines:
        for _ in range(30):
            line = lines.enter_context(socket.create_connection((host, int(port))))
            line.sendall(b"POST /try/note HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
        assert ask(server, "/healthz")[0].status == 200


def test_a_fault_shows_a_page_and_nothing_of_what_went_wrong(server):
    answer, body = ask(server, "/try/broken")
    assert answer.status == 500
    assert b"Sorry, something went wrong" in body
    assert b"secret" not in body


def test_the_api_gets_its_errors_as_problems(server):
    answer, body = ask(server, "/api/v1/nothing-here/")
    assert (answer.status, answer.getheader("content-type")) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404


def test_a_head_request_and_a_kept_connection(server):
    line = http.client.HTTPConnection(urlsplit(server).netloc, timeout=20)
    for _ in range(3):
        line.request("HEAD", "/try/file")
        assert line.getresponse().read() == b""
    line.request("GET", "/healthz")
    assert line.getresponse().read() == b"ok"


def test_each_request_has_its_own_id(server):
    ids = {ask(server, "/try/log_line")[1] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(rb"[0-9a-f-]{36}", each) for each in ids)


def test_connections_are_given_back(server):
    """Every request's connection is closed, or kept for its thread and no other: as many as threads, at most."""
    for _ in range(30):
        ask(server, "/readyz")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            assert cursor.fetchone()[0] <= 14


# --- finished public pages, answered without a thread ---------------------------------------------------------------


@pytest.fixture
def public_page(server, settings, monkeypatch):
    """Asks for the page; `threads` counts how often a thread had to answer."""
    settings.PUBLIC_CACHE_SECONDS = 60
    seen.clear()
    pages_here.clear()
    threads = []
    responder = wsgi.WSGIResponder.__call__

    def counted(self, *args):
        threads.append(1)
        return responder(self, *args)

    monkeypatch.setattr(wsgi.WSGIResponder, "__call__", counted)

    def get(path: str = "/try/public", method: str = "GET", **headers: str):
        return ask(server, path, method, **headers)

    get.threads = threads
    yield get
    forget_public_pages()


def test_a_finished_public_page_needs_no_thread_and_is_the_same_to_the_letter(public_page):
    (first, body), (second, again) = public_page(), public_page()
    assert body == again == b"page 1"
    assert len(public_page.threads) == 1
    assert {k: v for k, v in second.getheaders() if k != "date"} == {k: v for k, v in first.getheaders() if k != "date"}
    assert "content-security-policy" in {name.lower() for name, _ in second.getheaders()}


def test_publishing_forgets_what_needs_no_thread(public_page):
    public_page()
    public_page()
    forget_public_pages()
    assert public_page()[1] == b"page 2"


def test_it_is_forgotten_after_two_seconds(public_page):
    public_page()
    for address, (_, page) in list(pages_here.items()):
        pages_here[address] = (0.0, page)
    public_page()
    assert len(public_page.threads) == 2


@pytest.mark.parametrize(
    "otherwise",
    [
        {"Cookie": "a=b; sessionid=abc"},
        {"Host": "evil.example.com"},
        {"path": "/try/public?q=1"},
        {"method": "HEAD"},
        {"method": "POST"},
        {"Content-Length": "0"},
    ],
)
def test_whoever_may_be_somebody_or_asks_otherwise_is_answered_by_django(public_page, otherwise):
    public_page()
    public_page()
    answer, body = public_page(**otherwise)
    assert len(public_page.threads) == 2
    assert answer.status == (400 if "Host" in otherwise else 200 if otherwise.get("method") != "POST" else 403)
    if "Cookie" in otherwise:
        assert body == b"page 2"


def test_no_host_but_ours_is_ever_answered_from_the_cache(public_page):
    for _ in range(3):
        assert public_page(Host="evil.example.com")[0].status == 400


def test_a_page_fetched_by_http_is_not_the_page_of_https(public_page, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    public_page()
    assert public_page(**{"X-Forwarded-Proto": "https"})[1] == b"page 2"
    assert public_page(**{"X-Forwarded-Proto": "https"})[1] == b"page 2"
    assert public_page()[1] == b"page 1"
    assert len(public_page.threads) == 2


# --- sockets --------------------------------------------------------------------------------------------------------


def knock(server: str, path: str = "/ws/", origin: str | None = None, cookie: str = "") -> int | str:
    """The status of a refused handshake, or "open"."""

    async def try_it():
        headers = {"Cookie": cookie} if cookie else {}
        try:
            async with websockets.connect(
                server.replace("http", "ws") + path, origin=origin, additional_headers=headers, open_timeout=10
            ):
                return "open"
        except websockets.InvalidStatus as refused:
            return refused.response.status_code

    return asyncio.run(try_it())


@pytest.fixture
def signed_in(server) -> str:
    from django.conf import settings
    from django.test import Client

    from portal.accounts.membership import join, open_agency
    from portal.accounts.models import User

    user = User.objects.create_user("a@council.example.org", "x", name="A")
    join(user, open_agency(kind="la_attendance", name="Team", slug="team"), "la_officer")
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"


def test_our_own_page_opens_a_socket(server, signed_in):
    assert knock(server, origin=server, cookie=signed_in) == "open"


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "http://127.0.0.1:1", "http://localhost.evil.example.com", "null", "file://"]
)
def test_a_page_of_another_site_or_port_does_not(server, signed_in, origin):
    assert knock(server, origin=origin, cookie=signed_in) == 403


def test_another_scheme_is_another_site(server, signed_in):
    assert knock(server, origin=server.replace("http", "https"), cookie=signed_in) == 403


def test_a_socket_where_there_is_none_is_refused(server, signed_in):
    assert knock(server, path="/ws/other/", origin=server, cookie=signed_in) == 403
