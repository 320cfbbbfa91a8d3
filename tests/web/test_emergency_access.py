"""Opening a case in an emergency, as people see it."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts import step_up
from portal.audit.models import Entry
from referrals.actions.case.break_glass import break_glass
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.models import BreakGlass, Event
from tests.accounts import hands

pytestmark = pytest.mark.django_db

WHY = "The child rang us and is alone at home."
PAGE = "/workspace/break-glass/"
REVIEWS = "/workspace/break-glass/reviews/"


def browser(actor, *, confirmed: bool = True) -> Client:
    """Signed in by force; `confirmed`: and a second factor shown just now, as after a real sign-in."""
    client = Client()
    client.force_login(actor.user)
    return hands.confirmed(client) if confirmed else client


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def ask(client: Client, reference: str, reason: str = WHY):
    return client.post(PAGE, {"reference": reference, "reason": reason})


def test_she_says_why_and_reads_the_case_under_a_banner_with_an_end(county):
    case, client = county.fresh("plain case"), browser(county.health)
    of = f"/workspace/cases/{case.reference}/"
    assert client.get(of).status_code == 404
    answer = ask(client, case.reference.lower())
    assert answer.status_code == 302
    assert answer["Location"] == of
    shown = client.get(of)
    assert shown.status_code == 200
    assert re.search(r"Emergency access: (59|60) minutes left", text(shown))
    for rest in ("timeline/", "attendance/", "people/", "history/"):
        assert "Emergency access:" in text(client.get(of + rest)), rest
    assert "Open now" in text(client.get(PAGE))
    assert client.post(f"{PAGE}{case.reference}/end/").status_code == 302
    assert client.get(of).status_code == 404


def test_she_can_change_nothing(county):
    case, client = county.fresh("plain case"), browser(county.health)
    ask(client, case.reference)
    of = f"/workspace/cases/{case.reference}/"
    for verb in ("add_note", "add_marks", "invite", "remove", "assign", "close"):
        answer = client.post(f"{of}{verb}/", {"body": "x", "visibility": "case"})
        assert answer.status_code == 403, verb
    assert not case.notes.filter(author=county.health.user).exists()


def test_a_case_that_is_kept_from_her_answers_as_one_that_is_not_there(county):
    case, client = county.fresh("plain case"), browser(county.health)
    declare_conflict(case, by=county.manager, person=county.health.user, reason="A neighbour.")
    guarded = county.guarded_case
    restricted = browser(county.people["restricted staff"])
    absent = text(ask(client, "A-222-2222")).replace("A-222-2222", "")
    assert "There is no case with this reference that you can open" in absent
    assert text(ask(client, case.reference)).replace(case.reference, "") == absent
    answer = ask(restricted, guarded.reference)
    assert answer.status_code == 200
    assert "There is no case with this reference that you can open" in text(answer)
    assert not BreakGlass.objects.filter(case=case).exists()


def test_a_refusal_is_written_down_and_so_is_an_access_with_its_reason(county):
    case, client = county.fresh("plain case"), browser(county.health)
    before = Entry.objects.count()
    ask(client, "A-222-2222")
    refused = Entry.objects.filter(action="refused", user_id=county.health.user.pk).last()
    assert (refused.decision, refused.rule) == ("refused", "break_glass")
    ask(client, case.reference)
    row = Entry.objects.filter(action="break_glass", reference=case.reference).first()
    assert (row.user_id, row.agency_id, row.why) == (county.health.user.pk, county.health.agency.pk, WHY)
    assert Entry.objects.count() > before + 1


def test_what_she_typed_is_kept_when_the_reason_is_too_short(county):
    answer = ask(browser(county.health), county.plain_case.reference, "Too short")
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "Your reason must be 20 characters or more" in shown
    assert "Too short" in shown
    assert county.plain_case.reference in shown


def test_it_asks_first_that_she_confirms_who_she_is(county):
    client = browser(county.health, confirmed=False)
    assert "/confirm/" in client.get(PAGE)["Location"]
    answer = ask(client, county.plain_case.reference)
    assert answer.status_code == 403
    assert not BreakGlass.objects.filter(user=county.health.user).exists()


def test_a_password_alone_is_no_confirmation(county, settings, rf):
    client = browser(county.health, confirmed=False)
    for method, counts in (("password", False), ("mfa", True)):
        settings.SECOND_FACTOR = True
        request = rf.get(PAGE)
        request.session, request.user = hands.confirmed(client, method=method).session, county.health.user
        assert step_up.is_recent(request) is counts, method


@pytest.mark.parametrize("name", ["officer", "manager", "trust lead", "editor"])
def test_it_is_not_for_the_attendance_team_nor_for_editors(county, name):
    for confirmed in (True, False):
        assert browser(county.people[name], confirmed=confirmed).get(PAGE).status_code == 403


def test_a_manager_or_the_officer_for_data_protection_reviews_it_and_never_whoever_had_it(county):
    case = county.fresh("plain case")
    BreakGlass.objects.all().delete()
    hers = break_glass(case, by=county.dpo, reason=WHY)
    assert "Nothing to review" in text(browser(county.dpo).get(REVIEWS))
    assert browser(county.dpo).get(f"{REVIEWS}{hers.pk}/").status_code == 404
    manager = browser(county.manager)
    assert case.reference in text(manager.get(REVIEWS))
    page = manager.get(f"{REVIEWS}{hers.pk}/")
    assert WHY in text(page)
    assert "Say what you found" in text(manager.post(f"{REVIEWS}{hers.pk}/", {"review": " "}))
    assert manager.post(f"{REVIEWS}{hers.pk}/", {"review": "It was right."}).status_code == 302
    hers.refresh_from_db()
    assert (hers.reviewed_by, hers.review) == (county.manager.user, "It was right.")
    assert "Nothing to review" in text(manager.get(REVIEWS))


def test_who_must_not_know_of_the_child_finds_no_review_of_it(county):
    hers = BreakGlass.objects.get(case=county.guarded_case)
    conflicted = browser(county.people["conflicted manager"])
    assert county.guarded_case.reference not in text(conflicted.get(REVIEWS))
    assert conflicted.get(f"{REVIEWS}{hers.pk}/").status_code == 404
    assert county.guarded_case.reference in text(browser(county.manager).get(REVIEWS))


@pytest.mark.parametrize("name", ["officer", "lead", "health"])
def test_nobody_else_reviews(county, name):
    assert browser(county.people[name]).get(REVIEWS).status_code == 403


def test_after_the_hour_the_open_page_leads_nowhere(county):
    case, client = county.fresh("plain case"), browser(county.health)
    ask(client, case.reference)
    past = timezone.now() - datetime.timedelta(hours=2)
    BreakGlass.objects.filter(user=county.health.user).update(since=past, ends_at=past + datetime.timedelta(hours=1))
    assert client.get(f"/workspace/cases/{case.reference}/").status_code == 404
    assert client.post(f"{PAGE}{case.reference}/end/").status_code == 404
    assert not Event.objects.filter(case=case, kind="glass_ended").exists()


@pytest.mark.parametrize(
    ("name", "address", "leads"),
    [
        ("dsl", "/workspace/cases/", True),
        ("health", "/workspace/cases/", True),
        ("dpo", REVIEWS, True),
        ("officer", "/workspace/cases/", False),
        ("trust lead", "/workspace/cases/", False),
        ("manager", REVIEWS, False),
    ],
)
def test_whoever_may_break_the_glass_finds_it_without_being_told_the_address(county, name, address, leads):
    assert (f'href="{PAGE}"' in browser(county.people[name]).get(address).content.decode()) is leads


def test_a_reason_that_is_too_short_is_said_before_the_case_is_looked_for(county):
    answer = text(ask(browser(county.health), "", "Short"))
    assert "Enter the reference of the case" in answer
    assert "Your reason must be 20 characters or more" in answer


def test_pressed_twice_she_reads_the_case_and_it_is_one_access(county):
    case, client = county.fresh("plain case"), browser(county.health)
    for _ in range(2):
        assert ask(client, case.reference)["Location"] == f"/workspace/cases/{case.reference}/"
    assert BreakGlass.objects.filter(case=case).count() == 1
