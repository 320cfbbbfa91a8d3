"""Signing in and out, as a person and as somebody who should not get in."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from portal.accounts.membership import join, open_agency
from portal.accounts.models import User
from portal.accounts.roles import AgencyKind, Role

PASSWORD = "a long enough password"
WRONG = "The email address or password is not right. Check both, then try again"
TOO_MANY = "There have been too many tries. Wait 5 minutes, then try again"

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    team = open_agency(kind=AgencyKind.LA_ATTENDANCE, name="Attendance team", slug="attendance-team")
    user = User.objects.create_user("officer@council.example.org", PASSWORD, name="Ada Officer")
    join(user, team, Role.LA_OFFICER)
    return user


@pytest.fixture
def editor() -> User:
    council = open_agency(kind=AgencyKind.COUNCIL, name="Council", slug="council")
    user = User.objects.create_user("editor@council.example.org", PASSWORD, name="Ed Editor")
    join(user, council, Role.EDITOR)
    return user


def attempt(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def test_the_page_has_its_two_fields_and_is_not_kept_by_the_browser(client):
    page = client.get("/accounts/login/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    for part in ("<title>Sign in", "Email address", 'autocomplete="username"', 'autocomplete="current-password"'):
        assert part in page.text


def test_a_person_signs_in_and_starts_in_the_workspace(client, officer):
    answer = attempt(client, "officer@council.example.org")
    assert (answer.status_code, answer["Location"]) == (302, "/workspace/")
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_the_address_may_be_typed_in_capitals(client, officer):
    assert attempt(client, "Officer@Council.Example.org").status_code == 302


def test_an_editor_starts_at_the_public_site(client, editor):
    assert attempt(client, editor.email)["Location"] == "/cms/"


def test_she_goes_on_to_where_she_was_going(client, officer):
    assert attempt(client, officer.email, next="/workspace/cases/")["Location"] == "/workspace/cases/"


def test_nobody_is_sent_on_to_another_site(client, officer):
    for elsewhere in ("https://evil.example.com/", "//evil.example.com/", "javascript:alert(1)"):
        assert attempt(client, officer.email, next=elsewhere)["Location"] == "/workspace/"
        client.logout()


def test_whoever_asks_for_the_workspace_is_asked_who_she_is(client):
    answer = client.get("/workspace/cases/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/workspace/cases/")


def test_the_editors_door_is_the_same_door(client):
    assert client.get("/cms/login/?next=/cms/pages/")["Location"] == "/accounts/login/?next=/cms/pages/"


def test_a_wrong_password_says_so_and_keeps_the_address(client, officer):
    page = attempt(client, officer.email, "not the password")
    assert page.status_code == 200
    assert WRONG in page.text
    assert officer.email in page.text
    assert "not the password" not in page.text
    assert "<title>Error: Sign in" in page.text


def test_an_unknown_address_gets_exactly_the_same_answer(client, officer):
    known, unknown = attempt(client, officer.email, "wrong"), attempt(client, "nobody@example.com", "wrong")
    assert known.status_code == unknown.status_code
    assert WRONG in unknown.text


def test_nothing_typed_is_an_error_beside_each_field(client):
    page = attempt(client, "", "")
    assert page.text.count("Enter your email address") == 2  # in the summary and beside the field
    assert page.text.count("Enter your password") == 2


def test_the_sixth_try_is_refused_even_with_the_right_password(client, officer):
    for _ in range(5):
        assert WRONG in attempt(client, officer.email, "wrong").text
    page = attempt(client, officer.email, PASSWORD)
    assert page.status_code == 200
    assert TOO_MANY in page.text
    assert "_auth_user_id" not in client.session


def test_tries_for_an_account_count_from_wherever_they_come(officer):
    for n in range(5):
        attempt(Client(REMOTE_ADDR=f"10.0.0.{n}"), officer.email, "wrong")
    assert TOO_MANY in attempt(Client(REMOTE_ADDR="10.0.0.9"), officer.email).text


def test_one_place_may_not_go_through_many_accounts(client, officer):
    for n in range(30):  # a whole school may sit behind one address
        attempt(client, f"person{n}@example.com", "wrong")
    assert TOO_MANY in attempt(client, officer.email).text


def test_a_person_without_a_current_account_stays_outside(client, officer):
    officer.is_active = False
    officer.save()
    attempt(client, officer.email)
    assert "_auth_user_id" not in client.session


def test_signing_out_is_asked_for_and_ends_the_session_for_every_copy_of_the_cookie(client, officer):
    attempt(client, officer.email)
    copied = client.cookies["sessionid"].value
    assert client.get("/accounts/logout/").status_code == 200  # a link or a prefetch signs nobody out
    assert Session.objects.filter(session_key=copied).exists()

    assert client.post("/accounts/logout/").status_code == 302
    assert not Session.objects.filter(session_key=copied).exists()
    thief = Client()
    thief.cookies["sessionid"] = copied
    assert thief.get("/workspace/")["Location"].startswith("/accounts/login/")


def test_a_session_from_before_sign_in_is_not_carried_over(client, officer):
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    attempt(client, officer.email)
    assert client.session.session_key != before


def test_nobody_signs_herself_up(client):
    page = client.get("/accounts/signup/")
    assert "Accounts are by invitation" in page.text
    client.post("/accounts/signup/", {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_what_was_typed_after_being_signed_out_is_shown_back(client):
    page = client.post("/workspace/cases/A-4K7-9M2T/note/", {"body": "A long note", "submission_key": "k"})
    assert page.status_code == 403
    assert "You have been signed out" in page.text
    assert "A long note" in page.text


def test_a_form_from_an_old_page_can_be_sent_again_with_everything_in_it(officer):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    typed = {"body": "A long note", "csrfmiddlewaretoken": "old"}
    page = strict.post("/workspace/cases/A-4K7-9M2T/note/", typed, headers={"sec-fetch-site": "same-origin"})
    assert page.status_code == 403
    assert "This page had been open for too long" in page.text
    assert "Send it again" in page.text
    assert page.text.count("A long note") == 2  # to be sent, and to be read


def test_a_form_from_another_site_is_shown_and_cannot_be_sent_by_one_click(officer):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    page = strict.post(
        "/workspace/cases/A-4K7-9M2T/note/", {"body": "<b>x</b>"}, headers={"origin": "https://evil.test"}
    )
    assert page.status_code == 403
    assert "Send it again" not in page.text
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
