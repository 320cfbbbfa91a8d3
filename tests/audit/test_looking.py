"""Everything that shows a child's record, every list, every change and every refusal is a row."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.tokens import issue
from portal.audit import trail
from portal.audit.models import Entry
from referrals import looking, reference
from referrals.actions.case.add_note import add_note
from referrals.models import BreakGlass, Event, Referral
from tests import worlds

pytestmark = pytest.mark.django_db
ABSENT = reference.from_number(reference.CASE, 5)


def client_of(world, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name].user)
    return client


def rows(action: str, **of):
    return list(Entry.objects.filter(action=action, **of).order_by("at", "id"))


def newest(action: str, **of) -> Entry:
    return rows(action, **of)[-1]


@pytest.mark.parametrize("page", ["case", "case-timeline", "case-attendance", "case-people", "case-history"])
def test_each_page_of_a_case_is_one_row_with_the_tie_that_let_her_in(world, page):
    case = world.open_case
    for name, tie in (("officer", "la_team"), ("sen", "takes_part")):
        before = len(rows("view"))
        assert client_of(world, name).get(reverse(f"workspace:{page}", args=[case.reference])).status_code == 200
        row = newest("view")
        assert len(rows("view")) == before + 1
        person = world.people[name]
        assert (row.noun, row.reference, row.about) == ("case", case.reference, str(case.child_id))
        assert (row.rule, row.user_id, row.membership_id) == (tie, person.user.pk, person.membership.pk)
        assert (row.agency_id, row.decision, row.channel) == (person.agency.pk, "allowed", "page")


def test_the_fragment_that_an_open_page_asks_for_is_a_row_too(world):
    address = reverse("workspace:case-news", args=[world.open_case.reference])
    client_of(world, "officer").get(f"{address}?after=0")
    assert newest("view").channel == "fragment"


def test_referrals_and_concerns_are_rows(world):
    client_of(world, "lead").get(reverse("workspace:referral", args=[world.draft.reference]))
    assert (newest("view").noun, newest("view").rule) == ("referral", "own_school")
    concern = world.things["received concern"]
    client_of(world, "duty").get(reverse("workspace:intake-item", args=[concern.reference]))
    assert (newest("view").noun, newest("view").reference) == ("concern", concern.reference)


@pytest.mark.parametrize(
    "name, route", [("officer", "cases"), ("lead", "referrals"), ("duty", "intake"), ("sen", "home")]
)
def test_a_list_is_a_row(world, name, route):
    client_of(world, name).get(reverse(f"workspace:{route}"))
    assert newest("list").reference == route


def test_the_api_is_written_down_as_the_pages_are(world):
    client = Client(headers={"Authorization": f"Token {issue(world.officer.user).key}"})
    client.get("/api/v1/cases/")
    assert (newest("list").reference, newest("list").channel) == ("cases", "api")
    client.get(f"/api/v1/cases/{world.open_case.reference}/")
    assert (newest("view").reference, newest("view").channel) == (world.open_case.reference, "api")
    client.get(f"/api/v1/cases/{ABSENT}/")
    assert (newest("refused").reference, newest("refused").user_id) == (ABSENT, world.officer.user.pk)


def test_what_is_absent_and_what_is_invisible_leave_the_same_row(world):
    client = client_of(world, "other lead")
    client.get(reverse("workspace:home"))
    asked = []
    for asked_for in (world.open_case.reference, ABSENT):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/workspace/cases/{asked_for}/").status_code == 404
        row = newest("refused")
        asked.append((len(queries), row.rule, row.decision, row.channel, row.about, row.noun, row.flag))
        assert row.reference == asked_for
    assert asked[0] == asked[1]


def test_a_refusal_with_a_sentence_is_a_row(world):
    client_of(world, "sen").get(
        reverse("workspace:case-verb", kwargs={"reference": world.open_case.reference, "verb": "close"})
    )
    row = newest("refused")
    assert (row.rule, row.reference) == ("403 case-verb", world.open_case.reference)


def test_every_event_is_a_change_in_the_trail(world):
    assert len(rows("change")) == Event.objects.count()
    add_note(world.open_case, by=world.sen, body="Words that are nobody else's business")
    row = newest("change")
    assert (row.rule, row.reference, row.user_id) == ("note_added", world.open_case.reference, world.sen.user.pk)
    assert not any("business" in str(value) for value in vars(row).values())


def test_her_own_surname_is_noticed_and_not_kept(world):
    case = world.open_case
    User.objects.filter(pk=world.officer.user.pk).update(name=f"Ann {case.child.last_name.upper()}")
    client_of(world, "officer").get(reverse("workspace:case", args=[case.reference]))
    row = newest("view")
    assert row.flag == trail.OWN_SURNAME
    assert not any(case.child.last_name.lower() in str(value).lower() for value in vars(row).values())


def test_saving_a_note_takes_fifteen_queries_at_most(world):
    client = client_of(world, "officer")
    address = reverse("workspace:case-verb", kwargs={"reference": world.open_case.reference, "verb": "add_note"})
    said = {"body": "Seen.", "visibility": "case", "submission_key": "5b6f0d57-6a0a-4c0a-9d58-000000000001"}
    with CaptureQueriesContext(connection) as queries:
        assert client.post(address, said).status_code == 302
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 15, asked


def test_every_list_that_is_named_is_a_page_there_is():
    modules = ("referrals.web.urls", "notifications.urls")
    names = {pattern.name for module in modules for pattern in get_resolver(module).url_patterns}
    assert names >= looking.LISTS | looking.PRINTED | set(looking.SEARCHED)


def test_a_child_shown_beside_what_arrived_was_looked_at(world):
    case = world.open_case
    again = worlds.sent_referral(world, seed=16)
    assert again.upn == case.child.upn
    client_of(world, "duty").get(reverse("workspace:intake-item", args=[again.reference]))
    row = newest("view", reference=case.reference)
    assert (row.rule, row.about, row.user_id) == ("matched", str(case.child_id), world.duty.user.pk)


@pytest.mark.parametrize("name", ["submitted", "received concern", "open case"])
def test_her_own_surname_is_noticed_on_what_arrived_and_beside_it_too(world, name):
    thing = worlds.sent_referral(world, seed=16) if name == "open case" else world.fresh(name)
    User.objects.filter(pk=world.duty.user.pk).update(name=f"Duty {thing.child_last_name}")
    client_of(world, "duty").get(reverse("workspace:intake-item", args=[thing.reference]))
    assert newest("view", reference=thing.reference).flag == trail.OWN_SURNAME
    if name == "open case":
        assert newest("view", rule="matched").flag == trail.OWN_SURNAME


def test_what_arrived_and_became_a_case_is_about_the_child(world):
    arrived = Referral.objects.filter(case__isnull=False).first()
    client_of(world, "duty").get(reverse("workspace:intake-item", args=[arrived.reference]))
    assert newest("view", reference=arrived.reference).about == str(arrived.case.child_id)


@pytest.mark.parametrize(
    "name, address, action, noun, reference",
    [
        ("officer", "/workspace/notifications/", "list", "", "inbox"),
        ("manager", "/workspace/people/", "list", "", "people"),
        ("manager", "/workspace/people/?words=lead", "search", "", "people"),
        ("manager", "/workspace/people/leavers/", "list", "", "people-leavers"),
        ("manager", "/workspace/people/{lead}/", "view", "person", "{lead}"),
        ("manager", "/workspace/break-glass/reviews/", "list", "", "break-glass-reviews"),
        ("manager", "/workspace/break-glass/reviews/{glass}/", "view", "break_glass", "{case}"),
        ("dpo", "/workspace/audit/prompts/", "list", "", "audit-prompts"),
        ("dpo", "/workspace/why/?reference={case}&person=Person", "search", "case", "{case}"),
        ("dpo", "/workspace/why/?reference={case}&person=Nobody", "search", "case", "{case}"),
        ("dpo", "/workspace/why/?reference=A-222-2222&person=lead", "refused", "case", "*"),
        ("sen", "/workspace/cases/{case}/print/", "print", "case", "{case}"),
    ],
)
def test_every_page_about_people_is_a_row(world, name, address, action, noun, reference):
    who = {"user": world.people["health"].user, "membership": world.people["health"].membership}
    glass = BreakGlass.objects.create(
        **who,
        case=world.open_case,
        told=world.officer.user,
        reason="A child is missing",
        ends_at=timezone.now() + datetime.timedelta(hours=1),
    )
    names = {"lead": world.lead.user.pk, "case": world.open_case.reference, "glass": glass.pk}
    before = Entry.objects.count()
    assert client_of(world, name).get(address.format(**names)).status_code == 200
    assert Entry.objects.count() == before + 1
    row = newest(action)
    assert (row.noun, row.user_id) == (noun, world.people[name].user.pk)
    assert reference == "*" or row.reference == reference.format(**names)
