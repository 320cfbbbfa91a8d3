"""Every error is a problem as RFC 9457 has it: type, title, status, detail; `errors` by field for bad input, and `code`
where a program does something about it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from referrals import policy
from referrals.actions._change import Conflict
from referrals.actions._input import BadInput

TITLES = {
    400: "Something needs to be put right",
    401: "Sign in first",
    403: "You cannot do this",
    404: "Not found",
    405: "Not possible here",
    406: "Not available in that form",
    409: "Somebody else changed this first",
    413: "Too large",
    415: "Send JSON",
    422: "This key was used for something else",
    429: "Too many requests",
}


class KeyReused(exceptions.APIException):
    status_code = 422
    default_detail = "This Idempotency-Key was used for another request. Use a new one."


class ConfirmAgain(exceptions.PermissionDenied):
    """She may, and is asked first whether it is still her. `code` tells a program this 403 from all others."""

    default_code = "confirm_again"
    default_detail = (
        "This asks for a sign-in of the last 15 minutes. Sign in for the token again, with a code, and repeat it; "
        "at a browser, confirm at /accounts/confirm/ first."
    )


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets an unexpected error through to Django's own 500."""
    errors: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(exc, BadInput):
        status, detail, errors = 400, "Check the fields named in errors.", exc.errors
    elif isinstance(exc, policy.Invisible):
        status, detail = 404, "There is nothing here that you can see."
    elif isinstance(exc, policy.Refused):
        status, detail = 403, str(exc)
    elif isinstance(exc, Conflict):
        status, detail = 409, str(exc)
    elif isinstance(exc, Http404):
        status, detail = 404, "There is nothing here that you can see."
    elif isinstance(exc, PermissionDenied):
        status, detail = 403, "You cannot do this."
    elif isinstance(exc, RequestDataTooBig):
        status, detail = 413, "This is too much to send at once. Send less."
    elif isinstance(exc, SuspiciousOperation):
        status, detail = 400, "This request cannot be read."
    elif isinstance(exc, exceptions.APIException):
        plain = exception_handler(exc, context)
        status = plain.status_code
        headers = {name: value for name, value in plain.items() if name in {"WWW-Authenticate", "Retry-After", "Allow"}}
        if isinstance(exc, exceptions.ValidationError):
            detail, errors = "Check the fields named in errors.", _by_field(exc.detail)
        else:
            detail = str(exc.detail)
    else:
        return None
    set_rollback()
    code = ConfirmAgain.default_code if isinstance(exc, ConfirmAgain) else ""
    return response(status, detail, errors=errors, headers=headers, code=code)


def response(
    status: int,
    detail: str,
    *,
    errors: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    code: str = "",
) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Something went wrong"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    if code:
        body["code"] = code
    return Response(body, status=status, headers=headers, content_type="application/problem+json")


def _by_field(detail: Any) -> dict[str, Any]:
    if isinstance(detail, dict):
        return {str(field): _text(value) for field, value in detail.items()}
    return {"request": _text(detail)}


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _text(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_text(inner) for inner in value]
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value)
