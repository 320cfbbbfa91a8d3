"""Somebody has lost everything she could show: the operator, who has made sure who she is, lets her begin anew."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from portal.accounts.models import Letter

from . import hands

pytestmark = pytest.mark.django_db


def test_she_is_signed_out_and_the_operator_has_a_code_to_tell_her(enrolled, capsys):
    hands.recovery_codes(enrolled)
    inside = hands.signed_in(enrolled)
    call_command("forget_second_step", "Officer@council.example.org")
    said = capsys.readouterr().out
    assert "signed out everywhere" in said
    assert not Authenticator.objects.exists()
    assert "/accounts/login/" in inside.get("/workspace/")["Location"]
    code = said.partition("by mail: ")[2].partition(" (")[0]
    client = hands.past_password(enrolled)
    assert client.post("/accounts/second-step/code/", {"code": code})["Location"] == "/accounts/second-step/"
    assert [letter.kind for letter in Letter.objects.all()] == ["factor_reset"]


def test_nobody_is_said_to_be_nobody(db):
    with pytest.raises(CommandError, match="Nobody signs in with"):
        call_command("forget_second_step", "x@example.com")
