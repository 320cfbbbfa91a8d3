"""Whatever is typed, pasted or sent: the sentence is beside its field and in the summary, and nothing typed is lost."""

from __future__ import annotations

import html
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from referrals.actions.referral.start import start
from referrals.questions.attendance import read_paste
from tests.questions.samples import complete_answers
from tests.web.referral_journey import typed
from tests.worlds import staffed

pytestmark = pytest.mark.django_db

TYPED = {
    "first_name": "Zoë <b>Maya</b>",
    "last_name": "O’Brien",
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "2013",
    "year_group": "Year 9",
    "sen_status": "none",
    "circumstances": ["none"],
    "upn": "Z999900020003",
}

PUPIL = {
    "a wrong check letter": (
        {"upn": "A999900020003"},
        "The first letter of this UPN does not fit its numbers. Check it against your register",
    ),
    "a UPN cut short": ({"upn": "Z9999"}, "UPN must be 13 characters, like A123456789012"),
    "a birth date in the future": ({"date_of_birth_year": "2090"}, "Date of birth must be in the past"),
    "a birth date that is no date": ({"date_of_birth_month": "13"}, "Date of birth must be a real date"),
    "half a birth date": ({"date_of_birth_month": ""}, "Date of birth must include a month"),
    "a name as long as a book": ({"first_name": "x" * 5000}, "The pupil's first name must be 80 characters or fewer"),
    "nothing chosen": ({"circumstances": []}, "Select any that apply, or select ‘None of these’"),
    "a choice that is not offered": ({"sen_status": "'; --"}, "Select the pupil's SEN status"),
    "control characters": ({"upn": "Z9\x00\x01"}, "UPN must be 13 characters, like A123456789012"),
}

MARKS = {
    "a code that went": (
        "07/09/2026, AM, /\n07/09/2026, PM, J",
        "Row 2 has a code we do not know: ‘J’. Codes changed in August 2024. Choose J1, or another code",
    ),
    "no dates": (
        "/ \\ / \\ N N",
        "We could not find dates in column A. Paste the dates as well as the marks",
    ),
    "dates to come": ("01/09/2090, AM, /", "Row 1 has a date in the future: Friday 1 September 2090. Check the date"),
    "nothing": ("", "Paste the pupil's marks"),
    "ten megabytes": (
        "07/09/2026, AM, /\n" * 560_000,
        "The marks must be 500,000 characters or fewer. Paste the marks of one pupil only",
    ),
}


@pytest.fixture
def world():
    return staffed()


@pytest.fixture
def referral(world):
    return start(by=world.lead)


@pytest.fixture
def browser(client, world):
    client.force_login(world.lead.user)
    return client


def url(referral, task: str) -> str:
    return reverse("workspace:referral-task", args=[referral.reference, task])


def said_twice(response, sentence: str) -> bool:
    """In the summary and beside the field."""
    return html.unescape(response.content.decode()).count(sentence) == 2


@pytest.mark.parametrize("what", PUPIL)
def test_a_wrong_answer_is_explained_and_nothing_typed_is_lost(browser, referral, what):
    change, sentence = PUPIL[what]
    response = browser.post(url(referral, "pupil"), TYPED | change)
    page = response.content.decode()
    assert response.status_code == 200
    assert said_twice(response, sentence)
    assert "<title>Error: " in page.replace("\n", "")
    assert "O’Brien" in html.unescape(page)
    assert "<b>Maya</b>" not in page
    referral.refresh_from_db()
    assert "pupil" not in referral.answers


@pytest.mark.parametrize("action", ["check", ""])
@pytest.mark.parametrize("what", MARKS)
def test_marks_that_cannot_be_read_are_explained_and_stay_in_the_box(browser, referral, what, action):
    text, sentence = MARKS[what]
    began = time.monotonic()
    response = browser.post(
        url(referral, "attendance"), {"marks": text, "action": action, "part_time_detail": "Since June"}
    )
    assert response.status_code == 200
    assert said_twice(response, sentence)
    assert text.strip()[:200] in html.unescape(response.content.decode())
    assert "Since June" in response.content.decode()
    assert time.monotonic() - began < 20
    referral.refresh_from_db()
    assert "attendance" not in referral.answers


def test_marks_are_shown_at_once_before_anything_is_saved(browser, referral):
    text = complete_answers()["attendance"]["marks"]
    response = browser.post(url(referral, "attendance"), {"marks": text, "action": "check"})
    page = html.unescape(response.content.decode())
    assert read_paste(text).sentence in page
    assert "possible sessions" in page
    assert "register-calendar" in page
    assert "The fine threshold is 10" in page
    assert "There is a problem" not in page
    referral.refresh_from_db()
    assert "attendance" not in referral.answers


def test_marks_that_are_partly_wrong_show_what_could_be_read(browser, referral):
    text = "07/09/2026  / \\ / N / \\ I I / \\\n14/09/2026  / \\ / ? / \\ I I / \\"
    page = html.unescape(browser.post(url(referral, "attendance"), {"marks": text, "action": "check"}).content.decode())
    assert "Row 2 has a code we do not know: ‘?’" in page
    assert "Not all of the rows could be read." in page
    assert "We read 19 sessions from 7 September to 18 September." in page


def test_marks_of_too_few_weeks_need_a_reason(browser, referral):
    fields = typed("attendance", complete_answers())
    few = fields | {"marks": fields["marks"].splitlines()[-1]}
    response = browser.post(url(referral, "attendance"), few)
    assert "Marks must cover at least the last 6 school weeks, or explain why not" in response.content.decode()
    saved = browser.post(url(referral, "attendance"), few | {"marks_short_reason": "New to the school."})
    assert saved.status_code == 302


@pytest.mark.parametrize("task", ["attendance", "pupil", "barriers"])
def test_a_file_where_text_belongs(browser, referral, task):
    field = {"attendance": "marks", "pupil": "first_name", "barriers": "strengths"}[task]
    sentence = {
        "attendance": "Paste the marks as text. This box cannot read a file",
        "pupil": "Enter the pupil's first name",
        "barriers": "Tell us what is going well for the child",
    }[task]
    file = SimpleUploadedFile("marks.xlsx", b"PK\x03\x04\x00\xff" * 1000)
    response = browser.post(url(referral, task), {field: file, "last_name": "Kept"})
    assert response.status_code == 200
    assert said_twice(response, sentence)


def test_a_binary_paste_is_only_text_that_cannot_be_read(browser, referral):
    response = browser.post(url(referral, "attendance"), {"marks": "PK\x03\x04\ufffd\u202e" * 100})
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()


def test_a_version_that_is_nonsense_is_older_than_everything(browser, referral):
    answers = complete_answers()
    for nonsense in ("", "-1", "abc", "9" * 40):
        first = browser.post(url(referral, "asking"), typed("asking", answers) | {"version": nonsense})
        assert first.status_code == 302
    other = typed("asking", answers) | {"hoped_outcome": "Something else", "version": "nonsense"}
    assert browser.post(url(referral, "asking"), other).status_code == 409


@pytest.mark.parametrize("path", ["nothing/", "pupil/new/", "carers/0/", "carers/7/", "carers/7/remove/"])
def test_an_address_that_leads_nowhere_is_not_found(browser, referral, path):
    assert browser.get(f"/workspace/referrals/{referral.reference}/{path}").status_code == 404
