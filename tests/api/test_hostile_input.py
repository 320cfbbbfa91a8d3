"""Whatever a program sends, it gets a problem that says what is wrong: never a crash, on no database."""

import json

import pytest

from portal.demo.answers import referral_answers
from referrals.actions.referral.start import start
from tests import worlds

from .test_promises import is_problem


@pytest.fixture
def sent(api):
    """`sent("duty", address, text)`: this text as a JSON body; a crash is a 500, not an exception of the test."""

    def post(name: str, address: str, text: str):
        client = api(name)
        client.raise_request_exception = False
        return client.generic("POST", address, text, content_type="application/json")

    return post


def test_text_no_database_keeps_is_refused_wherever_it_stands(sent, world):
    case, concern = worlds.opened_case(world, seed=7), worlds.received_concern(None, 8)
    referral = worlds.sent_referral(world, seed=8)
    for bad in (r"\u0000", r"\ud800"):
        for address, text in (
            (f"cases/{case.reference}/notes", rf'{{"body":"x","visibility":"named","people":["a@{bad}b"]}}'),
            (f"cases/{case.reference}/invite", rf'{{"agency":"{bad}","purpose":"x"}}'),
            (f"concerns/{concern.reference}/contact", rf'{{"outcome":"{bad}"}}'),
            (f"referrals/{referral.reference}/return", rf'{{"items":{{"{bad}":"x"}}}}'),
        ):
            is_problem(sent("duty", f"/api/v1/{address}/", text), 400)
        is_problem(sent("duty", "/api/v1/token/", rf'{{"email":"a@{bad}.org","password":"x"}}'), 400)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"outcome":' + "[" * 900 + "]" * 900 + "}", '{"outcome":' + "[" * 60 + "]" * 60 + "}"]
)
def test_json_nested_without_end_is_refused(sent, world, text):
    concern = worlds.received_concern(None, 8)
    is_problem(sent("duty", f"/api/v1/concerns/{concern.reference}/contact/", text), 400)


@pytest.mark.parametrize("bad", [{"x": 1}, [{"x": [1]}], [["a"]], ["a"], 10**30, 1.5, True, "\ud800", "a\u0000"])
def test_an_answer_of_the_wrong_shape_never_crashes_and_is_never_kept_as_text(sent, api, world, bad):
    draft = start(by=world.people["lead"])
    address = f"/api/v1/referrals/{draft.reference}/"
    for task, answers in referral_answers(3).items():
        for name in answers:
            body = json.dumps({"task": task, "answers": {**answers, name: bad}})
            answer = sent("lead", f"{address}edit/", body)
            assert answer.status_code < 500, (task, name)
            assert api("lead").get(address).status_code == 200, (task, name)
            draft.refresh_from_db()
            assert "{'x'" not in json.dumps(draft.answers), (task, name)


def test_the_wrong_shape_is_said_beside_its_field(sent, world):
    draft = start(by=world.people["lead"])
    answers = {**referral_answers(3)["attendance"], "part_time_timetable": {"a": 1}}
    body = json.dumps({"task": "attendance", "answers": answers})
    errors = is_problem(sent("lead", f"/api/v1/referrals/{draft.reference}/edit/", body), 400)["errors"]
    assert errors["attendance.part_time_timetable"] == "Give one answer here, not a list or an object"


@pytest.mark.parametrize(
    "query", ["limit=" + "1" * 5000, "cursor=" + "A" * 5000, "cursor=MjAyNi0wMS0wMXwz", "cursor=%ff", "cursor=é"]
)
def test_a_page_that_cannot_be_is_a_problem(api, world, query):
    for noun in ("concerns", "referrals", "cases"):
        is_problem(api("duty").get(f"/api/v1/{noun}/?{query}"), 400)


def test_an_event_number_beyond_all_is_a_problem(api, world):
    case = worlds.opened_case(world)
    is_problem(api("duty").get(f"/api/v1/cases/{case.reference}/events/?after={'1' * 5000}"), 400)


def test_a_form_is_not_taken_for_an_empty_body(client, world):
    client.force_login(world.lead.user)
    is_problem(client.post("/api/v1/referrals/", {"a": "b"}, headers={"Idempotency-Key": "k"}), 415)
    is_problem(client.post("/api/v1/referrals/", {"a": "b"}), 415)


def test_an_answer_can_be_written_whatever_it_repeats():
    from referrals.api.rendering import JSONRenderer

    assert json.loads(JSONRenderer().render({"errors": {"\ud800": "no \udfff", "n": 10**30}}))["errors"]["n"] == 10**30
