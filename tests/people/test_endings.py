"""An ending is effective at the next request, for pages and programs alike; and what ended does not come back."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.authtoken.models import Token

from portal.accounts import invitations, membership, suspension, tokens
from portal.accounts.actor import Actor
from portal.accounts.models import Invitation, Membership, User
from referrals.access import agency as closing
from referrals.access import standing
from referrals.access import suspension as suspending
from tests import worlds
from tests.people.conftest import Browser


@pytest.fixture
def world(world):
    """`senco` takes part in a case; everything is tried on her."""
    world.things["case"] = worlds.opened_case(world)
    return world


ENDINGS = {
    "suspended": lambda w: suspending.suspend(w.senco.user, by=w.head, why="x"),
    "membership ended": lambda w: standing.end(held(w), by=w.head, last_day=None, why="x"),
    "last day passed": lambda w: Membership.objects.filter(pk=held(w).pk).update(
        until=timezone.localdate() - datetime.timedelta(days=1)
    ),
    "agency closed": lambda w: closing.close(w.agencies["Hillside"], by=w.manager, why="x"),
}


def held(world) -> Membership:
    return Membership.objects.filter(user=world.senco.user).latest("pk")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_next_request_opens_nothing(world, ending):
    page, program = Browser(), Browser(headers={"authorization": f"Token {tokens.issue(world.senco.user)}"})
    page.force_login(world.senco.user)
    of_page, of_api = f"/workspace/cases/{world.case.reference}/", f"/api/v1/cases/{world.case.reference}/"
    assert (page.get(of_page).status_code, program.get(of_api).status_code) == (200, 200)
    ENDINGS[ending](world)
    answer = page.get(of_page)
    assert answer.status_code in {302, 403, 404}
    assert world.case.reference not in answer.text or answer.status_code == 302  # it is in the address to come back to
    assert program.get(of_api).status_code in {401, 403, 404}


def test_another_role_counts_at_the_next_request(world):
    page = Browser()
    page.force_login(world.senco.user)
    assert page.get("/workspace/people/").status_code == 403
    assert page.get("/workspace/referrals/").status_code == 200
    standing.change_role(held(world), by=world.head, role="head", why="x")
    assert page.get("/workspace/people/").status_code == 200
    standing.change_role(held(world), by=world.manager, role="dsl", why="x")
    assert page.get("/workspace/people/").status_code == 403


def test_suspending_ends_every_session_and_the_token_and_nobody_elses(world):
    hers = [Browser() for _ in range(3)]
    for client in hers:
        client.force_login(world.senco.user)
    other = Browser()
    other.force_login(world.lead.user)
    tokens.issue(world.senco.user), tokens.issue(world.lead.user)
    suspending.suspend(world.senco.user, by=world.head, why="x")
    assert [row.get_decoded()["_auth_user_id"] for row in Session.objects.all()] == [str(world.lead.user.pk)]
    assert [token.user for token in Token.objects.all()] == [world.lead.user]
    assert other.get("/workspace/").status_code == 200


def test_given_back_no_old_session_and_no_old_token_counts_again(world):
    key = tokens.issue(world.senco.user).key
    client = Browser()
    client.force_login(world.senco.user)
    suspending.suspend(world.senco.user, by=world.head, why="x")
    suspending.restore(world.senco.user, by=world.head, why="x")
    assert Actor.of(User.objects.get(pk=world.senco.user.pk)) is not None
    assert not tokens.standing([key])
    assert client.get("/workspace/")["Location"].startswith("/accounts/login/")
    assert tokens.issue(User.objects.get(pk=world.senco.user.pk)).key != key


def test_whoever_comes_back_by_an_invitation_signs_in_for_a_new_token(world):
    key = tokens.issue(world.senco.user).key
    Membership.objects.filter(pk=held(world).pk).update(until=timezone.localdate() - datetime.timedelta(days=1))
    made = invitations.ask(
        email=world.senco.user.email, agency=world.agencies["Hillside"], role="senco", invited_as=world.head.membership
    )
    invitations.mint(made)
    invitations.accept(Invitation.objects.get(), world.senco.user)
    assert Actor.of(world.senco.user) is not None
    assert not tokens.standing([key])


def test_whoever_leaves_her_last_agency_has_no_token_left_and_whoever_has_another_keeps_it(world):
    membership.join(world.lead.user, world.agencies["Riverside"], "school_staff")
    for name in ("lead", "senco"):
        tokens.issue(world.people[name].user)
        membership.leave(Membership.objects.get(user=world.people[name].user, agency=world.agencies["Hillside"]))
    assert [token.user for token in Token.objects.all()] == [world.lead.user]


def test_the_agencys_group_follows(world):
    group = world.agencies["Hillside"].group
    suspension.suspend(world.senco.user, as_agency=None)
    assert not group.user_set.filter(pk=world.senco.user.pk).exists()
    suspension.restore(world.senco.user)
    assert group.user_set.filter(pk=world.senco.user.pk).exists()
    closing.close(world.agencies["Hillside"], by=world.manager, why="x")
    assert not group.user_set.exists()
