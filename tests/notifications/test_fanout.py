"""Who is told, once, of what; and that nothing stops the others from being told."""

import datetime

import pytest
from django.utils import timezone

from notifications import fanout
from notifications.models import Channel, Delivery, Stuck
from referrals.actions._grant import Invitation
from referrals.actions.case.add_note import add_note
from referrals.actions.case.invite import invite
from referrals.actions.case.remove import remove
from referrals.events import Kind
from referrals.models import Event
from tests import worlds

pytestmark = pytest.mark.django_db


def names(world, channel, kind):
    """The people of the world who were told of the newest event of this kind."""
    event = Event.objects.filter(kind=kind).latest("pk")
    told = set(Delivery.objects.filter(event=event, channel=channel).values_list("person", flat=True))
    return {name for name, actor in world.people.items() if actor.user.pk in told}


def ids(world, *people):
    return {world.people[name].user.pk for name in people}


ATTENDANCE = ("duty", "officer", "manager", "conflicted manager", "suspended")
HILLSIDE = ("lead", "colleague", "senco", "head", "dsl", "former", "trust lead")
EARLY_HELP = {"early help", "early help colleague", "restricted staff"}  # what is restricted is another child


def test_a_new_referral_is_told_to_the_duty_officer_and_the_school_but_not_to_who_sent_it(world, told):
    worlds.sent_referral(world)
    told()
    school = {"colleague", "senco", "head", "dsl", "former"}
    assert names(world, Channel.INBOX, Kind.SUBMITTED) == {"duty", "manager", "conflicted manager"} | school
    assert names(world, Channel.EMAIL, Kind.SUBMITTED) == {"duty", "manager", "conflicted manager"}


def test_an_invitation_is_told_to_the_agency_that_is_asked_although_it_cannot_see_the_case(world, told):
    case = worlds.opened_case(world)
    invite(case, by=world.officer, invitation=Invitation(world.agencies["Early Help"], "Family work"))
    told()
    assert names(world, Channel.INBOX, Kind.INVITED) == EARLY_HELP
    assert names(world, Channel.EMAIL, Kind.INVITED) == EARLY_HELP


def test_a_note_is_told_to_the_lead_and_the_partners_and_mailed_to_the_lead(world, told):
    case = worlds.opened_case(world, joined=("early help",))
    add_note(case, by=world.early_help, body="Home visit")
    told()
    school = {"lead", "colleague", "senco", "head", "dsl", "former"}
    assert names(world, Channel.INBOX, Kind.NOTE_ADDED) == {"officer"} | school | EARLY_HELP - {"early help"}
    assert names(world, Channel.EMAIL, Kind.NOTE_ADDED) == {"officer"}


@pytest.mark.parametrize(
    "visibility, readers",
    [("agency", EARLY_HELP - {"early help"}), ("named", {"senco"})],
)
def test_a_note_that_few_may_read_is_told_and_rung_to_them_alone(world, told, rings, visibility, readers):
    case = worlds.opened_case(world, joined=("early help",))
    told()
    rings.clear()
    add_note(case, by=world.early_help, body="x", visibility=visibility, people=[world.senco.user])
    told()
    assert names(world, Channel.INBOX, Kind.NOTE_ADDED) == readers
    number = Event.objects.latest("pk").pk
    assert rings == [(ids(world, *readers), case.reference, number), (ids(world, *readers), "inbox", number)]


def test_everybody_who_may_see_the_event_hears_the_doorbell_but_who_did_it(world, told, rings):
    case = worlds.opened_case(world, joined=("early help",))
    told()
    rings.clear()
    add_note(case, by=world.early_help, body="x")
    told()
    people, stream, _ = rings[0]
    assert people == ids(world, *ATTENDANCE, *HILLSIDE, *EARLY_HELP - {"early help"})
    assert stream == case.reference


def test_an_agency_whose_part_ends_hears_the_doorbell_and_nothing_else(world, told, rings):
    case = worlds.opened_case(world, joined=("early help",))
    told()
    rings.clear()
    remove(case, by=world.officer, agency=world.agencies["Early Help"])
    told()
    assert ids(world, "early help", "early help colleague") <= rings[0][0]
    assert names(world, Channel.INBOX, Kind.REMOVED) == set()
    rings.clear()
    add_note(case, by=world.officer, body="after")
    told()
    assert not ids(world, "early help", "early help colleague") & rings[0][0]


def test_an_acceptance_rings_the_referral_and_the_case_each_for_its_own_readers(world, told, rings):
    case = worlds.opened_case(world, joined=("early help",))
    told()
    number = Event.objects.get(kind=Kind.ACCEPTED).pk
    by_stream = {stream: people for people, stream, n in rings if n == number}
    referral = case.referrals.get() if hasattr(case, "referrals") else case.referral_set.get()
    assert set(by_stream) == {case.reference, referral.reference, "inbox"}
    assert not ids(world, "early help") & by_stream[referral.reference]


def test_an_event_is_fanned_out_once_whoever_tries_again(world, told):
    worlds.sent_referral(world)
    told()
    before = list(Delivery.objects.values_list("pk", flat=True))
    assert all(not fanout.fan_out(event.pk) for event in Event.objects.all())
    assert list(Delivery.objects.values_list("pk", flat=True)) == before


def later(monkeypatch, **ahead):
    """The worker's clock, ahead of the county's."""
    real = timezone.now
    monkeypatch.setattr("notifications.fanout.timezone.now", lambda: real() + datetime.timedelta(**ahead))


def test_the_sweep_leaves_the_newest_to_the_nudge_and_then_finds_it(world, monkeypatch):
    worlds.sent_referral(world)
    assert fanout.sweep() == 0
    count = Event.objects.count()
    with monkeypatch.context() as patch:
        later(patch, seconds=3)
        assert fanout.sweep() == count
        assert fanout.sweep() == 0
    assert not Event.objects.filter(fanned_out_at=None).exists()


def test_one_poisoned_event_is_set_aside_retried_and_at_last_given_up_while_the_others_flow(world, monkeypatch):
    worlds.sent_referral(world)
    bad = Event.objects.filter(kind=Kind.SUBMITTED).get()
    worlds.sent_referral(world, by="other lead", seed=1)
    real = fanout.audience.may_know

    def poisoned(event, *args, **kwargs):
        if event.pk == bad.pk:
            raise RuntimeError("poison")
        return real(event, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(fanout.audience, "may_know", poisoned)
        later(patch, seconds=3)
        assert fanout.sweep() == Event.objects.count() - 1
        assert Event.objects.filter(fanned_out_at=None).get() == bad
        stuck = Stuck.objects.get()
        assert (stuck.event_id, stuck.attempts, stuck.error, stuck.given_up_at) == (bad.pk, 1, "RuntimeError", None)
        fanout.sweep()
        assert Stuck.objects.get().attempts == 1, "it waits before it is tried again"
    with monkeypatch.context() as patch:
        patch.setattr(fanout.audience, "may_know", poisoned)
        for hours in range(2, 2 + fanout.ATTEMPTS * 2, 2):
            with monkeypatch.context() as clock:
                later(clock, hours=hours)
                fanout.sweep()
        stuck = Stuck.objects.get()
        assert stuck.attempts == fanout.ATTEMPTS
        assert stuck.given_up_at


def test_what_was_set_aside_is_told_when_the_cause_is_mended(world, monkeypatch):
    worlds.sent_referral(world)
    with monkeypatch.context() as patch:
        patch.setattr(fanout, "fan_out", lambda number: 1 / 0)
        later(patch, seconds=3)
        fanout.sweep()
    assert Stuck.objects.count() == Event.objects.count()
    later(monkeypatch, hours=1)
    assert fanout.sweep() == Event.objects.count()
    assert not Stuck.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_saving_a_note_nudges_the_fan_out_when_it_is_committed(settings):
    settings.FANOUT_INLINE = True
    world = worlds.staffed()
    case = worlds.opened_case(world)
    add_note(case, by=world.lead, body="x")
    assert Delivery.objects.filter(event__kind=Kind.NOTE_ADDED, person=world.officer.user).count() == 2
    assert not Event.objects.filter(fanned_out_at=None).exists()


def test_a_fan_out_that_fails_does_not_fail_the_change(world, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(fanout, "fan_out", lambda number: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        assert worlds.sent_referral(world).stage == "submitted"


def test_many_concerns_at_once_are_one_mail_to_each_duty_officer_and_one_more_later(world, told):
    from notifications import email

    def mails():
        return Delivery.objects.filter(channel="email", person=world.duty.user).order_by("pk")

    for seed in range(4):
        worlds.received_concern(seed=seed)
    told()
    assert mails().count() == 1, "the others are said by the one still to come"
    assert Delivery.objects.filter(channel="inbox", person=world.duty.user).count() == 4
    email.send_due()
    for seed in range(4, 8):
        worlds.received_concern(seed=seed)
    told()
    first, second = mails()
    assert second.next_try == first.sent_at + datetime.timedelta(minutes=10)
