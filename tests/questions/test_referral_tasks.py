"""What each task of a referral accepts, and in which words it refuses."""

from __future__ import annotations

import copy

import pytest

from referrals.questions import referral as questions
from referrals.questions.strength import strength
from tests.questions.samples import complete_answers

AGE = "Enter a date of birth that makes the pupil of compulsory school age, or select the reason this does not apply"
VOICE = "Tell us the child's views, or why you could not get them and when you will try"
NO_MEETING = "Add at least one meeting with the family, or tell us why there has not been one"

# task, what is changed, field, the sentence
REFUSED = [
    ("pupil", {"upn": ""}, "upn", "Enter the pupil's UPN"),
    ("pupil", {"upn": "A12"}, "upn", "UPN must be 13 characters, like A123456789012"),
    (
        "pupil",
        {"upn": "A999900020001"},
        "upn",
        "The first letter of this UPN does not fit its numbers. Check it against your register",
    ),
    ("pupil", {"date_of_birth": "2090-01-01"}, "date_of_birth", "Date of birth must be in the past"),
    ("pupil", {"date_of_birth": "1990-01-01"}, "date_of_birth", AGE),
    ("pupil", {"circumstances": []}, "circumstances", "Select any that apply, or select ‘None of these’"),
    ("pupil", {"circumstances": ["cp", "none"]}, "circumstances", "Select any that apply, or select ‘None of these’"),
    ("pupil", {"sen_status": "gone"}, "sen_status", "Select the pupil's SEN status"),
    ("pupil", {"sen_status": ""}, "sen_status", "Select the pupil's SEN status"),
    ("carers", {"people": []}, "people", "Add at least one parent or carer"),
    ("attendance", {"marks": ""}, "marks", "Paste the pupil's marks"),
    (
        "attendance",
        {"marks": "/ \\ / N"},
        "marks",
        "We could not find dates in column A. Paste the dates as well as the marks",
    ),
    ("attendance", {"data_accurate": False}, "data_accurate", "Confirm that the marks match your register"),
    (
        "barriers",
        {"barriers": []},
        "barriers",
        "Select what is getting in the way, or select ‘We do not know yet’",
    ),
    ("barriers", {"strengths": ""}, "strengths", "Tell us what is going well for the child"),
    ("voices", {"voice_words": ""}, "voice_words", VOICE),
    ("voices", {"voice_method": "not_yet"}, "voice_reason", VOICE),
    ("risk", {"family_told": ""}, "family_told", "Select whether you have told the family"),
    (
        "risk",
        {"family_told": "no", "not_told_reason": "at_risk"},
        "agreed_by",
        "Enter who agreed that the family should not be told",
    ),
    ("risk", {"risks": []}, "risks", "Select any risks, or select ‘None known’"),
    ("risk", {"risks": ["neglect", "none"]}, "risks", "Select any risks, or select ‘None known’"),
    ("risk", {"last_seen_by": ""}, "last_seen_by", "Enter when the child was last seen and by whom"),
    ("asking", {"asks": []}, "asks", "Select what you are asking for"),
    ("asking", {"school_will_continue": ""}, "school_will_continue", "Tell us what the school will keep doing"),
]


@pytest.mark.parametrize("seed", range(20))
def test_the_sample_is_complete(seed):
    assert questions.missing(complete_answers(seed)) == {}


def test_a_new_draft_misses_every_task():
    assert set(questions.missing({})) == set(questions.TASKS)


@pytest.mark.parametrize(("task", "change", "field", "sentence"), REFUSED)
def test_a_wrong_answer_is_refused_in_its_own_words(task, change, field, sentence):
    answers = complete_answers(1)
    judged = questions.judge(task, {**answers[task], **change}, answers)
    assert judged.sentences.get(field) == sentence
    assert task in questions.missing({**answers, task: {**answers[task], **change}})


@pytest.mark.parametrize("task", list(questions.TASKS))
def test_judging_stored_answers_again_changes_nothing(task):
    answers = complete_answers(2)
    once = questions.judge(task, answers[task], answers).answers()
    assert questions.judge(task, once, answers).answers() == once
    assert {key: once[key] for key in answers[task] if key != "marks"} == {
        key: value for key, value in answers[task].items() if key != "marks"
    }


@pytest.mark.parametrize("task", list(questions.TASKS))
@pytest.mark.parametrize(
    "rubbish", [None, 1, "text", [1], {"people": "x", "tried": [3, {"a": [1]}], "marks": {"a": 1}}]
)
def test_rubbish_is_refused_and_never_crashes(task, rubbish):
    assert not questions.judge(task, rubbish, {"carers": rubbish, "attendance": rubbish}).is_valid()


def test_judging_leaves_what_it_was_given_alone():
    answers = complete_answers(3)
    before = copy.deepcopy(answers)
    questions.missing(answers)
    questions.summary(answers)
    assert answers == before


def test_there_must_be_a_meeting_or_a_reason():
    tried = [item for item in complete_answers()["support"]["tried"] if item["support_type"] != "meeting"]
    assert questions.judge("support", {"tried": tried}).sentences == {"no_meeting_reason": NO_MEETING}
    excused = {"tried": tried, "no_meeting_reason": "Nobody has answered three letters."}
    assert questions.judge("support", excused).is_valid()


def test_unsafe_contact_must_be_explained():
    carer = complete_answers()["carers"]["people"][0] | {"safe_contact": "concerns"}
    assert questions.judge("carers", {"people": [carer]}).sentences == {"people": "Tell us what makes contact unsafe"}


def test_every_parent_has_a_voice_or_was_not_reached():
    answers = complete_answers()
    answers["carers"]["people"].append({**answers["carers"]["people"][0], "name": "Rob Larkin"})
    assert questions.missing(answers)["voices"].endswith("Enter Rob Larkin's views, or select ‘Not reached’")
    answers["voices"]["parents"].append({"name": "Rob Larkin", "view_words": "", "not_reached": True})
    assert questions.missing(answers) == {}


def test_last_seen_is_needed_when_the_marks_say_nobody_has_seen_the_child():
    answers = complete_answers()
    marks = answers["attendance"]["marks"].replace("/", "O").replace("\\", "O").replace("L", "O").replace("V", "O")
    answers["attendance"]["marks"] = marks
    answers["risk"] |= {"last_seen": "", "last_seen_by": ""}
    assert questions.missing(answers) == {
        "risk": "Risk and telling the family: Enter when the child was last seen and by whom"
    }


def test_strength_is_a_list_of_reasons_and_never_blocks():
    answers = complete_answers()
    assert strength(answers).word == "Good, 1 thing would help"
    answers["support"]["tried"].append({**answers["support"]["tried"][2], "support_type": "named_adult"})
    assert strength(answers).word == "Strong"
    assert strength({}).word == "0 of 8 so far"
    assert all(line.why for line in strength({}).lines)
