"""Who looked, on a page and as a file; what should be looked into."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Membership
from portal.audit import trail
from portal.audit.models import Entry, Prompt
from portal.worker import look_for_misuse
from referrals import policy, reference
from referrals.events import Kind
from referrals.models import ConflictOfInterest, Referral
from referrals.queries import looked, rules_said
from tests import worlds

pytestmark = pytest.mark.django_db
OVERSEERS = ("manager", "dpo")
WORKER = Actor.machine("worker")
ABSENT = reference.from_number(reference.CASE, 5)


def client_of(world, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name].user)
    return client


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("name", OVERSEERS)
def test_who_looked_is_said_with_the_rule_and_never_what_was_written(world, name):
    case = world.open_case
    client_of(world, "sen").get(f"/workspace/cases/{case.reference}/")
    page = text(client_of(world, name).get("/workspace/audit/", {"reference": case.reference, "action": "view"}))
    assert "Sen Person" in page and "takes_part" in page
    assert "Works at an agency that takes part in the case" in page
    for written in ("Home visit went well.", "Team note.", "Work with SEN", case.child.last_name):
        assert written not in page


@pytest.mark.parametrize("name", ["officer", "duty", "lead", "sen", "editor", "head"])
def test_it_is_for_the_manager_and_the_data_protection_officer_alone(world, name):
    for page in ("", "export/", "prompts/"):
        assert client_of(world, name).get(f"/workspace/audit/{page}").status_code == 403


def test_it_can_be_narrowed_by_person_agency_reference_action_and_days(world):
    for who, what in (("sen", "view"), ("officer", "search")):
        trail.write(what, by=world.people[who], reference="A-1")
    manager, today = world.manager, timezone.localdate()

    def lines(**asked):
        return [(line.who, line.action) for line in looked.page(manager, looked.Asked(**asked)).lines]

    assert lines(about="A-1", who="sen") == [("Sen Person", "Looked at")]
    assert lines(about="A-1", agency=world.officer.agency.pk) == [("Officer Person", "Searched")]
    assert lines(about="A-1", action="search") == [("Officer Person", "Searched")]
    assert len(lines(about="A-1", since=today, until=today)) == 2
    assert lines(about="A-1", until=today - datetime.timedelta(days=1)) == []


def test_what_cannot_be_a_day_is_said_beside_the_others(world):
    page = text(client_of(world, "dpo").get("/workspace/audit/", {"since": "yesterday"}))
    assert page.count("From must be a day") == 2  # at the top, and beside the field
    assert "<title>Error: Who looked" in page


def test_days_the_wrong_way_round_are_said_to_be(world):
    answer = client_of(world, "dpo").get("/workspace/audit/", {"since": "2026-11-20", "until": "2026-11-01"})
    assert text(answer).count("Until must be the same day as From, or later") == 2


def test_pages_go_on_where_the_last_one_ended(world):
    for number in range(looked.PAGE + 5):
        trail.write("search", by=WORKER, reference=f"T-{number}")
    asked = looked.Asked(action="search")
    first = looked.page(world.manager, asked)
    second = looked.page(world.manager, asked, after=first.older)
    seen = [line.reference for line in (*first.lines, *second.lines)]
    assert seen == [f"T-{number}" for number in reversed(range(looked.PAGE + 5))] and not second.older
    for nonsense in ("x", "2026-01-01 5", "now 99999999999999999999999"):
        assert looked.page(world.manager, asked, after=nonsense).lines[0] == first.lines[0]


def test_a_note_for_some_people_only_and_a_draft_are_in_the_chain_and_on_no_screen(world):
    client_of(world, "lead").get(f"/workspace/referrals/{world.draft.reference}/")
    assert Entry.objects.filter(reference=world.draft.reference, action="view").exists()
    for name in OVERSEERS:
        assert looked.page(world.people[name], looked.Asked(about=world.draft.reference)).lines == []
        written = looked.page(world.people[name], looked.Asked(about=world.open_case.reference, action="change")).lines
        assert sum(line.by == "Added a note" for line in written) == 1
    assert Entry.objects.filter(rule="note_added", reference=world.open_case.reference).count() == 6


def test_a_manager_with_a_conflict_does_not_learn_of_the_child_here(world):
    case = world.open_case
    asked = looked.Asked(about=case.reference)
    assert looked.page(world.manager, asked).lines
    ConflictOfInterest.objects.create(
        user=world.manager.user, child=case.child, reason="My niece", declared_by=world.manager.user
    )
    assert not looked.page(world.manager, asked).lines
    assert looked.page(world.dpo, asked).lines


def test_nor_by_what_arrived_about_the_child_nor_by_what_somebody_was_refused(world):
    case = world.open_case
    arrived = Referral.objects.filter(case=case).first()
    waiting = worlds.sent_referral(world, seed=16)
    waiting.refresh_from_db()
    assert waiting.likely_id == case.child_id
    duty = client_of(world, "duty")
    references = {case.reference, arrived.reference, waiting.reference}
    for one in references - {case.reference}:
        duty.get(f"/workspace/intake/{one}/")
    for one in references:
        client_of(world, "other lead").get(f"/workspace/cases/{one}/")

    def said(actor) -> set[str]:
        file = looked.export(actor, looked.Asked())
        return {line.reference for line in looked.page(actor, looked.Asked()).lines} | {
            one for one in references if one in file
        }

    assert references <= said(world.manager)
    ConflictOfInterest.objects.create(
        user=world.manager.user, child=case.child, reason="My niece", declared_by=world.manager.user
    )
    assert not references & said(world.manager)
    assert references <= said(world.dpo)


def test_the_file_is_guarded_against_formulas_and_is_itself_in_the_trail(world):
    trail.write("reveal", by=world.officer, reference=ABSENT, why="=HYPERLINK(1)")
    rows = list(csv.reader(io.StringIO(looked.export(world.manager, looked.Asked(about=ABSENT)))))
    assert rows[0] == looked.HEADINGS and rows[1][-2] == "'=HYPERLINK(1)"
    export = Entry.objects.get(action="export")
    assert (export.user_id, export.channel, export.reference) == (world.manager.user.pk, "export", ABSENT)


def test_the_file_holds_the_code_that_stays_and_the_words_for_it(world):
    client_of(world, "sen").get(f"/workspace/cases/{world.open_case.reference}/")
    file = csv.DictReader(io.StringIO(looked.export(world.manager, looked.Asked(about=world.open_case.reference))))
    view = next(row for row in file if row["action"] == "view")
    assert (view["what"], view["rule"]) == ("Looked at", "takes_part")
    assert view["rule in words"] == "Works at an agency that takes part in the case"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "  =1", "|x", "%x", "\t=1"])
def test_no_cell_begins_as_a_formula_does(cell):
    assert looked.guarded(cell).startswith("'")
    assert looked.guarded("A-4K7-9M2T") == "A-4K7-9M2T"


def test_every_rule_is_said_in_words_and_none_as_a_code():
    codes = [("view", rule.tie.name) for rule in policy.RULES] + [("change", kind) for kind in Kind]
    codes += [("permission", code) for code in rules_said.SAID]
    for action, code in codes:
        words = rules_said.in_words(action, code)
        assert words[0].isupper() and "_" not in words and "{" not in words, (code, words)
    for action, code, words in (
        ("view", "la_team takes_part", "Is in the council's attendance team; works at an agency that takes part"),
        ("change", "note_added", "Added a note"),
        ("change", "invited", "Invited an agency"),
        ("reveal", "carer-12-address", "Address"),
        ("reveal", "school", "The child’s school"),
        ("refused", "404 case-timeline", "Nothing there for this person: case timeline"),
        ("permission", "role:la_duty:la_officer", "From Duty officer to Attendance officer"),
        ("permission", "ends:2026-12-18", "Ends on 18 December 2026"),
        ("permission", "invited:dsl", "Invited as Designated safeguarding lead"),
        ("sign_in", "second factor", "Second factor"),
        ("search", "", ""),
    ):
        assert rules_said.in_words(action, code).startswith(words), (code, rules_said.in_words(action, code))


def test_a_file_asks_that_she_confirms_who_she_is(world):
    answer = client_of(world, "manager").get("/workspace/audit/export/")
    assert answer.status_code == 302 and "confirm" in answer["Location"]
    assert not Entry.objects.filter(action="export").exists()


def test_a_file_taken_out_before_leaving_is_noticed(world):
    last_day = timezone.localdate() + datetime.timedelta(days=20)
    Membership.objects.filter(pk=world.manager.membership.pk).update(until=last_day)
    looked.export(Actor.of(world.manager.user), looked.Asked())
    assert Entry.objects.get(action="export").flag == trail.LEAVING
    look_for_misuse()
    assert Prompt.objects.get().rule == Prompt.Rule.LEAVING
    look_for_misuse()
    assert Prompt.objects.count() == 1


def a_prompt(world, name: str = "officer") -> Prompt:
    now = timezone.now()
    return Prompt.objects.create(
        rule=Prompt.Rule.MANY, user_id=world.people[name].user.pk, since=now, until=now, count=44
    )


def test_a_prompt_is_reviewed_once_and_the_review_is_kept(world):
    prompt = a_prompt(world)
    client = client_of(world, "dpo")
    assert "Officer Person" in text(client.get("/workspace/audit/prompts/"))
    address = f"/workspace/audit/prompts/{prompt.pk}/"
    assert "Select what it was" in text(client.post(address, {}))
    client.post(address, {"outcome": "spoken", "said": "A handover of a whole caseload"})
    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.reviewed_by) == ("spoken", world.dpo.user.pk)
    client.post(address, {"outcome": "incident", "said": "Again"})
    prompt.refresh_from_db()
    assert prompt.outcome == "spoken"
    assert Entry.objects.filter(action="review").count() == 1


def test_nobody_reviews_what_she_did_herself(world):
    prompt = a_prompt(world, "manager")
    client = client_of(world, "manager")
    assert client.get(f"/workspace/audit/prompts/{prompt.pk}/").status_code == 404
    assert "Nothing to look into" in text(client.get("/workspace/audit/prompts/"))


def test_the_history_of_a_case_leads_its_manager_to_who_looked(world):
    address = f"/workspace/cases/{world.open_case.reference}/history/"
    link = f"/workspace/audit/?reference={world.open_case.reference}"
    assert link in client_of(world, "manager").get(address).content.decode()
    assert link not in client_of(world, "officer").get(address).content.decode()
