"""An invitation lets exactly one person in, once, in time; and tells nobody else anything."""

import datetime
import re

import pytest
from django.core import mail
from django.utils import timezone

from notifications.email import send_letters
from portal.accounts import invitations, suspension
from portal.accounts.actor import Actor
from portal.accounts.membership import close_agency, leave
from portal.accounts.models import Invitation, Letter, Membership, User
from portal.audit import trail
from portal.audit.models import Entry
from referrals import policy
from referrals.access import invitation as asking
from tests import worlds
from tests.people.conftest import Browser

ADDRESS = "new.person@hillside.example.org"
GOOD = {"name": "Nia New", "password": "seven calm herons wading"}
CANNOT = "This invitation cannot be used"


@pytest.fixture(autouse=True)
def made(world):
    return asking.invite(by=world.head, email=ADDRESS, agency=world.agencies["Hillside"], role="senco")


def link() -> str:
    """Sends what waits, and gives the address in the last mail."""
    send_letters()
    return re.search(r"https?://[^/\s]+(/accounts/invitation/\S+)", mail.outbox[-1].body)[1]


def test_she_is_let_in_by_the_link_with_a_name_and_a_password(world, made):
    address = link()
    client = Browser()
    assert "You are invited to Hillside" in client.get(address).text
    assert not User.objects.filter(email=ADDRESS).exists()
    assert client.post(address, GOOD)["Location"] == "/workspace/"
    actor = Actor.of(User.objects.get(email=ADDRESS))
    assert (actor.agency, actor.role) == (world.agencies["Hillside"], "senco")
    assert client.get("/workspace/").status_code == 200
    assert Entry.objects.filter(action="permission", rule="accepted:senco", user_id=actor.user.pk).count() == 1


@pytest.mark.parametrize("known", [False, True])
def test_what_cannot_be_written_down_lets_nobody_in(world, monkeypatch, known):
    address = link()
    user = User.objects.create_user(ADDRESS, GOOD["password"], name="Nia New") if known else None
    client = Browser(raise_request_exception=False)
    if user:
        client.force_login(user)
    monkeypatch.setattr(trail, "write", lambda *what, **more: 1 / 0)
    assert client.post(address, GOOD).status_code == 500
    assert not Membership.objects.filter(user__email=ADDRESS).exists()
    assert not Invitation.objects.filter(used_at__isnull=False).exists()


def test_the_second_factor_comes_next(settings, world):
    settings.SECOND_FACTOR = True
    answer = Browser().post(link(), GOOD)
    assert answer["Location"].startswith("/accounts/")
    assert "second" in answer["Location"]
    assert "next=%2Fworkspace%2F" in answer["Location"]


def test_a_mail_scanner_that_opens_the_link_spoils_nothing():
    address = link()
    for _ in range(5):
        assert Browser().get(address).status_code == 200
        assert Browser().head(address).status_code == 200
    assert Browser().post(address, GOOD).status_code == 302


def test_it_lets_in_once():
    address = link()
    Browser().post(address, GOOD)
    again = Browser().post(address, {**GOOD, "name": "Somebody Else"})
    assert again.status_code == 410
    assert CANNOT in again.text
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_it_runs_out_after_72_hours(made):
    address = link()
    made.refresh_from_db()
    assert made.expires_at - made.sent_at == datetime.timedelta(hours=72)
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert Browser().get(address).status_code == 410
    assert Browser().post(address, GOOD).status_code == 410
    assert not User.objects.filter(email=ADDRESS).exists()


def endings(world, made):
    return {
        "withdrawn": lambda: asking.withdraw(made, by=world.head),
        "agency closed": lambda: close_agency(world.agencies["Hillside"]),
        "who invited has left": lambda: leave(world.head.membership),
        "who invited is suspended": lambda: suspension.suspend(world.head.user, as_agency=None),
        "sent again": lambda: (asking.send_again(made, by=world.head), send_letters()),
    }


@pytest.mark.parametrize(
    "how", ["withdrawn", "agency closed", "who invited has left", "who invited is suspended", "sent again"]
)
def test_what_has_ended_lets_nobody_in(world, made, how):
    address = link()
    endings(world, made)[how]()
    assert Browser().get(address).status_code == 410
    assert Browser().post(address, GOOD).status_code == 410
    assert not Membership.objects.filter(user__email=ADDRESS).exists()


def test_every_link_that_lets_nobody_in_looks_the_same(world, made):
    def seen(address: str) -> tuple:
        answer = Browser().get(address)
        headers = {name: value for name, value in answer.items() if name != "Content-Length"}
        return answer.status_code, headers, answer.text

    address = link()
    asking.withdraw(made, by=world.head)
    unknown = seen(f"/accounts/invitation/{'x' * 43}/")
    assert seen(address) == unknown
    asking.invite(by=world.head, email=ADDRESS, agency=world.agencies["Hillside"], role="senco")
    address = link()
    Browser().post(address, GOOD)
    assert seen(address) == unknown


def test_the_token_is_in_the_mail_alone(made):
    token = link().rstrip("/").rpartition("/")[2]
    assert len(token) == 43  # 256 bits in base 64
    made.refresh_from_db()
    assert len(made.token_hash) == 64
    for model in (Invitation, Letter):
        for row in model.objects.values():
            assert token not in str(row)


def test_the_mail_names_nobody_but_the_council(world, settings):
    link()
    sent = mail.outbox[-1]
    assert sent.to == [ADDRESS]
    said = f"{sent.subject}\n{sent.body}"
    assert settings.COUNTY["council"] in said
    for name in ("Hillside", "Head Person", "SENCO", "Headteacher"):
        assert name not in said


def test_a_mail_that_fails_is_tried_again_with_a_token_that_counts(monkeypatch, made):
    from django.core.mail import EmailMessage

    send = EmailMessage.send
    monkeypatch.setattr(EmailMessage, "send", lambda self: (_ for _ in ()).throw(OSError("450 new.person@x")))
    assert send_letters() == 0
    letter = Letter.objects.get()
    assert (letter.state, letter.error) == ("waiting", "OSError")
    monkeypatch.setattr(EmailMessage, "send", send)
    Letter.objects.update(next_try=timezone.now())
    assert Browser().get(link()).status_code == 200


def test_what_was_withdrawn_before_the_mail_was_sent_is_not_sent(world, made):
    asking.withdraw(made, by=world.head)
    assert send_letters() == 0
    assert not mail.outbox


def test_somebody_with_an_account_signs_in_and_then_accepts(world):
    world_of = world.agencies
    asking.invite(by=world.manager, email=world.sen.user.email, agency=world_of["Early Help"], role="eh_practitioner")
    address = link()
    client = Browser()
    assert "You have an account already" in client.get(address).text
    sent = client.post(address)
    token = address.rstrip("/").rpartition("/")[2]
    assert sent["Location"].startswith("/accounts/login/")
    assert token not in sent["Location"]
    back = client.post(sent["Location"], {"login": world.sen.user.email, "password": worlds.PASSWORD})
    assert back["Location"] == "/accounts/invitation/"
    assert not Membership.objects.filter(user=world.sen.user, agency=world_of["Early Help"]).exists()
    assert "You are signed in" in client.get(back["Location"]).text
    assert client.post(back["Location"])["Location"] == "/workspace/"
    assert Membership.objects.current().filter(user=world.sen.user, agency=world_of["Early Help"]).exists()


def test_nobody_else_can_accept_it(world):
    asking.invite(
        by=world.manager, email=world.sen.user.email, agency=world.agencies["Early Help"], role="eh_practitioner"
    )
    address = link()
    client = Browser()
    client.force_login(world.health.user)
    page = client.post(address)
    assert "this invitation was sent to another address" in page.text
    assert world.sen.user.email not in page.text
    assert not Membership.objects.filter(agency=world.agencies["Early Help"], user=world.health.user).exists()
    with pytest.raises(invitations.NoLonger):
        invitations.accept(Invitation.objects.latest("pk"), world.health.user)


def test_the_page_after_signing_in_is_of_no_use_without_the_link(world):
    client = Browser()
    client.force_login(world.sen.user)
    assert client.get("/accounts/invitation/").status_code == 410
    assert client.post("/accounts/invitation/").status_code == 410


def test_a_suspended_account_is_not_brought_back_by_an_invitation(world):
    asking.invite(by=world.manager, email=world.sen.user.email, agency=world.agencies["SEN"], role="sen_caseworker")
    address = link()
    suspension.suspend(world.sen.user, as_agency=None)
    assert Browser().get(address).status_code == 410
    assert Browser().post(address).status_code == 410


def test_a_weak_password_is_refused_in_words_and_uses_nothing_up():
    address = link()
    client = Browser()
    page = client.post(address, {"name": "Nia New", "password": "short"})
    assert page.status_code == 200
    assert "at least 12 characters" in page.text
    assert client.post(address, {"name": "", "password": GOOD["password"]}).status_code == 200
    assert client.post(address, GOOD).status_code == 302


def test_whoever_invites_is_not_told_whether_the_address_has_an_account(world, head):
    def invited(email: str) -> tuple:
        sent = head.post("/workspace/people/invite/", {"email": email, "role": "senco"})
        send_letters()
        page = head.get("/workspace/people/").text
        row = page[page.index(email) : page.index("</tr>", page.index(email))]
        return sent.status_code, sent["Location"], row.replace(email, "x")

    known, unknown = invited(world.sen.user.email), invited("nobody.here@example.org")
    assert [known[0], known[1]] == [unknown[0], unknown[1]]
    plain = [re.sub(r'value="[^"]{30,}"|invitations/[0-9]+/', "", row) for row in (known[2], unknown[2])]
    assert plain[0] == plain[1]


def test_nobody_gives_herself_another_role(world, head):
    hers = world.head.user.email
    with pytest.raises(policy.Refused, match="cannot invite yourself"):
        asking.invite(by=world.head, email=hers.upper(), agency=world.agencies["Hillside"], role="dsl")
    page = head.post("/workspace/people/invite/", {"email": hers, "role": "dsl"})
    assert page.status_code == 200
    assert "You cannot invite yourself. Ask somebody else who looks after access" in page.text
    assert not Invitation.objects.filter(email=hers).exists()


def test_nor_by_an_address_that_becomes_hers_afterwards(world):
    asked = asking.invite(
        by=world.head, email="another@hillside.example.org", agency=world.agencies["Hillside"], role="dsl"
    )
    address = link()
    User.objects.filter(pk=world.head.user.pk).update(email="another@hillside.example.org")
    with pytest.raises(invitations.NoLonger):
        invitations.accept(
            invitations.found(address.rstrip("/").rpartition("/")[2]), User.objects.get(pk=world.head.user.pk)
        )
    asked.refresh_from_db()
    assert asked.used_at is None


def test_a_head_invites_to_her_own_school_and_to_its_roles_alone(world):
    for agency, role in (("Riverside", "senco"), ("Hillside", "la_manager"), ("Hillside", "dpo"), ("Council", "dpo")):
        with pytest.raises(policy.Refused):
            asking.invite(by=world.head, email="x@example.org", agency=world.agencies[agency], role=role)
    for who in ("lead", "senco", "officer", "duty", "sen", "dpo", "editor", "trust lead"):
        with pytest.raises(policy.Refused):
            asking.invite(by=world.people[who], email="x@example.org", agency=world.people[who].agency, role="senco")


def test_an_invited_editor_may_edit_the_site_and_one_who_left_may_not(world, wagtail_root):
    asking.invite(by=world.manager, email="ed@example.org", agency=world.agencies["Council"], role="editor")
    Browser().post(link(), GOOD)
    user = User.objects.get(email="ed@example.org")
    assert user.has_perm("wagtailadmin.access_admin")
    leave(Membership.objects.get(user=user))
    assert not User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")
