"""A school writes a referral, leaves, comes back, checks and sends it; and follows what becomes of it."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from referrals.actions.referral.accept import accept
from referrals.actions.referral.decline import decline
from referrals.actions.referral.edit import edit
from referrals.actions.referral.return_ import return_
from referrals.actions.referral.start import start
from referrals.models import Event, Referral
from referrals.questions import referral as questions
from tests.questions.samples import complete_answers
from tests.web.referral_journey import typed, typed_item
from tests.worlds import sent_referral, staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return staffed()


@pytest.fixture
def signed_in(client, world):
    def as_(name: str):
        client.force_login(world.people[name].user)
        return client

    return as_


def url(route: str, referral: Referral, *args) -> str:
    return reverse(f"workspace:{route}", args=[referral.reference, *args])


def version(response) -> str:
    return re.search(r'name="version" value="(\d+)"', response.content.decode())[1]


def draft(world, *, tasks=tuple(questions.TASKS), by="lead", seed=0) -> Referral:
    referral = start(by=world.people[by])
    answers = complete_answers(seed)
    for task in tasks:
        edit(referral, by=world.people[by], task=task, answers=answers[task])
    return referral


# --- the whole way ---------------------------------------------------------------------------------------------------


def test_a_school_writes_a_referral_and_sends_it(signed_in, world):
    browser = signed_in("lead")
    answers = complete_answers(4)
    began = browser.post(reverse("workspace:referral-new"), {"submission_key": str(uuid.uuid4())})
    referral = Referral.objects.get()
    assert began.url == url("referral", referral)
    for task, stored in answers.items():
        page = browser.get(url("referral-task", referral, task))
        assert page.status_code == 200
        key = questions.TASKS[task].form.items
        for item in stored.get(key, []) if key else []:
            added = browser.post(url("referral-item-new", referral, task), typed_item(task, item))
            assert added.url == url("referral-task", referral, task)
        page = browser.get(url("referral-task", referral, task))
        saved = browser.post(
            url("referral-task", referral, task), {**typed(task, answers), "version": version(page), "then": "list"}
        )
        assert saved.status_code == 302, (task, saved.context["form"].errors)
    referral.refresh_from_db()
    assert {task: referral.answers[task] for task in answers} == answers | {
        "pupil": answers["pupil"] | {"age_reason": ""},
        "attendance": referral.answers["attendance"],
        "barriers": answers["barriers"] | {"onset_event": ""},
        "risk": answers["risk"] | {"risk_detail": ""},
    }
    assert referral.answers["attendance"]["marks"] == answers["attendance"]["marks"]
    check = browser.get(url("referral-check", referral))
    assert answers["pupil"]["upn"] in check.content.decode()
    sent = browser.post(url("referral-check", referral), {"version": version(check)})
    assert sent.url == url("referral-sent", referral)
    page = browser.get(sent.url).content.decode()
    assert referral.reference in page
    assert "Triage decision by" in page
    referral.refresh_from_db()
    assert referral.stage == "submitted"


def test_save_and_continue_leads_through_what_is_left(signed_in, world):
    browser, answers = signed_in("lead"), complete_answers()
    referral = draft(world, tasks=("carers",))
    saved = browser.post(url("referral-task", referral, "pupil"), typed("pupil", answers) | {"version": "9"})
    assert saved.url == url("referral-task", referral, "attendance")


def test_a_double_click_on_the_button_starts_one_draft(signed_in, world):
    browser, key = signed_in("lead"), str(uuid.uuid4())
    first, second = (browser.post(reverse("workspace:referral-new"), {"submission_key": key}) for _ in range(2))
    assert first.url == second.url
    assert Referral.objects.count() == 1


def test_a_double_click_on_send_sends_once_and_lands_on_sent(signed_in, world):
    browser, referral = signed_in("lead"), draft(world)
    check = {"version": version(browser.get(url("referral-check", referral)))}
    first, second = (browser.post(url("referral-check", referral), check) for _ in range(2))
    assert first.url == second.url == url("referral-sent", referral)
    assert Event.objects.filter(referral=referral, kind="submitted").count() == 1


def test_a_double_click_on_add_adds_one_adult(signed_in, world):
    browser, referral = signed_in("lead"), draft(world, tasks=())
    person = typed_item("carers", complete_answers()["carers"]["people"][0])
    for _ in range(2):
        browser.post(url("referral-item-new", referral, "carers"), person)
    referral.refresh_from_db()
    assert len(referral.answers["carers"]["people"]) == 1


def test_check_and_send_is_locked_until_every_task_is_complete(signed_in, world):
    browser, referral = signed_in("lead"), draft(world, tasks=("pupil",))
    assert browser.get(url("referral-check", referral)).url == url("referral", referral)
    assert "Cannot start yet" in browser.get(url("referral", referral)).content.decode()
    refused = browser.post(url("referral-check", referral), {"version": referral.version})
    assert "Complete ‘Attendance’" in refused.content.decode()
    referral.refresh_from_db()
    assert referral.stage == "draft"


def test_an_adult_can_be_changed_and_removed(signed_in, world):
    browser, referral = signed_in("lead"), draft(world)
    page = browser.get(url("referral-item", referral, "carers", 1))
    changed = complete_answers()["carers"]["people"][0] | {"name": "Ana Larkin"}
    was = page.context["was"]
    browser.post(url("referral-item", referral, "carers", 1), typed_item("carers", changed) | {"was": was})
    referral.refresh_from_db()
    assert [p["name"] for p in referral.answers["carers"]["people"]] == ["Ana Larkin"]
    was = browser.get(url("referral-item-remove", referral, "carers", 1)).context["was"]
    for _ in range(2):
        browser.post(url("referral-item-remove", referral, "carers", 1), {"was": was})
    referral.refresh_from_db()
    assert referral.answers["carers"]["people"] == []
    assert "In progress" in browser.get(url("referral", referral)).content.decode()


# --- colleagues ------------------------------------------------------------------------------------------------------


def test_a_colleague_of_the_same_school_sees_the_draft_and_continues_it(signed_in, world):
    referral = draft(world, tasks=("pupil",))
    browser, answers = signed_in("senco"), complete_answers()
    assert referral.reference in browser.get(reverse("workspace:referrals")).content.decode()
    browser.post(url("referral-task", referral, "asking"), typed("asking", answers) | {"version": referral.version})
    page = browser.get(url("referral", referral)).content.decode()
    assert "2 of 8 tasks completed" in page
    assert f"Last changed by {world.senco.user.get_short_name()}" in page


def test_two_people_on_one_task_see_both_versions_and_lose_nothing(signed_in, world):
    referral, answers = draft(world), complete_answers()
    browser = signed_in("lead")
    opened = version(browser.get(url("referral-task", referral, "asking")))
    theirs = answers["asking"] | {"hoped_outcome": "Three days a week."}
    edit(Referral.objects.get(), by=world.senco, task="asking", answers=theirs)
    mine = typed("asking", answers) | {"hoped_outcome": "Five days a week.", "version": opened}
    clash = browser.post(url("referral-task", referral, "asking"), mine)
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "Someone else changed this too" in page
    assert "Three days a week." in page
    assert page.count("Five days a week.") == 2  # beside theirs, and in the form
    decided = browser.post(url("referral-task", referral, "asking"), mine | {"version": version(clash)})
    assert decided.status_code == 302
    referral.refresh_from_db()
    assert referral.answers["asking"]["hoped_outcome"] == "Five days a week."


def test_two_people_on_different_tasks_never_meet(signed_in, world):
    referral, answers = draft(world), complete_answers()
    browser = signed_in("lead")
    opened = version(browser.get(url("referral-task", referral, "asking")))
    edit(Referral.objects.get(), by=world.senco, task="barriers", answers=answers["barriers"] | {"strengths": "Chess."})
    saved = browser.post(url("referral-task", referral, "asking"), typed("asking", answers) | {"version": opened})
    assert saved.status_code == 302
    referral.refresh_from_db()
    assert referral.answers["barriers"]["strengths"] == "Chess."


def test_two_people_who_change_the_same_adult_see_both(signed_in, world):
    referral = draft(world)
    browser, person = signed_in("lead"), complete_answers()["carers"]["people"][0]
    was = browser.get(url("referral-item", referral, "carers", 1)).context["was"]
    theirs = {"people": [person | {"phone": "01632 960111"}]}
    edit(Referral.objects.get(), by=world.senco, task="carers", answers=theirs)
    mine = typed_item("carers", person | {"phone": "01632 960222"}) | {"was": was}
    clash = browser.post(url("referral-item", referral, "carers", 1), mine)
    assert clash.status_code == 409
    assert "01632 960111" in clash.content.decode()
    assert "01632 960222" in clash.content.decode()
    browser.post(url("referral-item", referral, "carers", 1), mine | {"was": clash.context["was"]})
    referral.refresh_from_db()
    assert [p["phone"] for p in referral.answers["carers"]["people"]] == ["01632 960222"]


def test_what_is_checked_is_what_is_sent(signed_in, world):
    referral, answers = draft(world), complete_answers()
    browser = signed_in("lead")
    opened = version(browser.get(url("referral-check", referral)))
    edit(Referral.objects.get(), by=world.senco, task="barriers", answers=answers["barriers"] | {"strengths": "Chess."})
    again = browser.post(url("referral-check", referral), {"version": opened})
    assert "A colleague changed this referral" in again.content.decode()
    referral.refresh_from_db()
    assert referral.stage == "draft"


def test_what_was_typed_is_shown_back_when_a_colleague_has_sent_it_meanwhile(signed_in, world):
    browser, referral = signed_in("lead"), sent_referral(world)
    late = browser.post(
        url("referral-task", referral, "asking"), {"hoped_outcome": "My careful words", "version": referral.version}
    )
    assert late.status_code == 409
    assert "My careful words" in late.content.decode()


# --- who may know that it exists -------------------------------------------------------------------------------------

ROUTES = [
    ("referral", ()),
    ("referral-check", ()),
    ("referral-sent", ()),
    ("referral-withdraw", ()),
    *[("referral-task", (task,)) for task in questions.TASKS],
    ("referral-item-new", ("carers",)),
    ("referral-item", ("carers", 1)),
    ("referral-item-remove", ("carers", 1)),
]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("route", "args"), ROUTES)
@pytest.mark.parametrize("who", ["other lead", "early help", "duty"])
def test_nobody_outside_the_school_learns_that_a_draft_exists(signed_in, world, who, route, args, method):
    referral = draft(world)
    browser = signed_in(who)
    missing = getattr(browser, method)(reverse(f"workspace:{route}", args=["R-222-2222", *args]))
    found = getattr(browser, method)(url(route, referral, *args))
    assert found.status_code == missing.status_code == 404
    assert referral.reference not in browser.get(reverse("workspace:referrals")).content.decode()


def test_the_council_reads_what_was_sent_and_changes_nothing(signed_in, world):
    browser, referral = signed_in("duty"), sent_referral(world)
    page = browser.get(url("referral", referral)).content.decode()
    assert "What the school sent" in page
    assert "Withdraw" not in page
    assert browser.post(url("referral-task", referral, "asking"), {}).status_code == 403
    assert browser.get(url("referral-withdraw", referral)).status_code == 403


# --- afterwards ------------------------------------------------------------------------------------------------------


def test_a_returned_referral_shows_what_is_needed_beside_each_task(signed_in, world):
    referral = sent_referral(world)
    return_(referral, by=world.duty, items={"voices": "Please ask Dad too."}, note="Thank you, nearly there.")
    browser, answers = signed_in("lead"), referral.answers
    page = browser.get(url("referral", referral)).content.decode()
    assert "More information needed" in page
    assert "Please ask Dad too." in page
    assert "Thank you, nearly there." in page
    assert "Please ask Dad too." in browser.get(url("referral-task", referral, "voices")).content.decode()
    assert "have not been changed since" in browser.get(url("referral-check", referral)).content.decode()
    mine = typed("voices", answers) | {"voice_words": "Dad says mornings too.", "version": referral.version}
    browser.post(url("referral-task", referral, "voices"), mine)
    assert "More information needed" not in browser.get(url("referral", referral)).content.decode()
    check = browser.get(url("referral-check", referral))
    assert browser.post(url("referral-check", referral), {"version": version(check)}).status_code == 302
    referral.refresh_from_db()
    assert referral.stage == "submitted"


def test_the_school_reads_the_decision_as_the_council_wrote_it(signed_in, world):
    declined, accepted = sent_referral(world, seed=1), sent_referral(world, seed=2)
    decline(declined, by=world.duty, reason="not_yet_tried", advice="Try a named adult for four weeks.")
    accept(accepted, by=world.duty, lead=world.officer.user, note="We will ring on Thursday.")
    browser = signed_in("lead")
    page = browser.get(url("referral", declined)).content.decode()
    assert "Universal support has not been tried yet" in page
    assert "Try a named adult for four weeks." in page
    page = browser.get(url("referral", accepted)).content.decode()
    assert "We will ring on Thursday." in page
    assert reverse("workspace:case", args=[accepted.case.reference]) in page


def test_a_referral_can_be_withdrawn_until_it_is_decided(signed_in, world):
    browser, referral = signed_in("lead"), sent_referral(world)
    assert "will see why" in browser.get(url("referral-withdraw", referral)).content.decode()
    browser.post(url("referral-withdraw", referral), {"reason": "The pupil has moved."})
    referral.refresh_from_db()
    assert referral.stage == "withdrawn"
    assert browser.post(url("referral-withdraw", referral), {}).url == url("referral", referral)


def test_a_school_that_has_never_referred_is_taught_in_three_lines(signed_in, world):
    page = signed_in("other lead").get(reverse("workspace:referrals")).content.decode()
    assert "no referrals yet" in page
    assert "Make a referral" in page


def test_the_list_is_for_schools_and_the_attendance_team(signed_in):
    assert signed_in("early help").get(reverse("workspace:referrals")).status_code == 403
    assert signed_in("trust lead").get(reverse("workspace:referrals")).status_code == 403


def test_the_list_says_whose_turn_it_is_and_by_when(signed_in, world):
    draft(world)
    sent = sent_referral(world, seed=1)
    page = signed_in("lead").get(reverse("workspace:referrals"), {"tab": "sent"}).content.decode()
    assert sent.reference in page
    assert "The attendance team, since today" in page
    assert f"{sent.due_on:%a} {sent.due_on.day} {sent.due_on:%b}" in page
    assert "Drafts (1)" in page


def test_older_referrals_are_a_page_further(signed_in, world):
    made = [draft(world, tasks=()) for _ in range(27)]
    first = signed_in("lead").get(reverse("workspace:referrals"))
    older = signed_in("lead").get(first.context["older"])
    shown = [row.referral.pk for page in (first, older) for row in page.context["listing"].rows]
    assert shown == [referral.pk for referral in reversed(made)]
    assert not older.context["older"]
    assert signed_in("lead").get(reverse("workspace:referrals"), {"after": "not a place"}).status_code == 200


def test_no_page_names_the_pupil_in_its_title(signed_in, world):
    referral = draft(world)
    browser = signed_in("lead")
    for route, args in ROUTES:
        if route == "referral-sent":
            continue
        page = browser.get(url(route, referral, *args)).content.decode()
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
        assert referral.child_last_name not in title


# --- cost ------------------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_however_long_it_is(signed_in, world, django_assert_max_num_queries):
    for seed in range(3):
        sent_referral(world, seed=seed)
    browser = signed_in("lead")
    with django_assert_max_num_queries(12) as few:
        browser.get(reverse("workspace:referrals"), {"tab": "sent"})
    counted = len(few)
    for seed in range(3, 9):
        sent_referral(world, seed=seed)
    with django_assert_max_num_queries(counted):
        browser.get(reverse("workspace:referrals"), {"tab": "sent"})


def test_a_page_costs_the_same_however_much_was_written(signed_in, world, django_assert_max_num_queries):
    referral = draft(world, tasks=("pupil",))
    browser = signed_in("lead")
    with django_assert_max_num_queries(14) as few:
        browser.get(url("referral", referral))
    counted = len(few)
    for _ in range(3):
        for task, answers in complete_answers().items():
            edit(referral, by=world.senco, task=task, answers=answers)
    with django_assert_max_num_queries(counted):
        browser.get(url("referral", referral))
