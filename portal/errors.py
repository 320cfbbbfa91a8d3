"""What a person reads when something cannot be done: always what happened, what is safe, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse

from portal.accounts import told
from portal.accounts.actor import ActingAsAnother
from portal.accounts.middleware import actor_of
from portal.audit import trail
from referrals import reference
from referrals.actions._change import Conflict
from referrals.policy import Invisible, Refused

API = "/api/"
CMS = "/cms/"
WATCHED = ("/workspace/", API, CMS)
REFUSALS = (401, 403, 404)
# Never shown back: secrets, and the fields a form fills in for itself.
NOT_TYPED = ("csrfmiddlewaretoken", "submission_key", "acting_as", "next")


class Explain:
    """Turns what the policy and the actions say into pages; keeps what was typed by somebody whose sign-in ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(WATCHED) and (response.status_code in REFUSALS or _shut_out(request, response)):
            if request.user.is_authenticated:
                _write_down(request, response.status_code)
            elif request.path.startswith(API) and response.status_code != 404:
                sent = "token" if "Authorization" in request.headers else "sign_in"
                told.refused(request, f"{response.status_code} {sent}")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.path.startswith("/workspace/") or request.user.is_authenticated:
            return None
        if request.method == "POST":
            return signed_out(request)
        return redirect_to_login(request.get_full_path())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith(API):
            return None
        if isinstance(error, Invisible):
            return not_found(request, error)
        if isinstance(error, Refused):
            return forbidden(request, error)
        if isinstance(error, Conflict):
            return conflict(request, error)
        if isinstance(error, ActingAsAnother):
            return acting_as_another(request, error)
        return None


def _shut_out(request: HttpRequest, response: HttpResponse) -> bool:
    """The site's editing sends whoever is no editor to the sign-in page, where she is signed in already."""
    if response.status_code != 302 or not request.path.startswith(CMS):
        return False
    return response.headers["Location"].partition("?")[0] in (reverse("account_login"), f"{CMS}login/")


def _write_down(request: HttpRequest, status: int) -> None:
    """That somebody was refused, and the reference she asked for: the same row and the same work whether there is such
    a thing or not. Of the address nothing else: in what was typed there may be a name."""
    match = request.resolver_match
    trail.write(
        "refused",
        by=actor_of(request),
        user=request.user,
        reference=reference.parse(str(match.kwargs.get("reference", ""))) or "" if match else "",
        decision=trail.REFUSED,
        rule=f"{status} {(match.url_name or '') if match else ''}".strip(),
        channel="api" if request.path.startswith(API) else "page",
    )


def _page(request: HttpRequest, status: int, title: str, **context: Any) -> HttpResponse:
    """The error page; for the API, problem details (RFC 9457). Made without a database, which may be the cause."""
    if request.path.startswith(API):
        problem = {"type": "about:blank", "title": title, "status": status}
        if context.get("reason"):
            problem["detail"] = context["reason"]
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    template = context.pop("template", f"{status}.html")
    return HttpResponse(render_to_string(template, {"title": title, **context}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    too_big = isinstance(exception, RequestDataTooBig)
    reason = "That was too much to send at once: make it shorter, then send it again." if too_big else ""
    return _page(request, 400, "We could not read what was sent", reason=reason)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if isinstance(exception, Refused) else ""
    return _page(request, 403, "You cannot do this", reason=reason)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page whether it never existed or this person may not know that it does."""
    return _page(request, 404, "Page not found")


def conflict(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Somebody else was first: what they did stands, and what this person typed is shown back to her."""
    return _page(
        request, 409, "Someone else changed this too", reason=str(exception), typed=typed(request), back=back(request)
    )


def acting_as_another(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page was opened as one of her memberships, and she now acts as another."""
    return _page(
        request,
        409,
        "This page was opened in another role",
        template="acting_as_another.html",
        reason=str(exception),
        typed=typed(request),
        back=back(request),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, "Something went wrong at our end")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent from a page open since before the last sign-in, or from another site.

    Sent from a page of ours (the browser says so), it can be sent again by one button, with everything in it. Otherwise
    what was typed is only shown, to be copied.
    """
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == (
        f"{request.scheme}://{request.get_host()}"
    )
    return _page(
        request,
        403,
        "This page had been open for too long",
        template="expired.html",
        reason="Nothing has been saved yet.",
        typed=typed(request),
        again=everything(request) if ours else [],
        csrf_token=get_token(request),
        action=request.get_full_path(),
        back=back(request),
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """Her session ended while she was typing. What she typed is shown back, to copy before she signs in again."""
    login = f"{reverse('account_login')}?next={back(request)}"
    return _page(
        request,
        403,
        "You have been signed out",
        template="expired.html",
        reason="Nothing has been saved yet. Copy what you typed, then sign in again.",
        typed=typed(request),
        login=login,
    )


def back(request: HttpRequest) -> str:
    """The page the form was on: the one it came from if that is ours, else the one it was sent to."""
    referer = request.headers.get("Referer", "")
    home = f"{request.scheme}://{request.get_host()}"
    return referer.removeprefix(home) if referer.startswith(f"{home}/") else request.path


def everything(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field of the form but its token and any password, to be sent again."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]


def typed(request: HttpRequest) -> list[dict[str, Any]]:
    """`[{"label", "value", "rows"}]`: what a person wrote herself, for the page to show back."""
    return [
        {"label": name.replace("_", " ").capitalize(), "value": value, "rows": min(12, 2 + len(value) // 70)}
        for name, value in everything(request)
        if name not in NOT_TYPED and value.strip()
    ]
