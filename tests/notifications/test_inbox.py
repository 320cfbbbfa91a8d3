"""The inbox shows what somebody was told and may still know, and nothing else."""

import pytest
from django.urls import reverse

from notifications import inbox
from notifications.models import Delivery
from portal.accounts import membership
from referrals.actions.case.add_note import add_note
from referrals.actions.case.remove import remove
from tests import worlds

pytestmark = pytest.mark.django_db
INBOX = "/workspace/notifications/"


@pytest.fixture
def case(world, told):
    case = worlds.opened_case(world, joined=("early help",))
    told()
    Delivery.objects.all().delete()
    return case


def said(actor):
    return [entry.sentence for group in inbox.page(actor).groups for entry in group.entries]


def test_it_gathers_what_happened_by_what_it_is_about(world, case, told):
    add_note(case, by=world.early_help, body="one")
    add_note(case, by=world.early_help, body="two")
    told()
    group = inbox.page(world.officer).groups[0]
    assert group.reference == case.reference
    assert group.title == "2 updates (2 notes)"
    assert inbox.unread_count(world.officer) == 2


def test_an_invitation_is_there_before_and_after_joining(world, told):
    worlds.opened_case(world, invited=("Early Help",))
    told()
    assert said(world.early_help) == ["D. Person (attendance team) invited Early Help"]


def test_what_somebody_may_no_longer_see_is_not_there(world, case, told):
    add_note(case, by=world.officer, body="x")
    told()
    assert inbox.unread_count(world.early_help) == 1
    remove(case, by=world.officer, agency=world.agencies["Early Help"])
    assert inbox.unread_count(world.early_help) == 0
    assert inbox.page(world.early_help).groups == []


def test_who_has_left_has_no_inbox(world, case, told):
    add_note(case, by=world.officer, body="x")
    told()
    membership.leave(world.colleague.membership)
    assert inbox.unread_count(world.colleague) == 0


def test_marking_touches_only_ones_own(world, case, told):
    add_note(case, by=world.officer, body="x")
    told()
    theirs = Delivery.objects.get(person=world.colleague.user)
    assert inbox.mark(world.lead, read=True, numbers=[theirs.pk]) == 0
    assert inbox.mark(world.lead, read=True) == 1
    assert inbox.unread_count(world.lead) == 0
    assert inbox.unread_count(world.colleague) == 1
    assert inbox.mark(world.lead, read=False) == 1


def test_a_long_inbox_is_turned_page_by_page(world, case, told):
    for _ in range(inbox.PAGE + 3):
        add_note(case, by=world.officer, body="x")
    told()
    first = inbox.page(world.lead)
    rest = inbox.page(world.lead, before=first.older)
    assert [len(page.groups[0].entries) for page in (first, rest)] == [inbox.PAGE, 3]
    assert rest.older is None


def test_counting_stops_at_a_hundred(world, case, told, monkeypatch):
    monkeypatch.setattr(inbox, "MOST", 2)
    for _ in range(3):
        add_note(case, by=world.officer, body="x")
    told()
    assert inbox.unread_count(world.lead) == 2


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_the_desk_of(client, world):
    def sign_in(name):
        client.force_login(world.people[name].user)
        return client

    return sign_in


def test_nobody_signed_out_sees_an_inbox(client):
    for url in (INBOX, INBOX + "count/", INBOX + "1/"):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_the_page_says_what_happened_and_names_no_child(world, case, told, at_the_desk_of):
    add_note(case, by=world.early_help, body="The words of the note")
    told()
    page = at_the_desk_of("officer").get(INBOX).content.decode()
    assert case.reference in page
    assert "E. Help Person (Early Help) added a note" in page
    assert "The words of the note" not in page
    assert case.child.last_name not in page


def test_an_empty_inbox_says_so(at_the_desk_of, world):
    assert "You are up to date." in at_the_desk_of("health").get(INBOX).content.decode()


def test_opening_an_entry_marks_it_read_and_leads_to_the_case(world, case, told, at_the_desk_of):
    add_note(case, by=world.early_help, body="x")
    told()
    entry = Delivery.objects.get(person=world.officer.user, channel="inbox")
    answer = at_the_desk_of("officer").get(f"{INBOX}{entry.pk}/")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("workspace:case", args=[case.reference])
    assert inbox.unread_count(world.officer) == 0


def test_somebody_elses_entry_is_not_found(world, case, told, at_the_desk_of):
    add_note(case, by=world.early_help, body="x")
    told()
    entry = Delivery.objects.get(person=world.officer.user, channel="inbox")
    assert at_the_desk_of("lead").get(f"{INBOX}{entry.pk}/").status_code == 404


def test_read_unread_and_all_at_once(world, case, told, at_the_desk_of):
    add_note(case, by=world.early_help, body="x")
    add_note(case, by=world.early_help, body="y")
    told()
    desk = at_the_desk_of("officer")
    entry = Delivery.objects.filter(person=world.officer.user, channel="inbox").first()
    desk.post(f"{INBOX}mark/", {"entry": entry.pk, "as": "read"})
    assert inbox.unread_count(world.officer) == 1
    desk.post(f"{INBOX}mark/", {"entry": entry.pk, "as": "unread"})
    assert inbox.unread_count(world.officer) == 2
    answer = desk.post(f"{INBOX}mark/", {"all": "1", "as": "read", "show": "unread"})
    assert answer["Location"] == INBOX + "?show=unread"
    assert inbox.unread_count(world.officer) == 0
    assert "You are up to date." in desk.get(INBOX + "?show=unread").content.decode()


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "٣", ""])
def test_a_page_that_cannot_be_is_the_newest(world, case, at_the_desk_of, before):
    assert at_the_desk_of("officer").get(INBOX, {"before": before}).status_code == 200


def test_the_badge_is_a_fragment_with_the_number_as_it_is_now(world, case, told, at_the_desk_of):
    desk = at_the_desk_of("officer")
    assert desk.get(f"{INBOX}count/").content.decode().strip() == ""
    add_note(case, by=world.early_help, body="x")
    told()
    badge = desk.get(f"{INBOX}count/").content.decode()
    assert "<html" not in badge
    assert ">1<" in badge


def test_the_page_asks_the_database_no_more_for_many_entries_than_for_few(
    world, case, told, at_the_desk_of, django_assert_max_num_queries
):
    for _ in range(30):
        add_note(case, by=world.early_help, body="x")
    told()
    desk = at_the_desk_of("officer")
    with django_assert_max_num_queries(12):
        desk.get(INBOX)
