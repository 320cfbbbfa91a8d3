"""Somebody has lost everything she could show: the operator, who has made sure who she is, lets her begin anew."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from . import hands

pytestmark = pytest.mark.django_db


def test_she_is_signed_out_and_sets_up_a_new_one(enrolled, capsys):
    hands.recovery_codes(enrolled)
    inside = hands.signed_in(enrolled)
    call_command("forget_second_step", "Officer@council.example.org")
    assert "signed out everywhere" in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    assert "/accounts/login/" in inside.get("/workspace/")["Location"]
    client = Client()
    hands.password(client, enrolled.email)
    assert client.get("/workspace/")["Location"].startswith("/accounts/second-step/")


def test_nobody_is_said_to_be_nobody(db):
    with pytest.raises(CommandError, match="Nobody signs in with"):
        call_command("forget_second_step", "x@example.com")
