"""The case as people see it: who gets in, what is on each page, and that nothing hidden shows."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from referrals.actions.case.add_note import add_note
from referrals.actions.case.remove import remove
from referrals.models import Carer, Event, Grant, Note
from tests import worlds
from tests.accounts import hands

pytestmark = pytest.mark.django_db

PAGES = ("", "timeline/", "timeline/news/?after=0", "attendance/", "people/", "history/")
VERBS = ("add_note", "add_marks", "join", "refuse", "invite", "remove", "assign", "close", "reopen")


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return hands.confirmed(client)


def of(case, rest: str = "") -> str:
    return f"/workspace/cases/{case.reference}/{rest}"


def text(answer) -> str:
    """What stands on the page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- who gets in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["other lead", "health", "editor", "dpo"])
def test_another_agency_finds_nothing_at_any_address_of_the_case(county, name):
    client, case = browser(county.people[name]), county.open_case
    for page in PAGES:
        assert client.get(of(case, page)).status_code == 404, page
    for verb in VERBS:
        assert client.get(of(case, f"{verb}/")).status_code == 404, verb
        assert client.post(of(case, f"{verb}/"), {"body": "x", "visibility": "case"}).status_code == 404, verb


def test_a_case_that_is_not_there_looks_the_same_as_one_she_may_not_see(county):
    client = browser(county.people["other lead"])
    hidden = client.get(of(county.open_case)).content
    missing = client.get("/workspace/cases/A-222-2222/").content
    assert hidden == missing


def test_a_removed_agency_finds_nothing_at_its_next_request(county):
    client, case = browser(county.people["early help"]), county.fresh("open case")
    assert client.get(of(case, "timeline/")).status_code == 200
    remove(case, by=county.officer, agency=county.agencies["Early Help"])
    for page in PAGES:
        assert client.get(of(case, page)).status_code == 404, page
    assert client.post(of(case, "add_note/"), {"body": "Still here?", "visibility": "case"}).status_code == 404
    assert not Note.objects.filter(body="Still here?").exists()


def test_an_agency_whose_last_day_has_passed_finds_nothing(county):
    client, case = browser(county.people["early help"]), county.open_case
    grants = Grant.everything.filter(content_object=case, group=county.agencies["Early Help"].group)
    grants.update(until=timezone.localdate())
    assert client.get(of(case)).status_code == 200
    grants.update(until=timezone.localdate() - datetime.timedelta(days=1))
    for page in PAGES:
        assert client.get(of(case, page)).status_code == 404, page


def test_nobody_gets_in_without_signing_in(county):
    for page in PAGES:
        answer = Client().get(of(county.open_case, page))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_somebody_without_a_membership_is_told_so_kindly(county):
    answer = browser(county.former).get("/workspace/")
    assert answer.status_code == 403
    assert "You do not have access to any work here yet" in text(answer)


def test_no_page_names_the_child_or_the_school_in_its_title_or_address(county):
    client, case = browser(county.officer), county.open_case
    for page in ("", "timeline/", "attendance/", "people/", "history/", "invite/", "close/", "add_marks/"):
        title = re.search("<title>(.*?)</title>", client.get(of(case, page)).content.decode(), re.DOTALL)[1]
        for private in (case.child.first_name, case.child.last_name, str(case.school), case.reference):
            assert private not in title, page


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_shows_our_cases_and_no_others(county):
    seen = text(browser(county.sen).get("/workspace/cases/"))
    assert county.open_case.reference in seen
    assert county.plain_case.reference not in seen


def test_the_attendance_team_has_a_tab_for_all_cases_and_a_school_has_not(county):
    assert county.plain_case.reference in text(browser(county.duty).get("/workspace/cases/?show=all"))
    assert county.plain_case.reference not in text(browser(county.duty).get("/workspace/cases/"))
    school = text(browser(county.lead).get("/workspace/cases/?show=all"))
    assert "All" not in re.findall(r"\bAll\b", school)
    assert "My organisation’s cases" in school


def test_closed_cases_have_their_tab(county):
    assert county.things["closed case"].reference in text(browser(county.sen).get("/workspace/cases/?show=closed"))
    assert county.things["closed case"].reference not in text(browser(county.sen).get("/workspace/cases/"))


def test_an_empty_list_says_that_nothing_is_wrong(county):
    assert "No open cases" in text(browser(county.provider).get("/workspace/cases/"))


@pytest.mark.parametrize("name", ["dpo", "editor"])
def test_people_who_do_no_casework_have_no_list(county, name):
    assert browser(county.people[name]).get("/workspace/cases/").status_code == 403


def test_a_long_list_goes_on_by_a_cursor_and_shows_each_case_once(county):
    for seed in range(400, 426):
        worlds.opened_case(county, seed=seed)
    client, seen, address = browser(county.lead), [], "/workspace/cases/"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'<th scope="row"[^>]*><a href="/workspace/cases/([^/]+)/"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) > 26


# --- the overview ----------------------------------------------------------------------------------------------------


def test_the_overview_begins_with_the_childs_own_words(county):
    case = county.open_case
    page = text(browser(county.sen).get(of(case)))
    assert page.index(f"In {case.child.called}’s words") < page.index("Aim of this work")
    assert "Four full days by half-term" in page


def test_what_a_family_told_the_council_is_for_the_council_alone(county):
    """The person asked that the school is not told: not the school, and nobody else who comes in by a grant."""
    concern, case = county.things["linked concern"], county.things["case from concern"]
    words = "Please do not tell them it was me"
    type(concern).objects.filter(pk=concern.pk).update(answers={**concern.answers, "own_words": words})
    assert words in text(browser(county.officer).get(of(case)))
    Grant.everything.create(
        content_object=case,
        group=county.agencies["Hillside"].group,
        permission=Grant.everything.first().permission,
        purpose="x",
        joined_at=timezone.now(),
    )
    page = browser(county.lead).get(of(case))
    assert page.status_code == 200
    assert words not in text(page)


def test_first_contact_is_the_next_date_until_the_team_has_shared_a_note(county):
    case, client = county.fresh("plain case"), browser(county.lead)
    assert "First contact with the family" in text(client.get(of(case)))
    add_note(case, by=county.officer, body="Rang home.")
    assert "First contact with the family" not in text(client.get(of(case)))


def test_a_closed_case_says_so_and_offers_nothing_to_do(county):
    page = text(browser(county.sen).get(of(county.things["closed case"])))
    assert "This case is closed" in page
    assert "Better and stable" in page
    assert "Add a note" not in page


def test_buttons_are_only_there_for_those_who_may_press_them(county):
    assert "Close this case" in text(browser(county.officer).get(of(county.open_case)))
    assert "Close this case" not in text(browser(county.duty).get(of(county.open_case)))
    assert "Add a note" not in text(browser(county.people["trust lead"]).get(of(county.open_case)))
    assert "Invite an agency" not in text(browser(county.sen).get(of(county.open_case, "people/")))


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_way_of_contact_that_is_not_safe_is_not_shown_at_all(county):
    case = county.open_case
    carer = case.child.carers.first()
    Carer.objects.filter(pk=carer.pk).update(
        phone="01632 960 777",
        email="safe@example.org",
        safe_to_call=False,
        safe_to_text=False,
        safe_to_write=True,
        safe_contact_detail="Never ring the house.",
    )
    page = browser(county.sen).get(of(case, "people/")).content.decode()
    assert "960 777" not in page
    assert "01632960777" not in page
    assert "Do not call: calls are not safe" in page
    assert "Never ring the house." in page
    assert "mailto:safe@example.org" in page
    assert "Only letters, email" in text(browser(county.sen).get(of(case)))


def test_people_says_which_agencies_take_part_why_and_who_can_see_the_case(county):
    page = text(browser(county.sen).get(of(county.open_case, "people/")))
    for said in ("Work with SEN", "Invited, not joined yet", "Who can see this case", "people in"):
        assert said in page
    assert county.people["trust lead"].user.name in page
    assert county.people["provider"].user.name not in page  # invited is not yet seeing


# --- attendance ------------------------------------------------------------------------------------------------------


def test_attendance_shows_the_calendar_the_count_the_trend_and_where_the_marks_come_from(county):
    page = browser(county.sen).get(of(county.open_case, "attendance/")).content.decode()
    for chart in ("register-calendar", "rolling-count", "attendance-trend"):
        assert f'class="chart {chart}"' in page
    assert "From Hillside, added" in page
    assert "Add marks" not in page


def test_a_case_without_marks_says_so(county):
    page = text(browser(county.officer).get(of(county.things["case from concern"], "attendance/")))
    assert "No marks yet" in page


# --- history ---------------------------------------------------------------------------------------------------------


def test_history_says_who_changed_what_and_why_but_not_what_notes_say(county):
    case = county.fresh("open case")
    remove(case, by=county.officer, agency=county.agencies["Early Help"], reason="The work is done")
    page = text(browser(county.sen).get(of(case, "history/")))
    assert "Ended the part of Early Help" in page
    assert "The work is done" in page
    assert "Home visit went well." not in page


# --- nothing hidden shows --------------------------------------------------------------------------------------------

HIDDEN = {
    "early help": ("Seen in tutor time.", "Our view.", "For the officer only."),
    "lead": ("Team note.", "Our view.", "For SEN only."),
    "sen": ("Seen in tutor time.", "Team note.", "Our view.", "For the officer only."),
    "officer": ("Seen in tutor time.", "Team note.", "For SEN only."),
    "trust lead": ("Seen in tutor time.", "Team note.", "Our view.", "For SEN only.", "For the officer only."),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_note_is_nowhere(county, name):
    """Neither its words nor its number, on no page, in no fragment, in no count."""
    actor, case = county.people[name], county.open_case
    notes = Note.objects.filter(case=case, body__in=HIDDEN[name])
    hidden = list(Event.objects.filter(note__in=notes).values_list("pk", flat=True))
    assert len(hidden) == len(HIDDEN[name])
    client = browser(actor)
    for page in PAGES:
        answer = client.get(of(case, page))
        content = answer.content.decode()
        for words in HIDDEN[name]:
            assert words not in content, page
        for number in hidden:
            assert f'data-event="{number}"' not in content, page
            assert f'data-live-after="{number}"' not in content, page
            assert answer.headers.get("X-Last-Event") != str(number)


def test_everybody_reads_that_some_notes_may_be_limited_whether_or_not_any_are(county):
    line = "Some notes may be limited to certain people. If you need more, ask the case lead"
    for case in (county.open_case, county.plain_case):
        assert line in text(browser(county.lead).get(of(case, "timeline/")))


# --- speed -----------------------------------------------------------------------------------------------------------


def queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["officer", "lead"])
def test_a_page_asks_as_much_of_the_database_with_thirty_notes_as_with_one(county, name):
    case, client = county.fresh("plain case"), browser(county.people[name])
    add_note(case, by=county.lead, body="One", visibility="named", people=[county.officer.user])
    pages = ("", "timeline/", "attendance/", "people/", "history/")
    client.get(of(case))
    few = {page: queries(client, of(case, page)) for page in pages}
    for number in range(30):
        add_note(
            case,
            by=county.lead if number % 2 else county.officer,
            body=f"Note {number}",
            visibility="named" if number % 3 else "case",
            people=[county.officer.user, county.lead.user],
        )
    many = {page: queries(client, of(case, page)) for page in pages}
    assert many == few
    assert max(many.values()) <= 12


def test_only_schools_and_the_council_see_the_upn(county, client):
    """A UPN is for the school-age education context; Early Help has no need of it."""
    case = county.things["open case"]
    address = f"/workspace/cases/{case.reference}/people/"
    seen = {}
    for name in ("lead", "officer", "early help", "sen"):
        client.force_login(county.people[name].user)
        seen[name] = case.child.upn in client.get(address).content.decode()
    assert seen == {"lead": True, "officer": True, "early help": False, "sen": False}


def test_what_a_family_told_the_council_is_linked_for_the_council_alone(county, client):
    case = county.things["case from concern"]
    concern = county.things["linked concern"]
    client.force_login(county.people["officer"].user)
    assert concern.reference in client.get(f"/workspace/cases/{case.reference}/people/").content.decode()
