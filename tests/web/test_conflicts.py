"""A conflict of interest: declared on a page, ended on a page, and nothing of the child is seen in between."""

import pytest

from referrals.models import ConflictOfInterest
from tests.web.test_emergency_access import browser, text

pytestmark = pytest.mark.django_db

DONE = "/workspace/conflict-declared/"


def case_page(case, rest: str = "") -> str:
    return f"/workspace/cases/{case.reference}/{rest}"


def test_she_declares_her_own_and_the_next_page_says_nothing_of_the_child(county):
    case, sen = county.fresh("open case"), browser(county.sen)
    assert "Declare a conflict of interest" in text(sen.get(case_page(case)))
    assert "Whose conflict" not in text(sen.get(case_page(case, "declare_conflict/")))
    answer = sen.post(case_page(case, "declare_conflict/"), {"reason": "They live next door."}, follow=True)
    assert answer.redirect_chain == [(DONE, 302)]
    said = text(answer)
    assert "You no longer see this child’s record" in said
    assert "Tell whoever leads your team today" in said
    assert case.reference not in said
    assert str(case.child.last_name) not in said
    for rest in ("", "timeline/", "people/", "history/", "declare_conflict/"):
        assert sen.get(case_page(case, rest)).status_code == 404, rest
    assert browser(county.people["early help"]).get(case_page(case)).status_code == 200


def test_pressed_twice_it_is_done_and_counted_once(county):
    case, sen = county.fresh("open case"), browser(county.sen)
    for _ in range(2):
        assert sen.post(case_page(case, "declare_conflict/"), {"reason": ""})["Location"] == DONE
    assert ConflictOfInterest.objects.filter(user=county.sen.user).count() == 1


def test_a_case_that_never_was_hers_is_not_there_however_she_asks(county):
    case, other = county.fresh("open case"), browser(county.people["other lead"])
    assert other.post(case_page(case, "declare_conflict/"), {}).status_code == 404


def test_a_manager_says_whose_it_is_and_must_choose(county):
    case, manager = county.fresh("open case"), browser(county.manager)
    page = case_page(case, "declare_conflict/")
    assert "Select whose conflict of interest it is" in text(manager.post(page, {"reason": ""}))
    answer = manager.post(page, {"person": county.officer.user.pk, "reason": "A cousin."}, follow=True)
    assert f"{county.officer.user} sees nothing of this child from now on" in text(answer)
    assert browser(county.officer).get(case_page(case)).status_code == 404
    assert manager.get(case_page(case)).status_code == 200


def test_a_manager_says_it_of_somebody_who_has_no_access_yet(county):
    case, manager = county.fresh("open case"), browser(county.manager)
    page, her = case_page(case, "declare_conflict/"), county.people["other lead"].user
    wrong = text(manager.post(page, {"person": "else", "email": "nobody@example.org", "reason": "A cousin."}))
    assert "Enter the email address with which they sign in" in wrong
    assert "A cousin." in wrong
    manager.post(page, {"person": "else", "email": her.email.upper(), "reason": "A cousin."})
    assert ConflictOfInterest.objects.filter(user=her, child=case.child).exists()


def test_nobody_else_declares_it_about_another(county):
    case = county.fresh("open case")
    browser(county.sen).post(case_page(case, "declare_conflict/"), {"person": county.officer.user.pk})
    assert browser(county.officer).get(case_page(case)).status_code == 200
    assert not ConflictOfInterest.objects.filter(user=county.officer.user).exists()


def test_a_manager_ends_it_and_the_case_is_there_again(county):
    case, manager = county.fresh("open case"), browser(county.manager)
    page = case_page(case, "lift_conflict/")
    assert "Nobody has a conflict of interest" in text(manager.get(page))
    browser(county.officer).post(case_page(case, "declare_conflict/"), {"reason": "They live next door."})
    assert "They live next door." in text(manager.get(page))
    assert "Select whose conflict of interest has ended" in text(manager.post(page, {}))
    answer = manager.post(page, {"person": county.officer.user.pk}, follow=True)
    assert "can work with this child again" in text(answer)
    assert browser(county.officer).get(case_page(case)).status_code == 200


def test_both_pages_ask_again_who_she_is(county):
    case = county.fresh("open case")
    manager = browser(county.manager, confirmed=False)
    for verb in ("declare_conflict/", "lift_conflict/"):
        assert "/confirm/" in manager.get(case_page(case, verb))["Location"]


@pytest.mark.parametrize("name", ["submitted", "received concern"])
def test_what_has_arrived_is_closed_to_her_too(county, name):
    thing, duty, manager = county.fresh(name), browser(county.duty), browser(county.manager)
    at = f"/workspace/intake/{thing.reference}/"
    assert "Declare a conflict of interest" in text(duty.get(at))
    assert duty.post(f"{at}declare_conflict/", {"reason": "My sister."})["Location"] == DONE
    assert duty.get(at).status_code == 404
    assert thing.reference not in text(duty.get("/workspace/intake/"))
    assert manager.post(f"{at}lift_conflict/", {"person": county.duty.user.pk})["Location"] == at
    assert duty.get(at).status_code == 200


def test_a_school_declares_it_on_its_own_referral(county):
    referral, lead = county.fresh("submitted"), browser(county.lead)
    at = f"/workspace/referrals/{referral.reference}/"
    assert "Declare a conflict of interest" in text(lead.get(at))
    assert lead.post(f"{at}declare_conflict/", {"reason": "A friend."})["Location"] == DONE
    assert lead.get(at).status_code == 404
    assert browser(county.colleague).get(at).status_code == 200


def test_by_the_api_she_is_told_no_more_than_that_it_is_done(county):
    case, sen = county.fresh("open case"), browser(county.sen)
    at = f"/api/v1/cases/{case.reference}/"
    answer = sen.post(f"{at}declare_conflict/", {"reason": "A friend."}, content_type="application/json")
    assert answer.json() == {"reference": case.reference, "stage": case.stage, "allowed_actions": []}
    assert sen.get(at).status_code == 404


def test_by_the_api_a_manager_declares_and_lifts_by_address(county):
    case, manager = county.fresh("open case"), browser(county.manager)
    at = f"/api/v1/cases/{case.reference}/"
    who = {"person": county.officer.user.email}
    assert manager.post(f"{at}declare_conflict/", who, content_type="application/json").status_code == 200
    assert browser(county.officer).get(at).status_code == 404
    nobody = manager.post(f"{at}lift_conflict/", {"person": "x@example.org"}, content_type="application/json")
    assert nobody.status_code == 400
    assert manager.post(f"{at}lift_conflict/", who, content_type="application/json").status_code == 200
    assert browser(county.officer).get(at).status_code == 200
