"""What an agency reads of a case: chosen with an invitation, changed on its own page."""

import re
import uuid

import pytest
from django.utils import timezone

from referrals.models import Grant
from tests.web.test_emergency_access import browser, text

pytestmark = pytest.mark.django_db


def part_of(case, agency) -> Grant:
    return Grant.everything.get(content_object=case, group=agency.group)


def address(case, agency, verb="share") -> str:
    return f"/workspace/cases/{case.reference}/{verb}/?agency={agency.pk}"


def test_the_page_shows_what_they_read_now_and_changes_it(county):
    case, agency = county.fresh("open case"), county.agencies["SEN"]
    officer = browser(county.officer)
    assert "Change what they read" in text(officer.get(f"/workspace/cases/{case.reference}/people/"))
    assert "Now: The whole case." in text(officer.get(address(case, agency)))
    sent = {"agency": agency.pk, "reads": "sections", "sections": ["attendance", "told"], "purpose": "A plan"}
    answer = officer.post(address(case, agency), sent, follow=True)
    assert "Saved. It holds from now on" in text(answer)
    assert part_of(case, agency).sections == ("attendance", "told")
    sen = browser(county.sen)
    assert sen.get(f"/workspace/cases/{case.reference}/attendance/").status_code == 200
    assert "Only the sections below" in text(officer.get(address(case, agency)))


def test_what_is_shared_from_a_day_goes_on_from_that_day(county):
    case, agency = county.fresh("shared case"), county.people["today partner"].agency
    since = part_of(case, agency).shares_from
    officer = browser(county.officer)
    sent = {"agency": agency.pk, "reads": "sections_from_today", "sections": ["story"], "purpose": "Work with them"}
    assert officer.post(address(case, agency), sent).status_code == 302
    part = part_of(case, agency)
    assert (part.sections, part.shares_from) == (("story",), since)


def test_it_says_what_is_missing(county):
    case, agency = county.fresh("open case"), county.agencies["SEN"]
    answer = browser(county.officer).post(
        address(case, agency), {"agency": agency.pk, "reads": "sections", "purpose": "A plan"}
    )
    assert "Select at least one section to share" in text(answer)
    assert part_of(case, agency).shares_whole_case


def test_the_same_again_says_that_it_is_so_already(county):
    case, agency = county.fresh("open case"), county.agencies["SEN"]
    purpose = part_of(case, agency).purpose
    answer = browser(county.officer).post(
        address(case, agency), {"agency": agency.pk, "reads": "whole", "purpose": purpose}
    )
    assert "reads this of the case already" in text(answer)


def test_it_asks_again_who_she_is_and_those_who_may_not_are_refused_before_that(county):
    case, agency = county.fresh("open case"), county.agencies["SEN"]
    answer = browser(county.officer, confirmed=False).get(address(case, agency))
    assert "/confirm/" in answer["Location"]
    assert browser(county.sen, confirmed=False).get(address(case, agency)).status_code == 403


def test_an_agency_that_is_not_on_the_case_leads_back(county):
    case = county.fresh("open case")
    for number in (county.agencies["Health"].pk, "x", "9" * 30, ""):
        answer = browser(county.officer).get(f"/workspace/cases/{case.reference}/share/?agency={number}")
        assert answer["Location"].endswith(f"/cases/{case.reference}/people/")


def test_an_invitation_says_what_they_will_read(county):
    case, agency = county.fresh("open case"), county.agencies["Health"]
    sent = {"agency": agency.pk, "purpose": "Advice", "reads": "whole_from_today"}
    assert browser(county.officer).post(address(case, agency, "invite"), sent).status_code == 302
    part = part_of(case, agency)
    assert (len(part.sections), timezone.localdate(part.shares_from)) == (4, timezone.localdate())


def test_an_invitation_with_an_acceptance_says_it_too(county):
    referral, agency = county.fresh("submitted"), county.agencies["Health"]
    sent = {
        "decision": "accept",
        "submission_key": str(uuid.uuid4()),
        "invite_rows": "1",
        "accept-child": "new",
        "accept-lead": county.officer.user.pk,
        "accept-aim": "Four full days",
        "invite-0-agency": agency.pk,
        "invite-0-purpose": "Advice",
        "invite-0-reads": "sections",
        "invite-0-sections": ["attendance"],
    }
    answer = browser(county.duty).post(f"/workspace/intake/{referral.reference}/", sent)
    assert answer.status_code == 302, text(answer)
    referral.refresh_from_db()
    assert part_of(referral.case, agency).sections == ("attendance",)


def test_before_it_joins_an_agency_is_told_what_it_would_read(county):
    case, agency = county.fresh("plain case"), county.agencies["SEN"]
    sent = {"agency": agency.pk, "reads": "sections", "sections": ["attendance"], "purpose": "A plan"}
    assert browser(county.officer).post(address(case, agency, "invite"), sent).status_code == 302
    asked = text(browser(county.sen).get(f"/workspace/cases/{case.reference}/join/"))
    assert "You would read Attendance" in asked


def test_without_the_people_of_a_case_who_can_see_it_is_reached_from_its_overview(county):
    case, agency = county.fresh("open case"), county.agencies["SEN"]
    sent = {"agency": agency.pk, "reads": "sections", "sections": ["attendance"], "purpose": "A plan"}
    browser(county.officer).post(address(case, agency), sent)
    page = browser(county.sen).get(f"/workspace/cases/{case.reference}/who/").content.decode()
    assert re.search(r'aria-current="page">Overview', page)
