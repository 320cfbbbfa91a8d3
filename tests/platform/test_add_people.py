"""A real council begins with two commands: an agency, and the people who work there."""

import getpass

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, User
from portal.audit.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setattr(getpass, "getpass", lambda prompt: "a long enough first password")


def test_an_agency_and_its_people():
    call_command("add_agency", "Ledbury Vale School", "--kind", "school", "--urn", "999001")
    call_command(
        "add_person", "Ann@example.org", "--name", "Ann Lee", "--agency", "ledbury-vale-school", "--role", "head"
    )
    user = User.objects.get()
    assert user.check_password("a long enough first password")
    assert Actor.of(user).role == "head"
    assert list(Agency.objects.get().group.user_set.all()) == [user]


def test_what_is_wrong_is_said():
    call_command("add_agency", "Orchard", "--kind", "ap_provider")
    for arguments in (
        ("add_agency", "Orchard", "--kind", "ap_provider"),
        ("add_agency", "New School", "--kind", "school", "--trust", "nowhere"),
        ("add_person", "x@example.org", "--name", "X Y", "--agency", "nowhere", "--role", "head"),
        ("add_person", "x@example.org", "--agency", "orchard", "--role", "ap_provider"),
        ("add_person", "x@example.org", "--name", "X Y", "--agency", "orchard", "--role", "dpo"),
    ):
        with pytest.raises(CommandError):
            call_command(*arguments)
    assert not User.objects.exists()


def test_an_editor_may_edit_the_site(wagtail_root):
    call_command("add_agency", "Council", "--kind", "council")
    call_command("add_person", "ed@example.org", "--name", "Ed Ives", "--agency", "council", "--role", "editor")
    assert User.objects.get().has_perm("wagtailadmin.access_admin")


def test_a_suspended_person_is_not_brought_back_by_it():
    call_command("add_agency", "Orchard", "--kind", "ap_provider")
    user = User.objects.create_user("x@example.org", "a long enough first password", name="X Y", is_active=False)
    with pytest.raises(CommandError, match="suspended"):
        call_command("add_person", user.email, "--agency", "orchard", "--role", "ap_provider")
    assert not user.memberships.exists()


def test_both_are_in_the_audit_trail():
    call_command("add_agency", "Orchard", "--kind", "ap_provider")
    call_command("add_person", "x@example.org", "--name", "X Y", "--agency", "orchard", "--role", "ap_provider")
    written = Entry.objects.filter(action="permission", actor="operator", channel="command")
    assert set(written.values_list("rule", flat=True)) == {"agency_opened", "joined:ap_provider"}
