"""Whatever somebody would do first who got into an account is said to its owner, by mail, in calm words."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from notifications import email
from portal.accounts import second_step_reset, told
from portal.accounts.models import Letter
from portal.accounts.reset import link

from . import hands
from .test_lost_second_step import set_up

pytestmark = pytest.mark.django_db


def letters() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("kind", flat=True))


def sent() -> str:
    """The one mail that is due."""
    mail.outbox.clear()
    email.send_letters()
    (only,) = mail.outbox
    return f"{only.subject}\n{only.body}"


def test_her_first_second_step(officer):
    set_up(hands.past_password(officer))
    assert letters() == ["factor_added"]  # and no second mail about the codes that came with it
    text = sent()
    assert "an authenticator app or a passkey, was added to your account" in text
    assert mail.outbox[0].to == [officer.email]


def test_one_more_and_one_less(enrolled):
    told.changed(enrolled, "passkey added")
    assert "a second step was added" in sent()
    second = Authenticator.objects.create(user=enrolled, type="webauthn", data={"name": "Laptop"})
    hands.signed_in(enrolled).post("/accounts/second-step/remove/", {"factor": second.pk})
    assert "was removed from your account" in sent()


def test_new_recovery_codes(enrolled):
    hands.signed_in(enrolled).post("/accounts/second-step/codes/", {"do": "new"})
    assert "New recovery codes were made" in sent()


@pytest.mark.parametrize("where", ["page", "program"])
def test_a_recovery_code_that_was_used(enrolled, where):
    one = hands.recovery_codes(enrolled)[0]
    if where == "page":
        assert hands.second_step(hands.past_password(enrolled), one).status_code == 302
    else:
        fields = {"email": enrolled.email, "password": hands.PASSWORD, "code": one}
        assert Client().post("/api/v1/token/", fields, content_type="application/json").status_code == 200
    assert "One of your recovery codes was used" in sent()


def test_a_code_of_her_app_is_nothing_to_write_about(enrolled):
    hands.signed_in(enrolled)
    assert letters() == []


def test_a_new_password_by_page_or_by_link(enrolled):
    hands.signed_in(enrolled).post("/accounts/password/", {"password": "hedge lantern quorum"})
    assert "The password of your account was changed" in sent()
    client = Client()
    client.get(link(enrolled.email))
    client.post("/accounts/password/choose/", {"password": "quorum lantern hedge"})
    assert "The password of your account was changed" in sent()


def test_what_does_not_come_about_is_not_written_about(enrolled):
    client = hands.signed_in(enrolled)
    client.post("/accounts/password/", {"password": "short"})
    client.post("/accounts/second-step/remove/", {"factor": "999999"})
    hands.second_step(hands.past_password(enrolled), "000000")
    assert letters() == []


def test_every_letter_says_what_to_do_if_it_was_not_her(enrolled, settings):
    for kind in email.DONE_TO_ACCOUNT:
        Letter.objects.create(kind=kind, to=enrolled.email)
        text = sent()
        assert "If it was you, you do not need to do anything." in text
        assert f"{settings.CASEWORK_URL}/accounts/password/forgotten/" in text  # a way that needs no sign-in
        assert "Use a number you know" in text
        assert enrolled.name not in text and enrolled.email not in text
    second_step_reset.take_away(enrolled, by=None)
    assert "If you did not ask for this" in sent()
