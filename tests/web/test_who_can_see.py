"""Who can see a case or a note, and why; and why one person can or cannot."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Membership
from portal.audit.models import Entry
from referrals import policy
from referrals.actions._grant import Invitation
from referrals.actions.case.break_glass import break_glass
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.models import Grant
from referrals.queries import who
from referrals.workflow import Verb

pytestmark = pytest.mark.django_db


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def page(county, name, case, rest=""):
    return browser(county.people[name]).get(f"/workspace/cases/{case.reference}/who/{rest}")


def why(county, name, case, person):
    return browser(county.people[name]).get("/workspace/why/", {"reference": case.reference, "person": person})


def test_it_names_exactly_the_people_who_can_see_the_case_each_with_a_rule(county):
    case = county.open_case
    found = who.readers(case).everybody
    assert {a.member.user_id for a in found} == set(policy.holders(Verb.VIEW, case).values_list("pk", flat=True))
    assert all(access.why and access.until for access in found)
    shown = text(page(county, "sen", case))
    assert "Is in the council's attendance team".replace("'", "&#x27;") in shown
    assert "Works at an agency that takes part in the case" in shown


READ_BY = {
    "school's own note": {"lead", "colleague", "senco", "head", "dsl"},
    "early help's own note": {"early help", "early help colleague", "restricted staff"},
    "note to sen": {"early help", "sen"},
    "note to officer": {"lead", "officer"},
}


@pytest.mark.parametrize("name", READ_BY)
def test_it_names_exactly_the_people_who_can_read_a_note(county, name):
    note = county.things[name]
    found = who.readers(note).everybody
    assert {access.member.pk for access in found} == {county.people[reader].membership.pk for reader in READ_BY[name]}
    assert {a.member.user_id for a in found} == set(policy.holders(Verb.VIEW, note).values_list("pk", flat=True))
    assert all(access.why for access in found)


def test_each_note_on_the_timeline_leads_to_who_can_see_it(county):
    case, note = county.open_case, county.things["note to all"]
    timeline = browser(county.sen).get(f"/workspace/cases/{case.reference}/timeline/").content.decode()
    assert f"/workspace/cases/{case.reference}/who/?note={note.pk}" in timeline
    assert "Who can see this note, and why" in text(page(county, "sen", case, f"?note={note.pk}"))


def test_of_a_note_one_may_not_read_it_says_nothing_as_of_one_that_is_not_there(county):
    case, note = county.open_case, county.things["note to officer"]
    hidden = page(county, "sen", case, f"?note={note.pk}")
    assert hidden.status_code == 404
    for absent in ("?note=99999999", "?note=x", f"?note={'9' * 40}"):
        answer = page(county, "sen", case, absent)
        assert (answer.status_code, answer.content) == (404, hidden.content)


def test_until_when_is_the_last_day_of_the_agencys_part_or_of_the_membership(county):
    case, today = county.fresh("open case"), timezone.localdate()
    last = today + datetime.timedelta(days=5)
    Grant.everything.filter(content_object=case, group=county.sen.agency.group_id).update(until=last)
    Membership.objects.filter(pk=county.officer.membership.pk).update(until=today)
    said = {access.member.pk: access.until for access in who.readers(case).everybody}
    assert said[county.sen.membership.pk] == f"Until {last.day} {last:%B %Y}"
    assert said[county.officer.membership.pk] == f"Until {today.day} {today:%B %Y}"
    assert said[county.manager.membership.pk] == who.AS_LONG_AS
    assert said[county.lead.membership.pk] == "Until the case ends"


def test_an_emergency_is_said_to_be_one(county):
    case = county.fresh("plain case")
    break_glass(case, by=county.health, reason="The child rang us, alone at home.")
    (access,) = [a for a in who.readers(case).everybody if a.member == county.health.membership]
    assert "emergency" in access.because
    assert re.fullmatch(r"Until \d\d:\d\d", access.until)


def test_the_page_asks_the_same_number_of_questions_however_many_people(county):
    case = county.fresh("plain case")
    with CaptureQueriesContext(connection) as before:
        page(county, "manager", case)
    for name in ("SEN", "Early Help", "Health"):
        invite(case, by=county.officer, invitation=Invitation(county.agencies[name], "Work"))
    for name in ("sen", "early help", "health"):
        join(case, by=county.people[name])
    with CaptureQueriesContext(connection) as after:
        page(county, "manager", case)
    assert len(after) <= len(before)


# --- why can this person see this child? ------------------------------------------------------------------------------


@pytest.mark.parametrize("asker", ["manager", "dpo"])
def test_why_somebody_can_see_a_child_and_why_not(county, asker):
    case = county.open_case
    sees = text(why(county, asker, case, county.sen.user.email))
    assert "Can see the case" in sees
    assert "works at an agency that takes part in the case" in sees
    not_sees = text(why(county, asker, case, "health@health.example.org"))
    assert "Cannot see the case" in not_sees
    assert "no longer current" in text(why(county, asker, case, county.people["former"].user.email))


def test_that_somebody_asked_is_written_down(county):
    why(county, "dpo", county.open_case, county.sen.user.email)
    row = Entry.objects.filter(action="search", rule="explain").last()
    assert (row.user_id, row.reference) == (county.dpo.user.pk, county.open_case.reference)


def test_the_denial_is_named(county):
    shown = text(why(county, "manager", county.guarded_case, county.people["conflicted manager"].user.email))
    assert "Cannot see the case" in shown
    assert "conflict of interest" in shown
    shown = text(why(county, "manager", county.guarded_case, county.people["restricted staff"].user.email))
    assert "from whom something about the child is protected" in shown


def test_nothing_about_the_child_is_on_the_page(county):
    case = county.open_case
    shown = why(county, "dpo", case, "Person").content.decode()
    assert "Which person?" in shown
    assert case.child.last_name not in shown
    assert case.child.first_name not in text(why(county, "dpo", case, county.sen.user.email))


def test_who_must_not_know_of_the_child_is_answered_as_for_a_case_that_is_not_there(county):
    case = county.fresh("plain case")
    declare_conflict(case, by=county.manager, reason="My nephew.")
    hidden = why(county, "manager", case, "officer")
    assert "There is no case with this reference" in text(hidden)
    absent = browser(county.manager).get("/workspace/why/", {"reference": "A-222-2222", "person": "officer"})
    assert hidden.status_code == absent.status_code
    assert text(hidden).replace(case.reference, "") == text(absent).replace("A-222-2222", "")


@pytest.mark.parametrize("name", ["officer", "lead", "sen", "editor"])
def test_nobody_else_may_ask(county, name):
    assert why(county, name, county.open_case, "x").status_code == 403


def test_a_name_nobody_has_and_nothing_typed_are_said_beside_their_fields(county):
    assert "Nobody has this name" in text(why(county, "manager", county.open_case, "zzz"))
    answer = browser(county.manager).get("/workspace/why/", {"reference": "", "person": ""})
    assert "Enter the reference of the case" in text(answer)


def test_whoever_no_rule_lets_in_is_said_by_role_in_words(county):
    case = county.fresh("plain case")
    said = text(why(county, "dpo", case, county.health.user.email))
    assert "No rule lets the role" in said
    assert not re.search(r"\b[a-z]+_[a-z]+\b", said)
