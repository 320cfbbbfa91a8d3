"""What somebody who starts the service for the first time finds in it."""

import datetime
import re
from collections import Counter

import pytest
from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import timezone

from notifications.models import Channel, Delivery, State
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind, Role
from portal.demo.places import SIGN_INS
from portal.register.packed import unpack
from portal.register.sessions import summarise
from portal.register.upn import read_upn
from referrals import events, policy, protection, questions
from referrals.models import (
    BreakGlass,
    Carer,
    Case,
    Child,
    Concern,
    ConflictOfInterest,
    Event,
    Grant,
    Marks,
    Note,
    Referral,
    Restriction,
)
from referrals.models.grant import in_force
from referrals.models.intake import Risk
from referrals.models.note import Visibility
from referrals.workflow import STAGES, Stage, Verb, replay

pytestmark = pytest.mark.usefixtures("demo")
NOUNS = (Concern, Referral, Case)
PROMISED = {
    *("lead@hillside.example.org", "senco@hillside.example.org", "head@hillside.example.org"),
    *("lead@riverside.example.org", "duty@council.example.org", "officer@council.example.org"),
    *("manager@council.example.org", "sen@council.example.org", "earlyhelp@council.example.org"),
    *("provider@orchard.example.org", "editor@council.example.org", "dpo@council.example.org"),
}


def actor(email: str) -> Actor:
    return Actor.of(User.objects.get(email=email))


def originals(model):
    """The first half: what was lived, without its copy."""
    everything = model._default_manager.order_by("pk")
    return everything[: everything.count() // 2]


@pytest.mark.parametrize("email", sorted(PROMISED))
def test_every_promised_person_signs_in(client, email):
    answer = client.post("/accounts/login/", {"login": email, "password": settings.DEMO_PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[:500]
    assert int(client.session["_auth_user_id"]) == User.objects.get(email=email).pk


def test_the_list_of_sign_ins_has_every_promised_person():
    assert {person.email for person in SIGN_INS} >= PROMISED


def test_there_are_schools_of_all_phases_and_people_in_every_role():
    schools = Agency.objects.filter(kind=AgencyKind.SCHOOL)
    assert schools.count() == 12
    assert len(set(schools.values_list("phase", flat=True))) == 6
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    for school in schools:
        roles = set(Membership.objects.current().filter(agency=school).values_list("role", flat=True))
        assert roles - {Role.DSL} == {Role.SCHOOL_STAFF, Role.SENCO, Role.HEAD}, school


def test_sixty_children_have_carers_and_some_share_them_across_schools():
    assert Child.objects.count() == 2 * 60
    assert not Child.objects.filter(carers=None).exists()
    shared = Carer.objects.annotate(schools=Count("children__school", distinct=True)).filter(schools__gt=1)
    assert shared.count() > 20
    for child in Child.objects.prefetch_related("carers"):
        called = [carer.name for carer in child.carers.all()]
        assert len(called) == len(set(called)), child


def test_every_stage_of_everything_is_there():
    for model in NOUNS:
        found = Counter(model._default_manager.values_list("stage", flat=True))
        assert set(found) == set(STAGES[model.NOUN]), (model, found)


# Left to whoever tries it: to end a restriction or a conflict, and to reveal.
LEFT_TO_TRY = {
    *(events.Kind.LIFT_ASKED, events.Kind.LIFTED, events.Kind.REVEALED, events.Kind.CONFLICT_LIFTED),
    *(events.Kind.REFERRAL_CONFLICT_DECLARED, events.Kind.REFERRAL_CONFLICT_LIFTED),
    *(events.Kind.CONCERN_CONFLICT_DECLARED, events.Kind.CONCERN_CONFLICT_LIFTED),
}


def test_everything_that_can_happen_has_happened_but_what_is_left_to_try():
    missing = set(events.Kind) - set(Event.objects.values_list("kind", flat=True))
    assert missing == LEFT_TO_TRY


def test_somebody_must_not_learn_an_address_and_a_colleague_is_kept_from_a_child():
    for restriction in Restriction.objects.in_force():
        assert restriction.protects.address and restriction.covers_address
        assert protection.named(restriction.protects, "address") in protection.of(restriction.child_id).details
        assert not policy.visible_to(Actor.of(restriction.from_user), Case).filter(child=restriction.child_id).exists()
    for conflict in ConflictOfInterest.objects.in_force():
        assert not policy.visible_to(Actor.of(conflict.user), Case).filter(child=conflict.child_id).exists()
    assert Restriction.objects.in_force().count() == ConflictOfInterest.objects.in_force().count() == 2


def test_one_part_has_chosen_sections_and_one_begins_on_the_day_it_was_shared():
    provider, sen = actor("provider@orchard.example.org"), actor("sen@council.example.org")
    case = Case.objects.order_by("pk").filter(grants__shares_story=False).first()
    allowed = policy.allowed(provider, case)
    assert {Verb.VIEW_ATTENDANCE, Verb.VIEW_PEOPLE, Verb.ADD_MARKS} <= allowed
    assert not {Verb.VIEW_STORY, Verb.VIEW_TOLD, Verb.ADD_NOTE} & allowed
    later = Case.objects.order_by("pk").filter(grants__shares_from__isnull=False).first()
    assert Verb.VIEW_STORY in policy.allowed(sen, later)
    seen = policy.visible_to(sen, Event).filter(case=later)
    assert [event.kind for event in seen] == [events.Kind.SHARED]
    assert later.events.count() > 5


def test_one_look_in_an_emergency_is_over_and_somebody_else_has_reviewed_it():
    for glass in BreakGlass.objects.all():
        assert glass.since < glass.ended_at < glass.ends_at
        assert glass.reviewed_at > glass.ended_at
        assert glass.review
        assert len({glass.user_id, glass.reviewed_by_id, glass.told_id}) == 3
        assert glass.membership.user_id == glass.user_id
        assert not policy.visible_to(Actor(glass.membership), Case).filter(pk=glass.case_id).exists()
    assert BreakGlass.objects.count() == 2


def test_notes_of_every_visibility_are_written_by_several_agencies():
    for visibility in Visibility.values:
        agencies = Note.objects.filter(visibility=visibility).values("agency__kind").distinct()
        assert agencies.count() >= 3, visibility


def test_the_queue_has_something_urgent_something_high_and_something_usual():
    for model, stage in ((Concern, Stage.RECEIVED), (Referral, Stage.SUBMITTED)):
        assert set(model.objects.filter(stage=stage).values_list("risk", flat=True)) == set(Risk.values)


@pytest.mark.parametrize(
    "email",
    ["sen@council.example.org", "earlyhelp@council.example.org", "provider@orchard.example.org"],
)
def test_a_partner_has_cases_an_invitation_and_something_unread(email):
    partner = actor(email)
    assert policy.visible_to(partner, Case).count() >= 3
    assert policy.visible_to(partner, Case, Verb.JOIN).exists()
    assert unread(partner)


def test_the_school_lead_has_a_draft_a_returned_referral_one_under_way_and_cases():
    lead = actor("lead@hillside.example.org")
    stages = set(policy.visible_to(lead, Referral).values_list("stage", flat=True))
    assert stages >= {Stage.DRAFT, Stage.RETURNED, Stage.SUBMITTED, Stage.ACCEPTED}
    assert policy.visible_to(lead, Case).filter(stage=Stage.OPEN).count() >= 3
    assert unread(lead)


def test_the_officer_has_first_contacts_due_and_one_overdue():
    led = Case.objects.filter(lead__email="officer@council.example.org", stage=Stage.OPEN)
    today = timezone.localdate()
    assert led.filter(first_contact_by__gte=today).exists()
    assert led.filter(first_contact_by__lt=today, notes=None).exists()


def test_some_parts_are_about_to_end():
    soon = timezone.localdate() + datetime.timedelta(days=7)
    assert Grant.everything.filter(joined_at__isnull=False, until__lte=soon).exists()


@pytest.mark.parametrize("email", sorted(PROMISED - {"editor@council.example.org", "dpo@council.example.org"}))
def test_everybody_who_works_on_cases_has_something_unread(email):
    assert unread(actor(email))


def unread(person: Actor) -> int:
    return Delivery.objects.filter(person=person.user, channel=Channel.INBOX, read_at=None).count()


def test_no_email_waits_to_be_sent_and_no_event_to_be_told():
    assert not Delivery.objects.filter(channel=Channel.EMAIL).exclude(state=State.DONE).exists()
    assert not Event.objects.filter(fanned_out_at=None).exists()


# --- it is true -------------------------------------------------------------------------------------------------------


def test_replaying_the_events_gives_the_stage():
    for model in NOUNS:
        told = {}
        happened = Event.objects.filter(**{f"{model.NOUN}__isnull": False}).order_by("pk")
        for number, kind in happened.values_list(f"{model.NOUN}_id", "kind"):
            spec = events.KINDS[events.Kind(kind)]
            if spec.noun is model.NOUN:
                told.setdefault(number, []).append(spec.verb)
        for thing in model._default_manager.all():
            assert replay(model.NOUN, told[thing.pk]) == thing.stage, (thing, told[thing.pk])


def test_events_are_numbered_in_the_order_in_which_they_happened():
    """All that was lived; of the copies, all that is about one thing."""
    lived = list(originals(Event).values_list("at", flat=True))
    assert lived == sorted(lived)
    for case in Case.objects.all():
        moments = list(case.events.order_by("pk").values_list("at", flat=True))
        assert moments == sorted(moments)


def test_nothing_happens_in_the_future_or_at_night():
    assert not Event.objects.filter(at__gt=timezone.now()).exists()
    for at in Event.objects.filter(by__isnull=False).values_list("at", flat=True):
        local = timezone.localtime(at)
        assert local.weekday() < 5
        assert 6 <= local.hour < 19, local


def test_a_grant_carries_its_cases_last_activity_and_that_is_its_newest_event():
    assert not Grant.everything.exclude(last_activity=F("content_object__last_activity")).exists()
    for case in Case.objects.all():
        for_all = Q(note__isnull=True) | Q(note__visibility="case")
        newest = case.events.filter(for_all, kept=False).order_by("-pk").first().at
        assert abs(case.last_activity - newest) < datetime.timedelta(seconds=1), case


def test_guardian_and_the_policy_agree():
    for email in ("lead@hillside.example.org", "sen@council.example.org", "provider@orchard.example.org"):
        asked = actor(email)
        assert set(policy.guardian_cases(asked)) == set(policy.visible_to(asked, Case))


def test_whoever_may_read_a_named_note_is_or_was_on_the_case():
    for note in Note.objects.filter(visibility=Visibility.NAMED):
        reader = note.readers.get()
        took_part = reader.memberships.filter(agency__kind=AgencyKind.LA_ATTENDANCE).exists() or (
            Grant.everything.filter(
                in_force(note.occurred_on), content_object=note.case, group__in=reader.groups.all()
            ).exists()
        )
        assert took_part, note.body


def test_what_was_sent_is_what_the_questions_ask_for():
    for referral in Referral.objects.exclude(stage=Stage.DRAFT).exclude(submitted_at=None):
        assert questions.referral.missing(referral.answers) == {}
    for concern in Concern.objects.all():
        assert questions.concern.missing(concern.answers) == {}


def test_attendance_is_believable():
    """Children nobody has asked about are near the county's own figure (93.4%); those with a case a good deal lower."""
    on_a_case = set(Case.objects.values_list("child", flat=True))
    referred = set(Referral.objects.exclude(upn="").values_list("upn", flat=True))
    told = {concern.answers["child_last_name"] for concern in Concern.objects.all()}
    attended, possible = Counter(), Counter()
    for marks in Marks.objects.order_by("pk").select_related("child"):
        seen = summarise(unpack(marks.text))
        usual = marks.child.upn not in referred and marks.child.last_name not in told
        who = "case" if marks.child_id in on_a_case else "usual" if usual else "other"
        attended[who] += seen.attended
        possible[who] += seen.possible
    assert 0.90 < attended["usual"] / possible["usual"] < 0.97
    assert 0.60 < attended["case"] / possible["case"] < 0.85


# --- nobody is real ---------------------------------------------------------------------------------------------------

DRAMA = re.compile(r"01632 960\d{3}|07700 900\d{3}")
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


def test_every_phone_number_is_one_of_the_drama_numbers():
    for text in _everything_written():
        for number in re.findall(r"\b0\d{4} ?\d{3} ?\d{3}\b", text):
            assert DRAMA.fullmatch(number), number
    assert all(DRAMA.fullmatch(carer.phone) for carer in Carer.objects.exclude(phone=""))


def test_every_address_is_at_example_org():
    written = " ".join(_everything_written())
    for address in [*ADDRESS.findall(written), *User.objects.values_list("email", flat=True)]:
        assert address.endswith(".example.org"), address


def test_every_upn_is_valid_unique_and_of_no_authority():
    upns = list(Child.objects.values_list("upn", flat=True))
    assert len(upns) == len(set(upns))
    assert all(read_upn(upn).number[1:4] == "999" for upn in upns)


def test_no_school_has_the_number_of_a_real_one():
    assert all(
        re.fullmatch(r"99\d{4}", urn) for urn in Agency.objects.filter(kind="school").values_list("urn", flat=True)
    )


def test_nothing_is_left_to_fill_in():
    assert not [text for text in _everything_written() if re.search(r"[{}]\w|\w[{}]", text)]


def _everything_written() -> list[str]:
    found = list(Note.objects.values_list("body", flat=True))
    for model in (Referral, Concern):
        for answers in model.objects.values_list("answers", flat=True):
            found += _texts(answers)
    return found


def _texts(value) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


# --- the copies -------------------------------------------------------------------------------------------------------


def test_a_copy_is_about_other_children_under_other_references():
    for model in NOUNS:
        first, second = originals(model), list(model._default_manager.order_by("pk"))[len(originals(model)) :]
        assert Counter(x.stage for x in first) == Counter(x.stage for x in second)
        assert not {x.reference for x in first} & {x.reference for x in second}
    names = set(Child.objects.values_list("first_name", "last_name"))
    assert len(names) > 110  # two children may have one name


def test_a_copys_notes_name_the_child_they_are_about():
    everybody = set(Child.objects.values_list("first_name", flat=True))
    for note in Note.objects.select_related("case__child"):
        named = everybody & set(re.findall(r"\w+", note.body))
        assert named <= {note.case.child.first_name}, (note.body, note.case.child)
