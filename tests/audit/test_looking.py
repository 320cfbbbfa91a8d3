"""Everything that shows a child's record, every list, every change and every refusal is a row."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from portal.accounts.models import User
from portal.accounts.tokens import issue
from portal.audit import trail
from portal.audit.models import Entry
from referrals import looking, reference
from referrals.actions.case.add_note import add_note
from referrals.models import Event

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
    names = {pattern.name for pattern in get_resolver("referrals.web.urls").url_patterns}
    assert names >= looking.LISTS
