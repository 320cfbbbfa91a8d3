"""People and access: who may look after whom, what each gesture does, and what nobody may do to herself."""

import datetime
import re

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from portal.accounts import membership, second_step_reset
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Invitation, Letter, Membership, SecondStepReset, User
from portal.audit.models import Entry
from referrals import policy
from referrals.access import agency as closing
from referrals.access import standing, suspension
from referrals.models import Event
from tests import worlds
from tests.people.conftest import Browser

PEOPLE = "/workspace/people/"


def page_of(world, name: str) -> str:
    return f"{PEOPLE}{world.people[name].user.pk}/"


def held(world, name: str) -> Membership:
    return Membership.objects.filter(user=world.people[name].user).latest("pk")


def trail(rule: str, name: str, world) -> Entry:
    return Entry.objects.get(
        action="permission", noun="person", reference=str(world.people[name].user.pk), rule__startswith=rule
    )


# --- who may ---------------------------------------------------------------------------------------------------------


def test_a_manager_sees_everybody_and_a_head_her_own_school(world, manager, head):
    everybody, own = manager.get(PEOPLE).text, head.get(PEOPLE).text
    for name in ("Lead Person", "Sen Person", "Provider Person", "Dpo Person", "Officer Person"):
        assert name in everybody
    assert "Lead Person" in own
    for name in ("Sen Person", "Other Lead Person", "Officer Person", "riverside.example.org"):
        assert name not in own


def test_nobody_else_has_these_screens(world, sign_in):
    for name in ("lead", "senco", "duty", "officer", "sen", "trust lead", "dpo", "editor"):
        client = sign_in(name)
        for address in (PEOPLE, f"{PEOPLE}invite/", f"{PEOPLE}confirm/", page_of(world, "lead"), f"{PEOPLE}leavers/"):
            assert client.get(address).status_code == 403, (name, address)
        assert client.get(f"{PEOPLE}agencies/orchard/close/").status_code == 403


def test_a_person_of_another_school_does_not_exist_for_a_head(world, head):
    theirs, nobody = head.get(page_of(world, "other lead")), head.get(f"{PEOPLE}999999/")
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.text == nobody.text
    for name in ("suspend", "restore", "hand-over"):
        assert head.get(f"{page_of(world, 'other lead')}{name}/").status_code == 404
    other = held(world, "other lead")
    for name in ("role", "end"):
        assert head.post(f"{page_of(world, 'other lead')}memberships/{other.pk}/{name}/").status_code == 404
        # ... nor by way of somebody she does look after
        assert head.post(f"{page_of(world, 'lead')}memberships/{other.pk}/{name}/").status_code == 404


def test_what_changes_access_asks_again_who_it_is(world, db):
    client = Browser()
    client.force_login(world.manager.user)  # a session in which nobody has shown who she is lately
    lead = page_of(world, "lead")
    for address in (
        f"{PEOPLE}invite/",
        f"{PEOPLE}confirm/",
        f"{lead}suspend/",
        f"{lead}second-step/",
        f"{lead}memberships/{held(world, 'lead').pk}/end/",
    ):
        assert client.get(address)["Location"].startswith("/accounts/confirm/"), address
    sent = client.post(f"{lead}suspend/", {"why": "Lost her telephone on the train"})
    assert sent.status_code == 403
    assert "Lost her telephone on the train" in sent.text
    assert User.objects.get(pk=world.lead.user.pk).is_active


def test_nobody_changes_her_own_access(world, manager, head):
    for client, name in ((manager, "manager"), (head, "head")):
        own, number = page_of(world, name), held(world, name).pk
        assert "This is you" in client.get(own).text
        assert client.post(f"{own}suspend/", {"why": "x"}).status_code == 403
        assert client.post(f"{own}memberships/{number}/end/", {"why": "x"}).status_code == 403
        assert client.post(f"{own}memberships/{number}/role/", {"role": "la_officer", "why": "x"}).status_code == 403
        assert Membership.objects.current().filter(pk=number).exists()


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_table_says_when_she_signed_in_whether_her_second_step_is_set_up_and_where_she_works(world, manager):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=world.sen.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    membership.join(world.sen.user, world.agencies["Early Help"], "eh_practitioner")
    page = manager.get(f"{PEOPLE}?words=Sen+Person").text
    assert "SEN caseworker, SEN" in page
    assert "Early Help practitioner, Early Help" in page
    assert "Set up" in page
    assert "Never" in page
    assert "Not set up" in manager.get(f"{PEOPLE}?words=Provider").text


def test_a_head_does_not_read_where_else_somebody_works(world, head):
    membership.join(world.senco.user, world.agencies["SEN"], "sen_caseworker")
    for address in (f"{PEOPLE}?words=Senco", page_of(world, "senco")):
        page = head.get(address).text
        assert "SENCO, Hillside" in page
        assert "SEN caseworker" not in page


def test_it_is_cut_into_pages_and_can_be_searched(world, manager):
    for number in range(60):
        user = User.objects.create(email=f"p{number}@example.org", name=f"Zed {number:02}")
        membership.join(user, world.agencies["Riverside"], "school_staff")
    first = manager.get(f"{PEOPLE}?agency=riverside").text
    assert first.count("Zed ") == 49  # and the one who was there before
    assert "Zed 58" in manager.get(f"{PEOPLE}?agency=riverside&page=2").text
    assert manager.get(f"{PEOPLE}?words=Zed+07").text.count("Zed 07") == 2  # in the box, and the one row
    assert "Nobody matches" in manager.get(f"{PEOPLE}?words=nobody-of-this-name").text
    assert manager.get(f"{PEOPLE}?page=nonsense&agency=nowhere&words=%00").status_code == 200


# --- what it does ----------------------------------------------------------------------------------------------------


def test_another_role_ends_the_old_membership_and_begins_a_new_one(world, head):
    before = held(world, "senco")
    address = f"{page_of(world, 'senco')}memberships/{before.pk}/role/"
    assert head.get(address).status_code == 200
    assert head.post(address, {"role": "head", "why": "Promoted in the summer"}).status_code == 302
    before.refresh_from_db()
    now = held(world, "senco")
    assert (before.role, before.until) == ("senco", timezone.localdate() - datetime.timedelta(days=1))
    assert (now.role, now.since, now.until) == ("head", timezone.localdate(), None)
    entry = trail("role:senco:head", "senco", world)
    assert (entry.user_id, entry.why) == (world.head.user.pk, "Promoted in the summer")


def test_a_role_that_does_not_exist_there_is_refused(world, head):
    address = f"{page_of(world, 'senco')}memberships/{held(world, 'senco').pk}/role/"
    page = head.post(address, {"role": "la_manager", "why": "x"})
    assert "Select what they do now" in page.text
    with pytest.raises(policy.Refused):
        standing.change_role(held(world, "senco"), by=world.head, role="dpo", why="x")


def test_a_membership_ends_at_once_or_after_a_last_day(world, head):
    number = held(world, "senco").pk
    address = f"{page_of(world, 'senco')}memberships/{number}/end/"
    day = timezone.localdate() + datetime.timedelta(days=30)
    parts = {"last_day_day": day.day, "last_day_month": day.month, "last_day_year": day.year}
    assert head.post(address, {**parts, "why": "Leaves at the end of term"}).status_code == 302
    assert Membership.objects.current().get(pk=number).until == day
    assert "Leaving" in head.get(PEOPLE).text
    assert "Senco Person" in head.get(f"{PEOPLE}leavers/").text
    assert head.post(address, {"why": "Left early"}).status_code == 302
    assert not Membership.objects.current().filter(pk=number).exists()
    assert trail("ended", "senco", world).why == "Left early"


def test_a_reason_is_asked_and_a_last_day_is_not_in_the_past(world, head):
    address = f"{page_of(world, 'senco')}memberships/{held(world, 'senco').pk}/end/"
    page = head.post(address, {"last_day_day": 1, "last_day_month": 1, "last_day_year": 2020, "why": ""}).text
    assert "The last day must be today or in the future" in page
    assert "Say why" in page


def test_a_leaver_hands_over_first(world, manager):
    case = worlds.opened_case(world)
    number = held(world, "officer").pk
    officer, duty = world.officer.user, world.duty.user
    address = f"{page_of(world, 'officer')}memberships/{number}/end/"
    assert manager.post(address, {"why": "Retires"})["Location"].endswith("/hand-over/")
    with pytest.raises(policy.Refused):
        standing.end(held(world, "officer"), by=world.manager, last_day=None, why="Retires")

    over = f"{page_of(world, 'officer')}hand-over/"
    assert case.reference in manager.get(over).text
    assert "Select who will lead" in manager.post(over, {}).text
    assert manager.post(over, {"lead": officer.pk}).status_code == 200  # to nobody but a colleague
    assert manager.post(over, {"lead": duty.pk}).status_code == 302
    case.refresh_from_db()
    assert case.lead == duty
    assert Event.objects.filter(case=case, kind="assigned").count() == 1
    assert manager.post(address, {"why": "Retires"}).status_code == 302
    assert not Membership.objects.current().filter(pk=number).exists()


def test_suspending_at_once_lists_what_is_left_without_a_lead_on_the_managers_home(world, manager):
    case = worlds.opened_case(world)
    address = f"{page_of(world, 'officer')}suspend/"
    assert "They lead 1 open case" in manager.get(address).text
    assert case.reference not in manager.get("/workspace/").text
    assert manager.post(address, {"why": "Asked by human resources"}).status_code == 302
    home = manager.get("/workspace/").text
    assert "Officer Person no longer works here" in home
    assert case.reference in home
    manager.post(f"{page_of(world, 'officer')}hand-over/", {"lead": world.duty.user.pk})
    assert "Officer Person no longer works here" not in manager.get("/workspace/").text


def test_a_head_cannot_suspend_somebody_who_also_works_elsewhere(world, head, manager):
    membership.join(world.senco.user, world.agencies["SEN"], "sen_caseworker")
    address = f"{page_of(world, 'senco')}suspend/"
    assert head.post(address, {"why": "x"}).status_code == 403
    assert "works elsewhere" in head.get(page_of(world, "senco")).text
    assert manager.post(address, {"why": "x"}).status_code == 302


def test_what_the_council_suspended_a_head_does_not_give_back(world, head, manager):
    address = page_of(world, "senco")
    manager.post(f"{address}suspend/", {"why": "x"})
    assert "The attendance team suspended this account" in head.get(address).text
    assert head.post(f"{address}restore/", {"why": "x"}).status_code == 403
    assert not User.objects.get(pk=world.senco.user.pk).is_active
    manager.post(f"{address}restore/", {"why": "Cleared"})
    head.post(f"{address}suspend/", {"why": "x"})
    assert head.post(f"{address}restore/", {"why": "Found it"}).status_code == 302
    assert User.objects.get(pk=world.senco.user.pk).is_active


def test_the_last_manager_cannot_be_removed(world):
    """Not by a second one either who is about to leave: she is not counted."""
    user = User.objects.create(email="second@council.example.org", name="Second Manager")
    second = membership.join(user, world.agencies["attendance team"], "la_manager")
    membership.leave(second, last_day=timezone.localdate() + datetime.timedelta(days=5))
    attempts = (
        lambda: standing.end(held(world, "manager"), by=Actor.of(user), last_day=None, why="x"),
        lambda: standing.change_role(held(world, "manager"), by=Actor.of(user), role="la_duty", why="x"),
        lambda: suspension.suspend(world.manager.user, by=Actor.of(user), why="x"),
    )
    for attempt in attempts:
        with pytest.raises(policy.Refused, match="Nobody else manages"):
            attempt()
    assert Membership.objects.current().filter(pk=held(world, "manager").pk, role="la_manager").exists()
    Membership.objects.filter(pk=second.pk).update(until=None)
    attempts[1]()
    assert held(world, "manager").role == "la_duty"


def test_an_agency_closes_for_everybody_who_works_there(world, manager):
    manager.post(f"{PEOPLE}invite/?agency=orchard", {"email": "new@example.org", "role": "ap_provider"})
    assert Invitation.objects.pending().count() == 1
    address = f"{PEOPLE}agencies/orchard/close/"
    assert manager.get(address).status_code == 200
    assert manager.post(address, {"why": "It has shut its doors"}).status_code == 302
    assert Agency.objects.get(slug="orchard").closed_on == timezone.localdate()
    assert not Membership.objects.current().filter(user=world.provider.user).exists()
    assert not Invitation.objects.pending().exists()
    assert Entry.objects.get(rule="agency_closed").why == "It has shut its doors"
    assert "Orchard is closed" in manager.get(f"{PEOPLE}agencies/").text
    assert "Orchard" not in manager.get(f"{PEOPLE}agencies/").text
    assert manager.get(address).status_code == 404


def test_the_attendance_team_itself_cannot_be_closed(world):
    with pytest.raises(policy.Refused):
        closing.close(world.agencies["attendance team"], by=world.manager, why="x")


def test_an_invitation_is_sent_again_and_withdrawn(world, head):
    assert head.post(f"{PEOPLE}invite/", {"email": "New@Example.org", "role": "dsl"}).status_code == 302
    first = Invitation.objects.get()
    assert first.email == "new@example.org"
    assert head.post(f"{PEOPLE}invitations/{first.pk}/", {"do": "again"}).status_code == 302
    second = Invitation.objects.pending().get()
    assert second.pk != first.pk
    assert head.post(f"{PEOPLE}invitations/{second.pk}/", {"do": "withdraw"}).status_code == 302
    assert not Invitation.objects.pending().exists()
    assert head.post(f"{PEOPLE}invitations/{second.pk}/", {"do": "withdraw"}).status_code == 302  # pressed twice
    assert Entry.objects.filter(noun="invitation").count() == 3


def test_another_schools_invitation_does_not_exist_for_a_head(world, head, manager):
    manager.post(f"{PEOPLE}invite/?agency=riverside", {"email": "new@riverside.example.org", "role": "head"})
    theirs = Invitation.objects.get()
    assert "new@riverside.example.org" not in head.get(PEOPLE).text
    assert head.post(f"{PEOPLE}invitations/{theirs.pk}/", {"do": "withdraw"}).status_code == 404
    assert Invitation.objects.pending().exists()


def test_somebody_who_works_there_already_in_that_role_is_not_invited(world, head):
    page = head.post(f"{PEOPLE}invite/", {"email": world.senco.user.email.upper(), "role": "senco"})
    assert "They already work here as SENCO" in page.text
    assert not Invitation.objects.exists()


def test_a_manager_first_says_where(world, manager):
    assert "Where will they work?" in manager.get(f"{PEOPLE}invite/").text
    assert "Select where they will work" in manager.get(f"{PEOPLE}invite/?agency=nowhere").text
    page = manager.get(f"{PEOPLE}invite/?agency=council").text
    assert "Content editor" in page
    assert "Duty officer" not in page


# --- a lost second step ----------------------------------------------------------------------------------------------


def lost(world, name: str) -> str:
    """The address of the gesture; she has an authenticator app."""
    Authenticator.objects.get_or_create(user=world.people[name].user, type="totp", defaults={"data": {}})
    return f"{page_of(world, name)}second-step/"


def test_a_lost_second_step_is_taken_away_and_a_code_told(world, head, sign_in):
    inside = sign_in("lead")
    address = lost(world, "lead")
    assert "Take away their second step" in head.get(page_of(world, "lead")).text
    assert "Say why" in head.post(address, {"why": ""}).text
    answer = head.post(address, {"why": "Left her phone on the bus; met her"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    user = world.lead.user
    code = re.search(r'panel__reference">([A-Z2-9]{4} [A-Z2-9]{4})<', answer.text).group(1)
    assert second_step_reset.is_code(user, code)
    assert not Authenticator.objects.filter(user=user).exists()
    assert "/accounts/login/" in inside.get("/workspace/")["Location"]
    row = trail("second_factor_reset", "lead", world)
    assert row.why == "Left her phone on the bus; met her" and row.user_id == world.head.user.pk
    assert [letter.kind for letter in Letter.objects.filter(to=user.email)] == ["factor_reset"]
    page = head.get(page_of(world, "lead")).text
    assert "Taken away" in page and code not in page


def test_whose_second_step_is_nobodys_to_take_away(world, head, manager, sign_in):
    """Her own, another school's, of somebody who works elsewhere too, of a suspended account; and by others."""
    why = {"why": "x"}
    assert manager.post(lost(world, "manager"), why).status_code == 403
    assert head.post(lost(world, "other lead"), why).status_code == 404
    assert sign_in("duty").post(lost(world, "lead"), why).status_code == 403
    membership.join(world.senco.user, Agency.objects.get(slug=world.people["other lead"].agency.slug), "school_staff")
    elsewhere = head.post(lost(world, "senco"), why)
    assert elsewhere.status_code == 403 and "also works elsewhere" in elsewhere.text
    suspension.suspend(world.lead.user, by=world.head, why="x")
    assert head.post(lost(world, "lead"), why).status_code == 403
    assert not SecondStepReset.objects.exists()
    assert Authenticator.objects.filter(type="totp").count() == 4


def test_who_has_none_has_none_to_lose(world, head):
    assert head.get(f"{page_of(world, 'lead')}second-step/")["Location"] == page_of(world, "lead")
