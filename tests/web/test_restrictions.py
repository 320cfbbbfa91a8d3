"""A restriction as people see it: set, shown on every page, asked to end, ended by another; and one detail read."""

import re

import pytest
from django.test import Client

from portal.accounts import limits
from portal.audit.models import Entry
from referrals import protection
from referrals.models import Restriction
from tests.accounts import hands

pytestmark = pytest.mark.django_db

WHY = "There is a court order."
BANNER = "A restriction stands on this case"
PAGES = ("", "timeline/", "attendance/", "people/", "history/", "add_note/", "who/")


def browser(actor, *, confirmed: bool = True) -> Client:
    client = Client()
    client.force_login(actor.user)
    return hands.confirmed(client) if confirmed else client


def of(case, rest: str = "") -> str:
    return f"/workspace/cases/{case.reference}/{rest}"


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def carer(case):
    return case.child.carers.order_by("pk").first()


def sent(case, **more):
    return {"protects": "child", "from_carer": carer(case).pk, "covers": ["school"], "reason": WHY, **more}


def test_the_safeguarding_lead_sets_one_and_every_page_says_so(county):
    case, client = county.fresh("open case"), browser(county.dsl)
    assert BANNER not in text(client.get(of(case)))
    assert of(case, "restrictions/") in client.get(of(case, "people/")).content.decode()
    answer = client.post(of(case, "restrict/"), sent(case))
    assert answer["Location"] == of(case, "restrictions/")
    listed = text(client.get(of(case, "restrictions/")))
    assert f"Kept from {carer(case).name}" in listed
    assert WHY in listed
    for name in ("dsl", "officer", "early help"):
        seen = browser(county.people[name])
        for rest in PAGES:
            answer = seen.get(of(case, rest))
            if answer.status_code == 200:
                assert BANNER in text(answer), (name, rest)
    assert "See the restrictions" in text(client.get(of(case)))
    assert "See the restrictions" not in text(browser(county.people["early help"]).get(of(case)))


def test_a_member_of_staff_is_shut_out_by_email_at_once(county):
    case, client = county.fresh("open case"), browser(county.officer)
    out = browser(county.early_help_colleague)
    assert out.get(of(case)).status_code == 200
    email = county.early_help_colleague.user.email
    assert (
        client.post(of(case, "restrict/"), sent(case, from_carer="staff", from_user=email.upper())).status_code == 302
    )
    assert out.get(of(case)).status_code == 404
    assert case.reference not in text(out.get("/workspace/cases/"))


def test_what_is_wrong_is_said_and_what_was_typed_stays(county):
    case, client = county.fresh("open case"), browser(county.dsl)
    for wrong, said in (
        ({"from_carer": "staff", "from_user": "nobody@example.org"}, "Enter the email address with which"),
        ({"from_carer": "staff"}, "Enter the email address with which"),
        ({"protects": ""}, "Select who is protected"),
        ({"protects": carer(case).pk}, "Nobody is protected from themselves"),
        ({"covers": []}, "Select what must not be learned"),
        ({"reason": "Too short"}, "Give the reason in 10 characters or more"),
        ({"from_carer": "staff", "from_user": county.dsl.user.email}, "Ask a colleague to set a restriction"),
    ):
        answer = client.post(of(case, "restrict/"), sent(case, **wrong))
        assert answer.status_code == 200
        assert said in text(answer), wrong
        assert "There is a problem" in text(answer)
        assert wrong.get("reason", WHY) in text(answer)
    assert not Restriction.objects.filter(child=case.child).exists()


def test_nobody_finds_out_by_it_who_works_here(county):
    """A mistyped address has to be said, or it would protect nobody; after twenty in an hour all are answered alike."""
    case, client = county.fresh("open case"), browser(county.dsl)
    known = county.early_help_colleague.user.email

    def said(email: str) -> str:
        answer = client.post(of(case, "restrict/"), sent(case, from_carer="staff", from_user=email))
        return text(answer).replace(email, "") if answer.status_code == 200 else str(answer.status_code)

    for number in range(limits.NAMED.failures):
        assert "Enter the email address with which" in said(f"person{number}@example.org")
    assert "You have named many people within the hour" in said(known)
    assert said(known) == said("nobody@example.org")
    assert not Restriction.objects.filter(child=case.child).exists()
    client.post(of(case, "restrict/"), sent(case))  # from an adult of the family, as ever
    assert Restriction.objects.filter(child=case.child).count() == 1


def test_setting_and_ending_ask_again_who_it_is(county):
    case = county.fresh("guarded case")
    one = Restriction.objects.get(child=case.child)
    Restriction.objects.filter(pk=one.pk).update(lift_asked_by=county.officer.user)
    client = browser(county.dsl, confirmed=False)
    assert client.post(of(case, "restrict/"), sent(case)).status_code == 403
    assert client.post(of(case, "lift/"), {"restriction": one.pk}).status_code == 403
    assert Restriction.objects.in_force().filter(child=case.child).count() == 1


def test_one_asks_that_it_ends_and_only_another_ends_it(county):
    case = county.fresh("guarded case")
    one = Restriction.objects.get(child=case.child)
    asks, other, out = browser(county.dsl), browser(county.manager), browser(county.people["restricted staff"])
    assert other.post(of(case, "lift/"), {"restriction": one.pk})["Location"] == of(case, "restrictions/")
    page = asks.get(of(case, f"ask_to_lift/?restriction={one.pk}"))
    assert "Ask that a restriction ends" in text(page)
    for _ in range(2):
        answer = asks.post(of(case, "ask_to_lift/"), {"restriction": one.pk, "reason": "The order has ended."})
        assert answer["Location"] == of(case, "restrictions/")
    assert "Somebody else must agree" in text(asks.get(of(case, "restrictions/")))
    assert asks.post(of(case, "lift/"), {"restriction": one.pk}).status_code == 403
    assert out.get(of(case)).status_code == 404
    assert "The order has ended." in text(other.get(of(case, f"lift/?restriction={one.pk}")))
    for _ in range(2):
        assert other.post(of(case, "lift/"), {"restriction": one.pk})["Location"] == of(case, "restrictions/")
    assert "No restriction stands" in text(other.get(of(case, "restrictions/")))
    assert BANNER not in text(other.get(of(case)))
    assert out.get(of(case)).status_code == 200


def test_one_detail_is_read_with_a_reason_on_that_page_only(county):
    case = county.fresh("guarded case")
    client = browser(county.people["early help"])
    detail = protection.named(carer(case), "address")
    assert "4 Safe Lane" not in text(client.get(of(case, "people/")))
    linked = client.get(of(case, "people/")).content.decode()
    assert of(case, "reveal/") in linked
    assert of(case, "restrictions/") not in linked
    asked = client.get(of(case, f"reveal/?detail={detail}"))
    assert "4 Safe Lane" not in text(asked)
    assert re.search(rf'value="{detail}"[^>]* checked', asked.content.decode())
    short = client.post(of(case, "reveal/"), {"detail": detail, "reason": "Because"})
    assert "Give the reason in 10 characters or more" in text(short)
    assert "4 Safe Lane" not in text(short)
    assert not Entry.objects.filter(action="reveal").exists()
    shown = client.post(of(case, "reveal/"), {"detail": detail, "reason": "I visit them today."})
    assert "4 Safe Lane" in text(shown)
    assert carer(case).phone not in text(shown)
    assert shown["Cache-Control"] == "no-store"
    assert "4 Safe Lane" not in re.search(r"<title>.*?</title>", shown.content.decode(), re.S)[0]
    row = Entry.objects.get(action="reveal")
    assert (row.user_id, row.rule, row.why) == (county.people["early help"].user.pk, detail, "I visit them today.")
    for rest in ("reveal/", "people/", "history/", "timeline/"):
        assert "4 Safe Lane" not in text(client.get(of(case, rest))), rest


def test_nobody_else_is_shown_it(county):
    case = county.fresh("guarded case")
    said = {"detail": protection.named(carer(case), "address"), "reason": "I visit them today."}
    for name in ("trust lead", "restricted staff", "other lead", "dpo", "glass dpo", "conflicted manager"):
        client = browser(county.people[name])
        answer = client.post(of(case, "reveal/"), said)
        assert answer.status_code in {403, 404}, name
        assert "4 Safe Lane" not in text(answer)
    assert not Entry.objects.filter(action="reveal").exists()


def test_a_reason_that_is_too_short_is_said_with_everything_else_that_is_wrong(county):
    case = county.fresh("open case")
    answer = text(browser(county.dsl).post(of(case, "restrict/"), {"reason": "Short", "covers": ["school"]}))
    assert "Select who is protected" in answer
    assert "Give the reason in 10 characters or more" in answer


def test_once_somebody_has_asked_that_it_ends_there_is_one_thing_left_to_do(county):
    case, dsl, officer = county.fresh("open case"), browser(county.dsl), browser(county.officer)
    dsl.post(of(case, "restrict/"), sent(case))
    number = Restriction.objects.in_force().get(child=case.child).pk
    assert "Ask that it ends" in text(officer.get(of(case, "restrictions/")))
    dsl.post(of(case, "ask_to_lift/"), {"restriction": number, "reason": "The order has run out."})
    shown = text(officer.get(of(case, "restrictions/")))
    assert "Agree that it ends" in shown
    assert "Ask that it ends" not in shown


def test_where_the_school_is_protected_the_page_leads_to_reading_it(county):
    case, client = county.fresh("open case"), browser(county.officer)
    client.post(of(case, "restrict/"), sent(case))
    shown = client.get(of(case, "people/")).content.decode()
    assert f'href="{of(case, "reveal/")}?detail=school"' in shown
    assert f"School: {protection.MASK}" in text(client.get(of(case)))


def test_pressed_twice_it_stands_once_and_nothing_is_said_to_be_wrong(county):
    case, client = county.fresh("open case"), browser(county.dsl)
    for _ in range(2):
        assert client.post(of(case, "restrict/"), sent(case))["Location"] == of(case, "restrictions/")
    assert Restriction.objects.in_force().filter(child=case.child).count() == 1
    again = text(client.post(of(case, "restrict/"), sent(case, reason="In other words than before.")))
    assert "This restriction stands already" in again
