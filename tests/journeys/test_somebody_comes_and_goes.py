"""A head invites a colleague; she comes in by the link in the mail, works, and leaves: all without JavaScript too."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from notifications.email import send_letters
from portal.accounts.models import Membership
from tests.journeys.conftest import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_invited_let_in_and_gone(world, person, browser_context, axe):
    # given a head who looks after her school's people
    head = person("head", then="/workspace/people/")
    look(head, axe, "people")
    head.get_by_role("link", name="Invite somebody").click()
    head.get_by_role("button", name="Send the invitation").click()
    expect(head.get_by_role("alert").get_by_text("Enter their work email address")).to_be_visible()
    look(head, axe, "invite")

    # when she invites a colleague
    head.get_by_label("Their work email address").fill("nia.new@hillside.example.org")
    head.get_by_role("radio", name="Designated safeguarding lead").check()
    head.get_by_role("button", name="Send the invitation").click()
    expect(head.get_by_text("Invitation sent")).to_be_visible()
    look(head, axe, "invited")
    send_letters()
    link = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body)[1]

    # then the colleague comes in by the link, once
    new = browser_context(java_script_enabled=False).new_page()
    new.goto(link)
    expect(new.get_by_role("heading", name="You are invited to Hillside")).to_be_visible()
    new.get_by_label("Your name").fill("Nia New")
    new.get_by_label("Choose a password").fill("seven calm herons wading")
    new.get_by_role("button", name="Accept and go on").click()
    expect(new.get_by_role("heading", name="Hello, Nia")).to_be_visible()
    other = browser_context().new_page()
    other.goto(link)
    expect(other.get_by_role("heading", name="This invitation cannot be used")).to_be_visible()
    look(other, axe, "no-longer")

    # and when the head ends her access, her next page opens nothing
    head.goto("/workspace/people/")
    head.get_by_role("link", name="Nia New").click()
    look(head, axe, "person")
    head.get_by_role("link", name="End access").click()
    head.get_by_label("Why?").fill("Has moved to another school")
    look(head, axe, "end")
    head.get_by_role("button", name="End access").click()
    expect(head.get_by_text("Access has ended")).to_be_visible()
    new.goto("/workspace/cases/")
    expect(new.get_by_role("heading", name="Hello")).to_have_count(0)
    assert not Membership.objects.current().filter(user__name="Nia New").exists()


def test_the_manager_looks_after_everybody(world, person, axe):
    Membership.objects.update(since="2020-01-01")
    manager = person("manager")
    look(manager, axe, "home")
    for name, address in (
        ("everybody", "/workspace/people/"),
        ("where", "/workspace/people/invite/"),
        ("agencies", "/workspace/people/agencies/"),
        ("leavers", "/workspace/people/leavers/"),
        ("confirm-where", "/workspace/people/confirm/"),
        ("confirm", "/workspace/people/confirm/?agency=hillside"),
        ("suspend", f"/workspace/people/{world.officer.user.pk}/suspend/"),
        ("close", "/workspace/people/agencies/orchard/close/"),
        ("myself", f"/workspace/people/{world.manager.user.pk}/"),
    ):
        manager.goto(address)
        expect(manager.get_by_role("heading", level=1)).to_be_visible()
        look(manager, axe, name)
