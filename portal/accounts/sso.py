"""Single sign-on by OpenID Connect (Entra ID, DfE Sign-in): off unless OIDC_ISSUER is set. Code flow, PKCE, nonce.

A provider says who somebody is; it never makes anybody. Who comes is matched to a person we already have: by the
identity the provider gave her before, or the first time by an address it says is verified. Afterwards that identity is
hers: another one with the same address is refused. Whatever does not fit is answered with the same page.

The checks are those of OpenID Connect Core 1.0, section 3.1.3.7. allauth's own client was not used: it sends no nonce
and leaves the signature unchecked (docs/adr/0017).
"""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from . import devices, second_factor, told
from .access import declares
from .models import ProviderIdentity, User
from .step_up import FRESH

log = logging.getLogger(__name__)

BEGUN = "single_sign_on"  # in the session: what was sent with her
GOOD_FOR = 10 * 60  # seconds she may take at the provider
TIMEOUT = 5  # seconds for each answer of the provider
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY = 60  # seconds two clocks may differ
ASSERTED = "second_factor_asserted"  # in allauth's login state


class NotBelieved(Exception):
    """What came back does not say, so that we may believe it, who this is. The reason is for the log alone."""


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER)


@declares("everyone")
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Off to the provider. `next` is where she was going; `shared`, that others use this device too."""
    if not is_on():
        raise Http404
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = ""
    sent = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    try:
        address = _configuration()["authorization_endpoint"]
    except NotBelieved as why:
        return _refused(request, why)
    here = request.build_absolute_uri(reverse("sso_return"))  # the host whose cookie she has
    request.session[BEGUN] = {**sent, "at": time.time(), "next": onward, "here": here}
    request.session[devices.SHARED] = "shared" in request.GET
    challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["verifier"].encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": here,
        "scope": "openid email profile",
        "state": sent["state"],
        "nonce": sent["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if settings.OIDC_SECOND_FACTOR:
        query["max_age"] = str(FRESH)
    return redirect(f"{address}?{urlencode(query)}")


@declares("everyone")
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    if not is_on():
        raise Http404
    begun = request.session.pop(BEGUN, None)  # whatever comes, it counts once
    try:
        if begun is None or time.time() - begun["at"] > GOOD_FOR:
            raise NotBelieved("nothing was begun here, or too long ago")
        if not constant_time_compare(request.GET.get("state", ""), begun["state"]):
            raise NotBelieved("state")
        if not request.GET.get("code"):
            raise NotBelieved("no code")
        claims = _claims(request.GET["code"], begun)
        user = _match(claims)
    except NotBelieved as why:
        return _refused(request, why)
    login = Login(user=user, redirect_url=begun["next"] or None)
    if settings.OIDC_SECOND_FACTOR and "mfa" in _listed(claims.get("amr")) and _was_just_now(claims):
        login.state[ASSERTED] = True
        second_factor.note(request, user, "provider")
    return perform_login(request, login)


def _was_just_now(claims: dict[str, Any]) -> bool:
    """Whether she showed it to the provider lately. With an older one she is asked for hers here, as anybody else is:
    a session that somebody left open at the provider must not confirm what matters most."""
    at = claims.get("auth_time")
    return isinstance(at, int) and -LEEWAY <= time.time() - at < FRESH + LEEWAY


def _refused(request: HttpRequest, why: NotBelieved) -> HttpResponse:
    log.warning("Single sign-on refused: %s.", why)
    told.sign_in_failed(None, "single sign-on")
    return render(request, "account/sso_failed.html", status=403)


def _return_address() -> str:
    return settings.CASEWORK_URL + reverse("sso_return")


# --- what the provider says -------------------------------------------------------------------------------------------


def _configuration() -> dict[str, Any]:
    issuer = settings.OIDC_ISSUER.rstrip("/")
    found = _answer("GET", f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise NotBelieved("the configuration is another issuer's")
    return found


def _claims(code: str, begun: dict[str, Any]) -> dict[str, Any]:
    """The claims of the ID token, checked; with the address from the userinfo endpoint where the token has none."""
    configuration = _configuration()
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": begun["here"],
        "code_verifier": begun["verifier"],
    }
    credentials = {"client_id": settings.OIDC_CLIENT_ID, "client_secret": settings.OIDC_CLIENT_SECRET}
    if "client_secret_post" in configuration.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        tokens = _answer("POST", configuration["token_endpoint"], data={**sent, **credentials})
    else:
        tokens = _answer("POST", configuration["token_endpoint"], data=sent, auth=tuple(credentials.values()))
    claims = _checked(str(tokens.get("id_token", "")), configuration, begun["nonce"])
    if "email" not in claims and configuration.get("userinfo_endpoint"):
        bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        about = _answer("GET", configuration["userinfo_endpoint"], headers=bearer)
        if about.get("sub") != claims["sub"]:
            raise NotBelieved("userinfo is about somebody else")
        claims = {**about, **claims}
    return claims


def _checked(token: str, configuration: dict[str, Any], nonce: str) -> dict[str, Any]:
    keys = _answer("GET", configuration["jwks_uri"])
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        signing = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == kid]
        claims = jwt.decode(
            token,
            signing[0].key,
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=configuration["issuer"],
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
    except (jwt.PyJWTError, IndexError, AttributeError, TypeError, ValueError) as error:
        raise NotBelieved(f"the ID token: {type(error).__name__}") from error
    if not constant_time_compare(str(claims["nonce"]), nonce):
        raise NotBelieved("the nonce")
    if len(_listed(claims["aud"])) > 1 and claims.get("azp") != settings.OIDC_CLIENT_ID:
        raise NotBelieved("made for somebody else")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise NotBelieved("the subject")
    return claims


def _answer(method: str, address: str, **more: Any) -> dict[str, Any]:
    try:
        answer = requests.request(method, address, timeout=TIMEOUT, allow_redirects=False, **more)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise NotBelieved(f"the provider's answer: {type(error).__name__}") from error
    if answer.status_code != 200 or not isinstance(found, dict):
        raise NotBelieved("the provider's answer")
    return found


def _listed(claim: Any) -> list[Any]:
    return claim if isinstance(claim, list) else [claim]


# --- whom we know -----------------------------------------------------------------------------------------------------


def _match(claims: dict[str, Any]) -> User:
    issuer = settings.OIDC_ISSUER.rstrip("/")
    known = ProviderIdentity.objects.select_related("user").filter(issuer=issuer, subject=claims["sub"]).first()
    if known is not None:
        return _active(known.user)
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise NotBelieved("no address")
    if claims.get("email_verified") is not True and not settings.OIDC_EMAIL_VERIFIED:
        raise NotBelieved("the address is not verified")
    user = _active(User.objects.filter(email__iexact=email.strip()).first())
    try:
        with transaction.atomic():
            ProviderIdentity.objects.create(user=user, issuer=issuer, subject=claims["sub"])
    except IntegrityError as taken:
        raise NotBelieved("she has another identity there") from taken
    return user


def _active(user: User | None) -> User:
    if user is None or not user.is_active:
        raise NotBelieved("nobody here")
    return user
