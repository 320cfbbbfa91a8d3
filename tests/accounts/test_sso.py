"""Single sign-on, with a real provider on loopback: who is let in, and every way in which nobody is."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from portal.accounts import devices
from portal.accounts.models import ProviderIdentity, User

from . import hands
from .provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running():
    with Provider() as provider:
        yield provider


@pytest.fixture
def provider(running, settings, officer) -> Provider:
    """The officer's own; it says that her address is verified."""
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = running.issuer, CLIENT, SECRET
    settings.OIDC_NAME = "your council account"
    running.person = {"sub": "officer-1", "email": officer.email.title(), "email_verified": True}
    running.about, running.change, running.signing_key = None, dict, running.key
    running.headers, running.algorithm, running.says_issuer = {"kid": "one"}, "RS256", running.issuer
    running.given.clear()
    return running


def go(client: Client, path: str = "/accounts/sso/") -> str:
    """To the provider and back; the address it sends her back to."""
    there = client.get(path)
    assert there.status_code == 302, there.text
    back = requests.get(there["Location"], allow_redirects=False, timeout=5).headers["Location"]
    return urlsplit(back).path + "?" + urlsplit(back).query


def through(client: Client, path: str = "/accounts/sso/"):
    return client.get(go(client, path))


def refused(answer, client: Client) -> bool:
    assert (answer.status_code, "We could not sign you in" in answer.text) == (403, True)
    return "_auth_user_id" not in client.session


def test_she_is_let_in_and_sets_up_her_second_step(client, provider, officer):
    answer = through(client, "/accounts/sso/?next=/workspace/cases/")
    assert answer["Location"] == "/workspace/cases/"
    assert client.session["_auth_user_id"] == str(officer.pk)
    assert client.get("/workspace/cases/")["Location"].startswith("/accounts/second-step/")


def test_whoever_has_a_second_step_shows_it(client, provider, enrolled):
    assert through(client)["Location"] == "/accounts/code/"
    assert "_auth_user_id" not in client.session
    assert hands.second_step(client, hands.code(enrolled)).status_code == 302
    assert client.get("/workspace/").status_code == 200


@pytest.mark.parametrize(
    "believed, amr, opens", [(True, ["pwd", "mfa"], True), (True, ["pwd"], False), (False, ["mfa"], False)]
)
def test_the_providers_second_step_counts_only_where_it_is_believed(
    client, provider, enrolled, settings, believed, amr, opens
):
    settings.OIDC_SECOND_FACTOR = believed
    provider.person |= {"amr": amr, "auth_time": int(time.time())}
    through(client)
    assert (client.get("/workspace/").status_code == 200) is opens


@pytest.mark.parametrize("shown", [None, -16 * 60 - 60, 3600, "now"])
def test_a_second_step_shown_to_the_provider_long_ago_does_not_count(client, provider, enrolled, settings, shown):
    settings.OIDC_SECOND_FACTOR = True
    provider.person["amr"] = ["mfa"]
    if shown is not None:
        provider.person["auth_time"] = int(time.time()) + shown if isinstance(shown, int) else shown
    assert "max_age=900" in client.get("/accounts/sso/")["Location"]
    through(client)
    assert client.get("/workspace/").status_code != 200


def test_on_a_shared_device_she_says_so_before_she_goes(client, provider, officer):
    asked = next(form for form in client.get("/accounts/login/").text.split("<form")[1:] if "/accounts/sso/" in form)
    assert 'name="shared"' in asked.partition("</form>")[0]
    through(client, "/accounts/sso/?shared=on")
    assert client.session[devices.SHARED] is True
    other = Client()
    through(other)
    assert other.session[devices.SHARED] is False


def test_the_page_of_signing_in_offers_it_only_where_it_is_on(client, provider, settings):
    assert "Sign in with your council account" in client.get("/accounts/login/?next=/workspace/cases/").text
    settings.OIDC_ISSUER = ""
    assert "council account" not in client.get("/accounts/login/").text
    assert client.get("/accounts/sso/").status_code == 404
    assert client.get("/accounts/sso/return/?code=x&state=y").status_code == 404


def test_a_stranger_is_never_made_a_person(client, provider):
    provider.person = {"sub": "stranger", "email": "stranger@example.com", "email_verified": True}
    before = User.objects.count()
    assert refused(through(client), client)
    assert (User.objects.count(), ProviderIdentity.objects.count()) == (before, 0)


def test_a_closed_account_stays_closed(client, provider, officer):
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert refused(through(client), client)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_nobody_verified_matches_nobody(client, provider, verified):
    provider.person["email_verified"] = verified
    assert refused(through(client), client)


def test_a_provider_that_verifies_all_its_addresses_may_be_said_to(client, provider, settings, officer):
    del provider.person["email_verified"]
    settings.OIDC_EMAIL_VERIFIED = True
    through(client)
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_afterwards_she_is_known_by_her_identity_whatever_her_address(client, provider, officer):
    through(client)
    provider.person = {"sub": "officer-1", "email": "married@council.example.org", "email_verified": False}
    again = Client()
    through(again)
    assert again.session["_auth_user_id"] == str(officer.pk)


def test_another_identity_with_her_address_is_not_her(client, provider):
    through(client)
    provider.person["sub"] = "officer-2"  # her old address, given to somebody new
    other = Client()
    assert refused(through(other), other)


def test_the_address_may_come_from_userinfo_if_it_is_about_her(client, provider, officer):
    email = provider.person.pop("email")
    provider.about = {"sub": "officer-1", "email": email, "email_verified": True}
    through(client)
    assert client.session["_auth_user_id"] == str(officer.pk)
    ProviderIdentity.objects.all().delete()
    provider.about = {"sub": "somebody else", "email": email, "email_verified": True}
    other = Client()
    assert refused(through(other), other)


LIES = {
    "wrong nonce": lambda claims: {**claims, "nonce": "another"},
    "no nonce": lambda claims: {k: v for k, v in claims.items() if k != "nonce"},
    "wrong issuer": lambda claims: {**claims, "iss": "http://127.0.0.1:1"},
    "wrong audience": lambda claims: {**claims, "aud": "another"},
    "made for another too": lambda claims: {**claims, "aud": [CLIENT, "another"], "azp": "another"},
    "run out": lambda claims: {**claims, "exp": int(time.time()) - 3600},
    "not yet": lambda claims: {**claims, "iat": int(time.time()) + 3600},
    "no subject": lambda claims: {k: v for k, v in claims.items() if k != "sub"},
    "no end": lambda claims: {k: v for k, v in claims.items() if k != "exp"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_fit_is_refused(client, provider, lie):
    provider.change = LIES[lie]
    assert refused(through(client), client)


def test_a_token_somebody_else_signed_is_refused(client, provider):
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refused(through(client), client)


@pytest.mark.parametrize("algorithm, key", [("none", None), ("HS256", "x" * 64)])
def test_a_token_nobody_signed_is_refused(client, provider, algorithm, key):
    provider.algorithm, provider.signing_key = algorithm, key
    assert refused(through(client), client)


def test_a_token_of_an_unknown_key_is_refused(client, provider):
    provider.headers = {"kid": "two"}
    assert refused(through(client), client)


def test_a_configuration_of_another_issuer_is_refused(client, provider):
    provider.says_issuer = "https://elsewhere.example.com"
    assert client.get("/accounts/sso/").status_code == 403


def test_what_comes_back_counts_once(client, provider):
    back = go(client)
    client.get(back)
    again = Client()
    assert refused(again.get(back), again)  # in another browser
    client.post("/accounts/logout/")
    assert refused(client.get(back), client)  # and in her own


def test_a_code_slipped_into_her_browser_signs_her_in_as_nobody(provider, officer):
    """The attacker's code with the victim's state, and with none."""
    attacker, victim = Client(), Client()
    stolen = parse_qs(urlsplit(go(attacker)).query)["code"][0]
    state = parse_qs(urlsplit(go(victim)).query)["state"][0]
    assert refused(victim.get("/accounts/sso/return/", {"code": stolen, "state": state}), victim)  # PKCE
    assert refused(victim.get("/accounts/sso/return/", {"code": stolen, "state": "x"}), victim)


def test_she_may_not_take_longer_than_ten_minutes(client, provider, monkeypatch):
    back, now = go(client), time.time()
    monkeypatch.setattr("time.time", lambda: now + 11 * 60)
    assert refused(client.get(back), client)


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?code=x", "?state=x", "?code=%00&state=%00"])
def test_whatever_else_comes_back_is_the_same_page(client, provider, query):
    client.get("/accounts/sso/")
    assert refused(client.get(f"/accounts/sso/return/{query}"), client)


def test_a_provider_that_is_away_is_said_calmly(client, provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert client.get("/accounts/sso/").status_code == 403


def test_nobody_is_sent_on_to_another_site(client, provider):
    assert through(client, "/accounts/sso/?next=https://evil.example.com/")["Location"] == "/workspace/"
