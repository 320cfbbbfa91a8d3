"""Raise a concern: the family's way from the start page to the receipt, in a plain browser without script."""

from __future__ import annotations

import datetime
import re
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import county
from portal.accounts import limits
from portal.accounts.membership import open_agency
from portal.accounts.models import User
from referrals.models import Concern
from referrals.models.intake import Risk
from referrals.questions import concern as questions
from referrals.web.concern.journey import ANSWERS, IDLE_SECONDS, RECEIPT

pytestmark = pytest.mark.django_db

OWN_WORDS = "Mornings are a battle. She says “I can’t”. 😟 مرحبا"


@pytest.fixture
def hillside():
    return open_agency(kind="school", name="Hillside High School", slug="hillside", town="Ledbury")


def page(name: str) -> str:
    return reverse("concern:step", args=[name])


def begin(client: Client):
    return client.get(page("before-you-start"))


def a_parents_answers(school) -> dict[str, dict]:
    """What a parent types on each screen, in order."""
    return {
        "before-you-start": {},
        "you": {"raiser_type": "parent"},
        "name": {"child_first_name": "Zoë-Mae", "child_last_name": "O’Brien", "child_known_as": "Zo"},
        "born": {"child_dob_day": "27", "child_dob_month": "3", "child_dob_year": "2014"},
        "school": {"school_search": "hillside", "school_id": str(school.pk)},
        "hard": {"concern_reasons": ["worry", "sleep"]},
        "how-much": {"attendance_now": "most"},
        "since-when": {"missing_since": "this_half_term"},
        "talked-to-school": {"told_school": "yes_not_helped", "school_response": "They sent a letter"},
        "your-words": {"own_words": OWN_WORDS},
        "what-would-help": {"hoped_for": ["talk", "plan"]},
        "help-now": {"send_status": "waiting", "support_now": ["gp_camhs"]},
        "about-you": {"raiser_name": "Alex O’Brien", "relationship": "parent_lives_with"},
        "contact": {"contact_channels": ["phone", "text"]},
        "number-to-call": {"phone": "01632 960 001"},
        "number-to-text": {"mobile": "07700 900 982"},
        "safe-contact": {
            "safe_to_call": "yes",
            "safe_to_voicemail": "no",
            "accepts_withheld": "not_sure",
            "safe_to_text": "no",
            "best_times": ["lunch"],
            "code_word": "Apple",
        },
        "support": {"language_needed": "english"},
        "sharing": {"share_with_school": "no"},
    }


def born(day: int, month: int, year: int) -> dict:
    return {"child_dob_day": day, "child_dob_month": month, "child_dob_year": year}


def walk(client: Client, answers: dict[str, dict]) -> list[str]:
    """Answer the screens in order, insisting that each leads to the next; the addresses that were seen."""
    begin(client)
    names, seen = list(answers), []
    for name, following in zip(names, [*names[1:], None], strict=True):
        response = client.post(page(name), answers[name])
        expected = page(following) if following else reverse("concern:check")
        assert response.status_code == 302, (name, response.context["form"].errors)
        assert response["Location"] == expected, name
        seen += [page(name), response["Location"]]
    return seen


def through(client: Client, answers: dict[str, dict], until: str) -> None:
    names = list(answers)
    begin(client)
    for name in names[: names.index(until)]:
        client.post(page(name), answers[name])


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def title(response) -> str:
    return re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)[1]


# --- the way a parent goes -------------------------------------------------------------------------------------------


def test_a_parent_answers_the_questions_checks_them_and_gets_a_reference_and_a_date(client, hillside):
    walk(client, a_parents_answers(hillside))
    check = client.get(reverse("concern:check"))
    assert OWN_WORDS in check.content.decode().replace("&#x27;", "'")
    for said in ("Zoë-Mae", "27 March 2014", "Hillside High School", "Worry or low mood", "Apple"):
        assert said in text(check)

    sent = client.post(reverse("concern:check"), follow=True)
    concern = Concern.objects.get()
    assert concern.reference in text(sent)
    assert concern.reference.startswith("C-")
    today = datetime.date.today()
    assert concern.due_on == county.calendar().add_school_days(today, 2)
    assert f"{concern.due_on:%A} {concern.due_on.day} {concern.due_on:%B %Y}" in text(sent)


def test_what_was_said_arrives_as_it_was_said(client, hillside):
    walk(client, a_parents_answers(hillside))
    client.post(reverse("concern:check"))
    concern = Concern.objects.get()
    assert concern.answers["own_words"] == OWN_WORDS
    assert concern.answers["child_dob"] == "2014-03-27"
    assert concern.answers["concern_reasons"] == ["worry", "sleep"]
    assert concern.school == hillside
    assert concern.source_protected, "she asked us not to tell the school who told us"
    assert (concern.child_first_name, concern.child_last_name) == ("Zoë-Mae", "O’Brien")
    assert "school_search" not in concern.answers


def test_a_channel_that_is_not_safe_is_blocked_and_not_just_noted(client, hillside):
    walk(client, a_parents_answers(hillside))
    client.post(reverse("concern:check"))
    answers = Concern.objects.get().answers
    rules = {rule.says: rule for rule in questions.contact_rules(answers)}
    assert rules["Call: 01632 960 001"].may
    assert rules["Do not text: they said that it is not safe"].warns
    assert not rules["Do not email or write: not what they chose"].may
    assert rules["Do not leave a voicemail"].warns
    carer = questions.carer_contact(answers)
    assert carer["safe_to_call"]
    assert not carer["safe_to_leave_message"]
    assert not carer["safe_to_text"]
    assert not carer["safe_to_write"]
    assert carer["safe_contact_detail"].endswith("Best times: Lunchtime. Code word: Apple")


def test_an_unsafe_email_address_is_not_carried_across_and_texts_go_only_to_their_own_number():
    answers = {
        "raiser_type": "parent",
        "contact_channels": ["phone", "text", "email", "letter"],
        "phone": "01632 960 001",
        "mobile": "07700 900 982",
        "email": "alex@example.org",
        "safe_to_call": "yes",
        "safe_to_voicemail": "yes",
        "safe_to_text": "yes",
        "safe_to_email": "no",
        "safe_to_write": "yes",
    }
    carer = questions.carer_contact(answers)
    assert carer["email"] == ""
    assert not carer["safe_to_text"]
    assert "Text 07700 900 982, not the number for calls" in carer["safe_contact_detail"]


def test_the_safe_contact_page_asks_only_about_the_ways_that_were_chosen(client, hillside):
    answers = a_parents_answers(hillside)
    answers["contact"] = {"contact_channels": ["email"]}
    answers["email-address"] = {"email": "alex@example.org"}
    begin(client)
    for name in [*list(answers)[: list(answers).index("number-to-call")], "email-address"]:
        client.post(page(name), answers[name])
    asked = client.get(page("safe-contact"))
    assert "Is it safe to email you?" in text(asked)
    assert "Is it safe to text you?" not in text(asked)
    assert "Is it safe to call" not in text(asked)


def test_back_leads_to_the_question_before(client, hillside):
    through(client, a_parents_answers(hillside), "hard")
    assert f'href="{page("school")}"' in client.get(page("hard")).content.decode()


def test_change_leads_back_to_the_check_page_with_the_rest_untouched(client, hillside):
    walk(client, a_parents_answers(hillside))
    check = client.get(reverse("concern:check")).content.decode()
    assert f"{page('how-much')}?return=check" in check
    response = client.post(page("how-much"), {"attendance_now": "odd_day", "return": "check"})
    assert response["Location"] == reverse("concern:check")
    assert "The odd day or lesson" in text(client.get(reverse("concern:check")))


def test_a_change_that_makes_another_question_necessary_asks_it_first(client, hillside):
    walk(client, a_parents_answers(hillside))
    response = client.post(page("contact"), {"contact_channels": ["phone", "letter"], "return": "check"})
    assert response["Location"] == f"{page('address')}?return=check"
    response = client.post(page("address"), {"address": "1 Invented Street\nLedbury", "return": "check"})
    assert response["Location"] == f"{page('safe-contact')}?return=check", "is it safe to write?"


def test_answers_of_a_branch_that_was_left_are_not_sent(client, hillside):
    walk(client, a_parents_answers(hillside))
    client.post(page("contact"), {"contact_channels": ["none"], "return": "check"})
    client.post(reverse("concern:check"))
    answers = Concern.objects.get().answers
    assert "mobile" not in answers
    assert "code_word" not in answers


# --- the other ways --------------------------------------------------------------------------------------------------


def test_a_young_person_is_asked_in_their_own_words_and_about_an_adult_they_trust(client, hillside):
    client.get(page("before-you-start"))
    client.post(page("you"), {"raiser_type": "young_person"})
    client.post(page("your-age"), {"yp_age_band": "11_to_15"})
    assert "What is your name?" in text(client.get(page("name")))
    empty = client.post(page("name"), {})
    assert "Enter your first name" in text(empty)
    answers = {"raiser_type": "young_person"}
    names = [step.name for step in questions.path(answers)]
    assert "trusted-adult" in names
    assert not {"about-you", "sharing-with-family"} & set(names)


def test_a_child_of_ten_or_under_may_fetch_an_adult_and_may_carry_on(client):
    begin(client)
    client.post(page("you"), {"raiser_type": "young_person"})
    response = client.post(page("your-age"), {"yp_age_band": "under_11"}, follow=True)
    assert "Childline" in text(response)
    assert client.post(page("your-age-note"))["Location"] == page("name")


def test_somebody_who_works_with_the_child_is_shown_the_way_to_a_referral_and_may_go_on(client):
    begin(client)
    response = client.post(page("you"), {"raiser_type": "works_with_child"}, follow=True)
    assert "Sign in to make a referral" in text(response)
    assert client.post(page("you-note"))["Location"] == page("name")


def test_a_third_party_skips_the_familys_questions_and_says_whether_the_family_may_know():
    names = [step.name for step in questions.path({"raiser_type": "family_or_friend"})]
    assert not {"talked-to-school", "what-would-help", "help-now", "sharing"} & set(names)
    assert "sharing-with-family" in names


def test_a_third_party_may_stay_anonymous_and_is_promised_no_reply(client, hillside):
    everything = a_parents_answers(hillside)
    answers = {name: everything[name] for name in ("name", "born", "school", "hard", "how-much", "since-when")}
    walk(
        client,
        {"before-you-start": {}, "you": {"raiser_type": "family_or_friend"}}
        | answers
        | {
            "your-words": {},
            "about-you": {"anonymous": "on"},
            "sharing-with-family": {"share_with_family": "no"},
        },
    )
    sent = client.post(reverse("concern:check"), follow=True)
    assert "We will not contact you." in text(sent)
    assert "in the way you chose" not in text(sent)


def test_without_a_school_place_the_school_is_not_asked_about_and_the_concern_is_of_higher_risk(client, hillside):
    answers = a_parents_answers(hillside) | {"school": {"school_id": "none"}}
    del answers["talked-to-school"], answers["sharing"]
    walk(client, answers)
    client.post(reverse("concern:check"))
    concern = Concern.objects.get()
    assert concern.risk == Risk.HIGH
    assert concern.school is None


def test_a_child_outside_school_age_gets_advice_and_may_continue(client, hillside):
    through(client, a_parents_answers(hillside), "born")
    response = client.post(
        page("born"),
        {"child_dob_day": "1", "child_dob_month": "1", "child_dob_year": str(datetime.date.today().year - 2)},
    )
    assert response["Location"] == page("born-note")
    assert client.post(page("born-note"))["Location"] == page("school")


# --- the school ------------------------------------------------------------------------------------------------------


def test_a_school_is_found_by_its_name_or_town_and_nothing_of_it_is_in_the_address(client, hillside):
    open_agency(kind="school", name="Riverside Primary", slug="riverside", town="Ross")
    through(client, a_parents_answers(hillside), "school")
    response = client.post(page("school"), {"school_search": "ledbury high", "find": "yes"}, follow=True)
    assert response.request["QUERY_STRING"] == ""
    assert "Hillside High School" in text(response)
    assert "Riverside" not in text(response)
    assert "1 school found" in text(response)


def test_continue_with_words_to_look_for_looks_for_them(client, hillside):
    through(client, a_parents_answers(hillside), "school")
    response = client.post(page("school"), {"school_search": "hillside"}, follow=True)
    assert "Hillside High School" in text(response)


def test_a_school_that_is_not_in_the_list_is_named(client, hillside):
    through(client, a_parents_answers(hillside), "school")
    response = client.post(page("school"), {"school_id": "other"})
    assert "Enter the name of the school" in text(response)
    response = client.post(page("school"), {"school_id": "other", "school_other": "St. Nobody’s, Elsewhere"})
    assert response["Location"] == page("hard")


def test_an_agency_that_is_no_school_cannot_be_chosen(client, hillside):
    other = open_agency(kind="la_sen", name="SEN", slug="sen")
    through(client, a_parents_answers(hillside), "school")
    response = client.post(page("school"), {"school_id": str(other.pk)})
    assert "Enter a school, or select that they do not have one" in text(response)


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("you", {}, "Select who you are"),
        ("you", {"raiser_type": "queen"}, "Select who you are"),
        ("name", {}, "Enter the child’s first name"),
        ("name", {"child_first_name": "x" * 81, "child_last_name": "B"}, "First name must be 80 characters or fewer"),
        ("name", {"child_first_name": "\x00", "child_last_name": "B"}, "Enter the child’s first name"),
        ("born", {}, "Enter the child’s date of birth"),
        ("born", {"child_dob_day": "27", "child_dob_year": "2014"}, "Date of birth must include a month"),
        ("born", born(31, 2, 2014), "Date of birth must be a real date"),
        ("born", born(1, 1, 2190), "Date of birth must be in the past"),
        ("school", {}, "Enter a school, or select that they do not have one"),
        ("hard", {}, "Select what is making school hard, or select ‘I do not know’"),
        (
            "hard",
            {"concern_reasons": ["worry", "not_known"]},
            "Select what is making school hard, or select ‘I do not know’",
        ),
        ("how-much", {}, "Select how much school they are missing"),
        ("talked-to-school", {}, "Select whether you have talked to the school"),
        ("your-words", {"own_words": "x" * 1001}, "What you tell us must be 1,000 characters or fewer"),
        ("about-you", {"relationship": "carer"}, "Enter your full name"),
        ("about-you", {"raiser_name": "A"}, "Select your relationship to the child"),
        ("contact", {}, "Select how we should contact you"),
        ("number-to-call", {"phone": "12"}, "Enter a phone number, like 01632 960 001"),
        ("number-to-text", {"mobile": ""}, "Enter a phone number, like 01632 960 001"),
        ("safe-contact", {"safe_to_voicemail": "no"}, "Select whether it is safe to call this number"),
        ("support", {}, "Select whether you need support to talk to us"),
        ("support", {"language_needed": "interpreter"}, "Enter the language you need"),
        ("sharing", {}, "Select whether we can talk to the school"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_in_the_summary(client, hillside, name, typed, sentence):
    through(client, a_parents_answers(hillside), name)
    response = client.post(page(name), typed)
    assert response.status_code == 200
    assert title(response).startswith("Error: ")
    assert text(response).count(sentence) == 2


def test_everything_typed_is_still_there_after_an_error(client, hillside):
    through(client, a_parents_answers(hillside), "name")
    body = client.post(page("name"), {"child_first_name": 'Zoë "<b>"', "child_known_as": "Zo"}).content.decode()
    assert "Zoë &quot;&lt;b&gt;&quot;" in body
    assert 'value="Zo"' in body


def test_a_ten_megabyte_paste_gets_a_sentence_and_is_not_kept(client, hillside):
    through(client, a_parents_answers(hillside), "your-words")
    response = client.post(page("your-words"), {"own_words": "x" * 10_000_000})
    assert "What you tell us must be 1,000 characters or fewer" in text(response)
    assert "own_words" not in client.session[ANSWERS]["answers"]


def test_nobody_skips_a_question_by_its_address(client, hillside):
    through(client, a_parents_answers(hillside), "hard")
    assert client.get(page("sharing"))["Location"] == page("hard")
    assert client.get(reverse("concern:check"))["Location"] == page("hard")
    assert client.post(reverse("concern:check"))["Location"] == page("hard")
    assert not Concern.objects.exists()


def test_a_question_that_there_is_not_is_not_found(client):
    begin(client)
    assert client.get(page("nonsense")).status_code == 404


# --- sent once, and kept private -------------------------------------------------------------------------------------


def test_sent_twice_by_a_double_click_it_is_one_concern_and_both_see_the_receipt(client, hillside):
    walk(client, a_parents_answers(hillside))
    loaded = client.session[ANSWERS]
    first = client.post(reverse("concern:check"), follow=True)
    # The second press was on its way with the same session before the first had finished.
    session = client.session
    session[ANSWERS] = loaded
    session.save()
    second = client.post(reverse("concern:check"), follow=True)
    concern = Concern.objects.get()
    assert concern.reference in text(first)
    assert concern.reference in text(second)


def test_pressed_again_later_it_shows_the_first_receipt(client, hillside):
    walk(client, a_parents_answers(hillside))
    client.post(reverse("concern:check"))
    response = client.post(reverse("concern:check"), follow=True)
    assert Concern.objects.get().reference in text(response)


def test_the_receipt_is_for_the_session_that_sent_it(client, hillside):
    walk(client, a_parents_answers(hillside))
    client.post(reverse("concern:check"))
    stranger = Client().get(reverse("concern:sent"))
    assert stranger.status_code == 410
    assert Concern.objects.get().reference not in text(stranger)


def test_after_an_hour_the_answers_are_gone_and_the_page_says_so(client, hillside):
    through(client, a_parents_answers(hillside), "hard")
    session = client.session
    session[ANSWERS] = session[ANSWERS] | {"touched": int(time.time()) - IDLE_SECONDS - 1}
    session.save()
    response = client.post(page("hard"), {"concern_reasons": ["worry"]})
    assert response.status_code == 410
    assert "Your answers were removed to keep them private" in text(response)
    assert "Start again" in text(response)
    assert ANSWERS not in client.session


def test_a_form_from_a_page_whose_session_is_gone_is_answered_kindly(client):
    response = client.post(page("name"), {"child_first_name": "Zo"})
    assert response.status_code == 410
    assert "Your answers were removed to keep them private" in text(response)


def test_exit_forgets_the_answers_first_and_leaves_for_a_neutral_site(client, hillside):
    through(client, a_parents_answers(hillside), "hard")
    response = client.get(reverse("concern:exit"))
    assert response["Location"] == settings.COUNTY["exit_to"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert ANSWERS not in client.session
    assert client.get(page("hard"))["Location"] == reverse("concern:start")


def test_start_again_removes_the_answers(client, hillside):
    through(client, a_parents_answers(hillside), "hard")
    assert "Remove my answers and start again" in text(client.get(reverse("concern:start")))
    client.post(reverse("concern:start"))
    assert client.session[ANSWERS]["answers"] == {}


def test_no_answer_is_in_an_address_or_a_title_and_no_page_is_kept(client, hillside):
    answers = a_parents_answers(hillside)
    seen = walk(client, answers)
    words = ("Zo", "O’Brien", "Hillside", "2014", "Alex", "07700", "01632", "Apple")
    for address in {*seen, reverse("concern:check")}:
        response = client.get(address)
        assert response["Cache-Control"] == "no-store"
        assert not [word for word in words if word in address or word in title(response)]


def test_the_log_says_nothing_of_what_was_said(client, hillside, caplog):
    walk(client, a_parents_answers(hillside))
    client.post(reverse("concern:check"))
    assert not [word for word in ("O’Brien", "Zoë", "960 001", "battle") if word in caplog.text]


def test_every_page_has_a_way_out_and_a_way_back(client, hillside):
    for address in walk(client, a_parents_answers(hillside)):
        body = client.get(address).content.decode()
        assert reverse("concern:exit") in body
        assert "back-link" in body


# --- what is kept, and how much is taken -----------------------------------------------------------------------------


def test_the_receipt_is_gone_an_hour_later(client, hillside):
    walk(client, a_parents_answers(hillside))
    client.post(reverse("concern:check"))
    session = client.session
    session[RECEIPT] = session[RECEIPT] | {"touched": int(time.time()) - IDLE_SECONDS - 1}
    session.save()
    late = client.get(reverse("concern:sent"))
    assert late.status_code == 410
    assert Concern.objects.get().reference not in text(late)


def test_answers_that_are_left_lying_are_swept_away_after_an_hour(client, hillside):
    through(client, a_parents_answers(hillside), "hard")
    row = Session.objects.get()
    assert row.expire_date <= timezone.now() + datetime.timedelta(seconds=IDLE_SECONDS)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == "", "and closing the window ends them at once"
    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    call_command("clearsessions")
    assert not Session.objects.exists()


def test_somebody_who_is_signed_in_stays_so(client, hillside):
    client.force_login(User.objects.create_user("ann@council.example.org", name="Ann Jones"))
    through(client, a_parents_answers(hillside), "hard")
    assert Session.objects.get().expire_date > timezone.now() + datetime.timedelta(minutes=25)  # of 30 without a touch


def test_very_many_from_one_place_wait_calmly_with_their_answers(client, hillside):
    for _ in range(limits.CONCERN.failures - 1):
        assert limits.fail(limits.CONCERN, "127.0.0.1")
    walk(client, a_parents_answers(hillside))
    assert client.post(reverse("concern:check")).status_code == 302
    other = Client()
    walk(other, a_parents_answers(hillside))
    cache.clear()  # as another process sees it, or a Redis that began anew
    asked_to_wait = other.post(reverse("concern:check"))
    assert asked_to_wait.status_code == 429
    assert "Nothing you told us is lost" in text(asked_to_wait)
    assert "Zoë-Mae" in text(other.get(reverse("concern:check")))
    limits.forget(limits.CONCERN, "127.0.0.1")  # an hour later
    assert other.post(reverse("concern:check")).status_code == 302
    assert Concern.objects.count() == 2


@pytest.mark.django_db
def test_what_is_sent_from_a_page_an_hour_old_can_still_be_copied(client):
    page = client.post("/raise-a-concern/your-words/", {"own_words": "She cries every morning."})
    assert page.status_code == 410
    assert "She cries every morning." in page.content.decode()
    assert "Nothing has been sent" in page.content.decode()
