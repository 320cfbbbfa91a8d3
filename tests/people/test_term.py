"""Every term somebody says who still works here; nobody loses access without thirty days' notice."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from notifications.email import send_letters
from portal.accounts import membership
from portal.accounts.models import AskedToConfirm, Letter, Membership, User
from portal.audit.models import Entry
from referrals.access import term
from tests import worlds

TERM = datetime.date(2026, 9, 3)


def day(after: int) -> datetime.date:
    return TERM + datetime.timedelta(days=after)


@pytest.fixture
def on(monkeypatch):
    """`on(5)`: the sixth day of the term."""

    def turn(after: int) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: day(after))

    return turn


@pytest.fixture
def world(world) -> worlds.World:
    Membership.objects.update(since=TERM - datetime.timedelta(days=200))
    return world


def active(world) -> set[str]:
    names = {actor.user.pk: name for name, actor in world.people.items()}
    return {names[pk] for pk in User.objects.filter(is_active=True, pk__in=names).values_list("pk", flat=True)}


def confirm_all_but(world, *names: str) -> None:
    but = [world.people[name].user.pk for name in names]
    Membership.objects.exclude(user__in=but).update(confirmed_on=timezone.localdate())


def test_the_terms_are_the_countys(on):
    assert term.term_from(day(0)) == TERM
    assert term.term_from(day(-1)) == datetime.date(2026, 4, 13)
    assert term.term_from(datetime.date(2020, 1, 1)) is None


def test_with_the_term_it_is_asked_once_and_reminded_once(world, on):
    on(0)
    term.keep()
    term.keep()
    asked = Letter.objects.filter(kind="confirm")
    assert {letter.to for letter in asked} == {world.head.user.email, world.manager.user.email}
    assert asked.count() == 2
    on(22)
    term.keep()
    assert not Letter.objects.filter(kind="confirm_soon").exists()
    on(23)
    term.keep()
    term.keep()
    assert Letter.objects.filter(kind="confirm_soon").count() == 2
    send_letters()
    assert all("/workspace/people/confirm/" in sent.body for sent in mail.outbox)
    assert not any("Hillside" in sent.body + sent.subject for sent in mail.outbox)


def test_who_is_not_confirmed_is_suspended_after_thirty_days_and_not_before(world, on):
    on(0)
    term.keep()
    confirm_all_but(world, "senco", "provider")
    everybody = active(world)
    on(30)
    term.keep()
    assert active(world) == everybody
    on(31)
    term.keep()
    assert active(world) == everybody - {"senco", "provider"}
    assert {letter.to for letter in Letter.objects.filter(kind="paused")} == {
        world.senco.user.email,
        world.provider.user.email,
    }
    assert Entry.objects.filter(rule="suspended_unconfirmed", actor="worker").count() == 2


def test_the_notice_begins_when_somebody_was_asked_however_late_in_the_term(world, on):
    on(60)
    term.keep()
    on(90)
    term.keep()
    assert len(active(world)) == len(world.people)
    on(91)
    term.keep()
    assert active(world) == {"manager"}  # the last manager is never removed


def test_whoever_came_this_term_needs_no_confirming(world, on):
    on(40)
    new = User.objects.create(email="new@hillside.example.org", name="New Person")
    membership.join(new, world.agencies["Hillside"], "school_staff")
    assert not term.unconfirmed(TERM).filter(user=new).exists()


def test_somebody_confirmed_at_one_of_two_agencies_keeps_that_one(world, on):
    second = membership.join(world.sen.user, world.agencies["Early Help"], "eh_practitioner", since=day(-100))
    on(0)
    term.keep()
    confirm_all_but(world, "sen")
    Membership.objects.filter(pk=second.pk).update(confirmed_on=day(1))
    on(31)
    term.keep()
    assert "sen" in active(world)
    current = Membership.objects.current(day(31)).filter(user=world.sen.user)
    assert [held.agency.name for held in current] == ["Early Help"]


def test_one_list_one_submit(world, head, on):
    on(3)
    term.keep()
    page = head.get("/workspace/people/confirm/").text
    assert "Senco Person, SENCO" in page
    assert "Head Person, Headteacher" not in page  # nobody confirms herself
    assert "Other Lead Person" not in page
    assert "6 October 2026" in page
    waiting = {held.user.name: held.pk for held in term.to_confirm(world.head)}
    chosen = [waiting["Senco Person"], waiting["Lead Person"]]
    assert head.post("/workspace/people/confirm/", {"people": chosen}).status_code == 302
    confirmed = Membership.objects.filter(confirmed_on=day(3), confirmed_by=world.head.user)
    assert set(confirmed.values_list("pk", flat=True)) == set(chosen)
    assert Entry.objects.filter(rule__startswith="confirmed:", user_id=world.head.user.pk).count() == 2
    assert "Senco Person, SENCO" not in head.get("/workspace/people/confirm/").text


def test_ticking_nobody_is_asked_again_and_a_stranger_cannot_be_ticked(world, head, on):
    on(3)
    assert "Tick whoever still works here" in head.post("/workspace/people/confirm/", {}).text
    stranger = Membership.objects.get(user=world.sen.user).pk
    assert head.post("/workspace/people/confirm/", {"people": [stranger]}).status_code == 200
    assert term.confirm([stranger], by=world.head) == 0
    assert not Membership.objects.filter(confirmed_on__isnull=False).exists()


def test_a_manager_chooses_where_and_confirms_the_heads(world, manager, on):
    on(3)
    page = manager.get("/workspace/people/confirm/").text
    assert "Hillside" in page
    assert "to confirm this term" in manager.get("/workspace/").text
    assert "Head Person, Headteacher" in manager.get("/workspace/people/confirm/?agency=hillside").text


def test_given_back_she_is_confirmed_for_this_term(world, manager, on):
    on(0)
    term.keep()
    on(31)
    term.keep()
    address = f"/workspace/people/{world.senco.user.pk}/restore/"
    assert manager.post(address, {"why": "She is still here"}).status_code == 302
    term.keep()
    assert "senco" in active(world)


def test_nobody_to_confirm_nobody_is_asked(world, on):
    on(3)
    confirm_all_but(world)
    term.keep()
    assert not AskedToConfirm.objects.exists()
    assert not Letter.objects.exists()
