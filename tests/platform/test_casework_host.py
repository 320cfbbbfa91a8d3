"""The workspace on a host name of its own: each address on its own host, and no session on both."""

from __future__ import annotations

import copy

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from content import pages
from notifications import email
from notifications.models import Channel, Delivery
from portal.accounts import tokens
from referrals.models import Event
from tests import worlds

OWN, PUBLIC = "casework.example.net", "help.example.net"


@pytest.fixture(autouse=True)
def two_hosts(settings):
    settings.CASEWORK_HOST = OWN
    settings.BASE_URL = f"http://{PUBLIC}"
    settings.CASEWORK_URL = f"http://{OWN}"
    settings.ALLOWED_HOSTS = [OWN, PUBLIC]


def at(host: str) -> Client:
    return Client(headers={"host": host})


def signed_in(host: str) -> Client:
    """An officer, signed in there by the form, as a person would."""
    world = worlds.staffed()
    browser = at(host)
    browser.post(
        "/accounts/login/",
        {"login": world.people["officer"].user.email, "password": worlds.PASSWORD},
        headers={"host": host},
    )
    browser.officer = world.people["officer"].user  # type: ignore[attr-defined]
    return browser


@pytest.fixture
def one_step(settings):
    """Signing in by password alone: the second step has tests of its own."""
    settings.SECOND_FACTOR = False


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/workspace/", "/workspace/cases/?q=a", "/workspace/cases/A-222-2222/"])
def test_whoever_looks_for_the_workspace_at_the_old_address_is_sent_on(path: str):
    answer = at(PUBLIC).get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"http://{OWN}{path}")


@pytest.mark.django_db
def test_what_is_sent_to_the_wrong_host_is_not_sent_on():
    assert at(PUBLIC).post("/workspace/act-as/", {"membership": 1}).status_code == 404
    assert at(OWN).post("/raise-a-concern/", {}).status_code == 404


@pytest.mark.django_db
def test_the_api_answers_on_the_caseworks_host_alone():
    assert at(PUBLIC).get("/api/v1/cases/").status_code == 404
    assert at(PUBLIC).post("/api/v1/token/", {}).status_code == 404
    assert at(OWN).get("/api/v1/cases/").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/search/?q=help", "/raise-a-concern/", "/cms/", "/documents/1/a.pdf"])
def test_the_public_site_and_the_editors_pages_are_on_the_other(path: str):
    answer = at(OWN).get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"http://{PUBLIC}{path}")


@pytest.mark.django_db
def test_a_public_page_that_was_kept_is_not_answered_on_the_caseworks_host(settings):
    settings.PUBLIC_CACHE_SECONDS = 60
    pages.load()
    assert at(PUBLIC).get("/").status_code == at(PUBLIC).get("/").status_code == 200
    assert at(OWN).get("/").headers["Location"] == "/workspace/"
    assert at(OWN).get("/search/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("host", [OWN, PUBLIC])
def test_each_host_has_its_sign_in_and_says_that_it_is_up(host: str):
    assert at(host).get("/accounts/login/").status_code == 200
    assert at(host).get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_session_begun_on_the_caseworks_host_opens_it(one_step):
    assert signed_in(OWN).get("/workspace/").status_code == 200


@pytest.mark.django_db
def test_a_session_begun_on_the_public_host_is_nobodys_on_the_caseworks(one_step):
    """Even where a cookie is carried over by hand: a browser would not send it at all."""
    browser = signed_in(PUBLIC)
    assert browser.get("/accounts/", headers={"host": PUBLIC}).status_code == 200
    carried = at(OWN)
    carried.cookies = copy.deepcopy(browser.cookies)
    for path in ("/workspace/", "/accounts/"):
        assert carried.get(path).headers["Location"].startswith("/accounts/login/"), path
    assert carried.get("/api/v1/cases/").status_code == 401
    assert browser.get("/accounts/", headers={"host": PUBLIC}).status_code == 200, "and it goes on where it was begun"


@pytest.mark.django_db
def test_a_session_begun_on_the_caseworks_host_opens_no_editors_page(one_step, django_user_model):
    pages.load()
    browser = signed_in(OWN)
    browser.officer.groups.add(pages.editors_group())
    carried = at(PUBLIC)
    carried.cookies = copy.deepcopy(browser.cookies)
    assert carried.get("/cms/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_a_session_from_before_there_were_two_hosts_is_nobodys(client: Client, settings):
    """Nobody knows where it was begun."""
    client.force_login(worlds.staffed().people["officer"].user)
    answer = client.get("/workspace/", headers={"host": OWN})
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_a_form_on_one_host_cannot_be_sent_to_the_other(one_step):
    browser = signed_in(OWN)
    for origin, status in ((f"http://{PUBLIC}", 403), (f"http://{OWN}", 404)):
        answer = browser.post("/workspace/act-as/", {"membership": "1"}, headers={"host": OWN, "origin": origin})
        assert answer.status_code == status


@pytest.mark.django_db
def test_mail_leads_to_the_caseworks_host():
    world = worlds.staffed()
    case = worlds.opened_case(world)
    note = Event.objects.filter(case=case).latest("pk")
    delivery = Delivery(event=note, person=world.people["officer"].user, channel=Channel.EMAIL)
    body = email.written(delivery, note).body
    assert f"http://{OWN}/workspace/" in body
    assert PUBLIC not in body


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "host, origin, opens",
    [
        (OWN, "", True),
        (OWN, f"http://{OWN}", True),
        (OWN, f"http://{PUBLIC}", False),
        (PUBLIC, "", False),
        (PUBLIC, f"http://{PUBLIC}", False),
    ],
)
def test_the_socket_opens_on_the_caseworks_host_alone(host: str, origin: str, opens: bool):
    from portal.asgi import application

    token = tokens.issue(worlds.staffed().people["officer"].user)
    headers = [(b"host", host.encode()), (b"authorization", f"Token {token.key}".encode())]
    headers += [(b"origin", origin.encode())] if origin else []
    assert (knock(application, headers) == "websocket.accept") is opens


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun, opens", [(OWN, True), (PUBLIC, False)])
def test_a_socket_takes_no_session_of_the_other_host(one_step, settings, begun: str, opens: bool):
    from portal.asgi import application

    cookies = signed_in(begun).cookies
    carried = f"{settings.SESSION_COOKIE_NAME}={cookies[settings.SESSION_COOKIE_NAME].value}"
    headers = [(b"host", OWN.encode()), (b"cookie", carried.encode())]
    assert (knock(application, headers) == "websocket.accept") is opens


def knock(application, headers: list[tuple[bytes, bytes]]) -> str:
    """What a socket is first answered."""

    async def knocked() -> str:
        scope = {"type": "websocket", "path": "/ws/", "headers": headers, "query_string": b"", "scheme": "ws"}
        socket = ApplicationCommunicator(application, scope)
        await socket.send_input({"type": "websocket.connect"})
        answer = await socket.receive_output(10)
        await socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await socket.wait(5)
        return answer["type"]

    return async_to_sync(knocked)()


@pytest.mark.django_db
def test_without_a_second_host_everything_is_on_the_one(settings):
    settings.CASEWORK_HOST, settings.CASEWORK_URL = "", settings.BASE_URL
    assert at(PUBLIC).get("/workspace/").headers["Location"].startswith("/accounts/login/")
    assert at(PUBLIC).get("/api/v1/cases/").status_code == 401
    assert at(PUBLIC).get("/cms/").headers["Location"].startswith("/accounts/login/")
