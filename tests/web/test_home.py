"""Each role's home: today's work from the real queues, and a calm full stop where there is none."""

import datetime
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.register.calendar import SchoolCalendar, Span
from referrals import policy
from referrals.models import Case, Concern, Referral
from referrals.queries import home
from referrals.workflow import Stage, Verb
from tests import worlds

from .test_case_pages import browser, text

pytestmark = pytest.mark.django_db


def of(actor) -> str:
    return text(browser(actor).get("/workspace/"))


def test_duty_sees_the_riskiest_first_then_the_oldest(county):
    Concern.objects.filter(pk=county.things["contacted concern"].pk).update(risk=2, risk_reasons=["Read this first"])
    page = browser(county.duty).get("/workspace/").content.decode()
    places = [
        page.index(county.things[name].reference) for name in ("contacted concern", "received concern", "submitted")
    ]
    assert places == sorted(places)
    assert "Read this first" in page
    assert "waiting for a decision" in page


def test_a_school_sees_what_came_back_before_its_drafts_and_nothing_of_another_school(county):
    page = browser(county.lead).get("/workspace/").content.decode()
    assert page.index(county.returned.reference) < page.index(county.draft.reference)
    assert county.things["other draft"].reference not in page


def test_an_officer_sees_whom_to_contact_first(county):
    assert "First contact with the family" in of(county.officer)


def test_an_officer_with_everybody_contacted_may_stop(county):
    Case.objects.update(lead=county.manager.user)
    assert "All done for today" in of(county.officer)


def test_a_partner_sees_invitations_without_the_child(county):
    page = of(county.provider)
    assert f"Asked to join {county.open_case.reference}" in page
    assert county.open_case.child.last_name not in page
    assert "All done for today. Nobody is waiting for your answer." in of(county.sen)


def test_a_manager_sees_cases_that_nobody_leads(county):
    assert "Every open case has a lead" in of(county.manager)
    Case.objects.filter(pk=county.plain_case.pk).update(lead=None)
    assert county.plain_case.child.last_name in of(county.manager)


def test_a_head_sees_the_own_school_s_referrals_and_cases(county):
    page = of(county.head)
    newest = (
        Referral.objects.filter(school=county.agencies["Hillside"], submitted_at__isnull=False)
        .order_by("-submitted_at")
        .first()
    )
    assert newest.child_last_name in page
    assert "Our referrals" in page
    assert "Make a referral" not in page


def test_oversight_and_editing_have_a_way_on(county):
    assert "See who looked" in of(county.dpo)
    assert "Edit the public site" in of(county.editor)


def test_an_empty_queue_is_a_calm_full_stop(county):
    Concern.objects.update(stage="closed")
    Referral.objects.update(stage="withdrawn")
    assert "The queue is clear" in of(county.duty)
    assert "All done for today" in of(county.lead)


@pytest.mark.parametrize("name", [name for name in worlds.PEOPLE if name not in ("former", "suspended")])
def test_a_home_is_made_with_twelve_queries_at_most_whatever_there_is(county, name):
    client = browser(county.people[name])
    client.get("/workspace/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/workspace/").status_code == 200
    assert len(asked) <= 12


CALENDAR = SchoolCalendar(
    terms=(Span("Autumn", datetime.date(2026, 9, 3), datetime.date(2026, 12, 18)),),
    closures=(Span("Half term", datetime.date(2026, 10, 26), datetime.date(2026, 10, 30)),),
)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (datetime.date(2026, 11, 23), "Monday 23 November 2026, week 4 after half term"),
        (datetime.date(2026, 9, 3), "Thursday 3 September 2026, week 1 of term"),
        (datetime.date(2026, 10, 28), "Wednesday 28 October 2026, half term"),
        (datetime.date(2031, 1, 1), "Wednesday 1 January 2031"),
    ],
)
def test_the_greeting_says_the_school_week(day, said):
    assert home.today_line(day, CALENDAR) == said


# --- oversight -------------------------------------------------------------------------------------------------------


def test_the_activity_log_has_moved_into_the_audit_trail(county):
    answer = browser(county.dpo).get("/workspace/activity/", {"reference": "A-1"})
    assert answer.headers["Location"] == "/workspace/audit/?action=change&reference=A-1"
    assert browser(county.officer).get("/workspace/activity/").status_code == 403


def test_the_permissions_page_prints_every_rule(county):
    page = browser(county.sen).get("/workspace/permissions/").content.decode()
    table = page[page.index("<tbody>") :]
    assert table.count("<li>") == len(policy.RULES)
    assert "A school cannot accept its own referral." in page
    assert "See the UPN of a case" in page and "Open a case in an emergency" in page


def test_the_permissions_page_says_what_beats_everything_first_and_in_which_order(county):
    page = browser(county.manager).get("/workspace/permissions/").content.decode()
    places = [page.index(denial.says.replace("'", "&#x27;")) for denial in policy.DENIALS]
    assert places == sorted(places)
    assert places[-1] < page.index("<tbody>")
    assert "<li>Anybody of the attendance team.</li>" in page


def test_no_code_stands_on_the_permissions_page(county):
    page = browser(county.manager).get("/workspace/permissions/").content.decode()
    told = html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<h1") : page.index("</main>")]))
    for code in (*Verb, *Stage, *(tie.name for tie in {rule.tie for rule in policy.RULES})):
        assert "_" not in code or code not in told, code
    assert "superuser" not in told


def test_the_editor_is_not_shown_it(county):
    assert browser(county.editor).get("/workspace/permissions/").status_code == 403
