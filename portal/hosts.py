"""Which host answers what, where the workspace has a host name of its own (CASEWORK_HOST; docs/adr/0018).

The casework's host answers the workspace, the API, the socket and signing in; the other the public site, the editors'
pages and signing in to them. A session belongs to the host it was begun on: brought to the other, by whatever means, it
is nobody's. Without CASEWORK_HOST nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port

GetResponse = Callable[[HttpRequest], HttpResponse]

CASEWORK = ("/workspace/", "/api/", "/ws/")
EITHER = ("/accounts/", "/static/", "/healthz", "/readyz")  # an editor signs in where she works
LOOKS = ("GET", "HEAD")
BEGUN_ON = "begun_on"  # in the session of somebody signed in: "casework" or "public"


def is_casework(host: str) -> bool:
    """Whether `host`, as a request names it, is the casework's own. There must be one."""
    return split_domain_port(host)[0] == split_domain_port(settings.CASEWORK_HOST.lower())[0]


def belongs(session: Any, host: str) -> bool:
    """Whether who is signed in by this session was signed in on this host."""
    return not settings.CASEWORK_HOST or session.get(BEGUN_ON) == _name(host)


def _name(host: str) -> str:
    return "casework" if is_casework(host) else "public"


class OwnHost:
    """Each address on its own host. Who only looks is sent to the other; nothing else is sent on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.CASEWORK_HOST or request.path.startswith(EITHER):
            return self.get_response(request)
        here, path = is_casework(request.get_host()), request.get_full_path()
        if here and request.path == "/" and request.method in LOOKS:
            return HttpResponseRedirect("/workspace/")
        if here == request.path.startswith(CASEWORK):
            return self.get_response(request)
        if request.method in LOOKS and (here or request.path.startswith("/workspace/")):
            return HttpResponseRedirect((settings.BASE_URL if here else settings.CASEWORK_URL) + path)
        raise Http404


class OwnSession:
    """A session is used where it was begun, and a form is sent from where it is answered.

    The two hosts may well be one site to a browser (two names of a council's), so that SameSite keeps nothing apart.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.CASEWORK_HOST:
            return self.get_response(request)
        host = request.get_host()
        sender = request.headers.get("Origin", "")
        if request.method not in LOOKS and sender not in {"", "null"} and _other_of_ours(sender, host):
            raise PermissionDenied
        carried = settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session
        if carried and not belongs(request.session, host):
            request.session = type(request.session)()  # the other host's stays as it is
        response = self.get_response(request)
        if request.session.modified and SESSION_KEY in request.session:
            request.session[BEGUN_ON] = _name(host)
        return response


def _other_of_ours(origin: str, host: str) -> bool:
    ours = {urlsplit(settings.BASE_URL).hostname, urlsplit(settings.CASEWORK_URL).hostname}
    return urlsplit(origin).hostname in ours - {split_domain_port(host)[0]}
