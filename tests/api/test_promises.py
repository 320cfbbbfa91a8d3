"""What every operation promises: sign in, 404 for what is invisible, problems that say what to do, once per key."""

import json

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from portal.demo.answers import referral_answers
from referrals.models import Case, IdempotencyKey, Note, Referral
from tests import worlds


def is_problem(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize("name", ["concerns", "referrals", "cases"])
def test_nobody_gets_in_without_signing_in(db, name):
    is_problem(APIClient().get(f"/api/v1/{name}/"), 401)


def test_a_person_without_a_membership_is_turned_away(api, world):
    client = api("early help")
    world.people["early help"].membership.delete()
    is_problem(client.get("/api/v1/cases/"), 403)


def test_each_list_holds_what_its_reader_may_see_and_no_more(api, db, world):
    from django.utils import timezone

    worlds.received_concern(world.agencies["Hillside"])
    worlds.sent_referral(world, seed=2)
    worlds.sent_referral(world, by="other lead", seed=3)
    case = worlds.opened_case(world, seed=4, joined=("early help",))
    counts = {
        name: tuple(
            len(api(name).get(f"/api/v1/{noun}/").json()["results"]) for noun in ("concerns", "referrals", "cases")
        )
        for name in ("duty", "lead", "other lead", "early help", "sen", "editor", "dpo")
    }
    assert counts == {
        "duty": (1, 3, 1),
        "lead": (0, 2, 1),
        "other lead": (0, 1, 0),
        "early help": (0, 0, 1),
        "sen": (0, 0, 0),
        "editor": (0, 0, 0),
        "dpo": (0, 0, 0),
    }
    row = api("duty").get("/api/v1/cases/").json()["results"][0]
    assert {"reference", "url", "stage", "allowed_actions"} <= set(row)
    assert row["reference"] == case.reference
    assert api("duty").get(row["url"]).json()["reference"] == case.reference
    assert timezone.now()


def test_invisible_is_not_found_and_looks_like_nothing(api, world):
    case = worlds.opened_case(world)
    referral = Referral.objects.get(case=case)
    concern = worlds.received_concern()
    stranger = api("other lead")
    absent = is_problem(stranger.get("/api/v1/cases/A-222-2222/"), 404)
    for thing in (case, referral, concern):
        url = reverse(f"api:{thing.NOUN}", args=[thing.reference])
        assert is_problem(stranger.get(url), 404) == absent
    for verb in ("add_note", "close", "invite", "join"):
        body = {"body": "x", "agency": "sen", "purpose": "x", "outcome": "better", "what_helped": "x"}
        assert is_problem(stranger.post(f"/api/v1/cases/{case.reference}/{verb}/", body, format="json"), 404) == absent
    assert not Note.objects.exists()


def test_visible_but_not_allowed_is_said_in_a_sentence(api, world):
    referral = worlds.sent_referral(world)
    url = f"/api/v1/referrals/{referral.reference}/accept/"
    body = is_problem(api("lead").post(url, {"lead": world.officer.user.email}, format="json"), 403)
    assert "cannot accept" in body["detail"]


def test_the_wrong_stage_is_refused(api, world):
    referral = worlds.sent_referral(world)
    url = f"/api/v1/referrals/{referral.reference}/"
    decision = {"reason": "duplicate", "advice": "See the other one."}
    assert api("duty").post(f"{url}decline/", decision, format="json").status_code == 200
    is_problem(api("duty").post(f"{url}decline/", decision, format="json"), 403)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "body"),
        ({"body": ""}, "body"),
        ({"body": "x" * 4001}, "body"),
        ({"body": "x", "visibility": "everybody"}, "visibility"),
        ({"body": "x", "visibility": "named"}, "people"),
        ({"body": "x", "visibility": "named", "people": ["nobody@example.org"]}, "people"),
        ({"body": "x", "visibility": "named", "people": ["other.lead@riverside.example.org"]}, "people"),
        ({"body": "x", "occurred_on": "2999-01-01"}, "occurred_on"),
        ({"body": ["a list"]}, "body"),
    ],
)
def test_bad_notes_say_which_field(api, world, sent, field):
    case = worlds.opened_case(world)
    body = is_problem(api("officer").post(f"/api/v1/cases/{case.reference}/notes/", sent, format="json"), 400)
    assert field in body["errors"]
    assert not Note.objects.exists()


def test_bad_answers_of_a_referral_say_which_field(api, world):
    answers = referral_answers(1)
    answers["pupil"]["upn"] = "A999999926001"
    body = is_problem(api("lead").post("/api/v1/referrals/", {"answers": answers}, format="json"), 400)
    assert "pupil.upn" in body["errors"]
    assert not Referral.objects.exists(), "a draft that was not asked for in full is not left behind"
    is_problem(api("lead").post("/api/v1/referrals/", {"answers": {"nonsense": {}}}, format="json"), 400)


def test_garbage_is_a_problem_and_never_a_crash(api, world):
    case = worlds.opened_case(world)
    client = api("officer")
    url = f"/api/v1/cases/{case.reference}/notes/"
    is_problem(client.post(url, "{not json", content_type="application/json"), 400)
    is_problem(client.post(url, "a=b", content_type="application/x-www-form-urlencoded"), 415)
    is_problem(client.post(url, [1, 2], format="json"), 400)
    is_problem(client.get(f"{url}?cursor=nonsense"), 400)
    is_problem(client.get(f"{url}?limit=0"), 400)
    is_problem(client.get(f"/api/v1/cases/{case.reference}/events/?after=-1"), 400)
    is_problem(client.delete(url), 405)


def test_a_key_is_carried_out_once(api, world):
    case = worlds.opened_case(world)
    client, url = api("officer"), f"/api/v1/cases/{case.reference}/notes/"
    first = client.post(url, {"body": "Once."}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    again = client.post(url, {"body": "Once."}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert Note.objects.count() == 1
    is_problem(client.post(url, {"body": "Other."}, format="json", HTTP_IDEMPOTENCY_KEY="k1"), 422)
    theirs = api("lead").post(url, {"body": "Mine."}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert theirs.status_code == 201, "a key is one person's own"


def test_a_key_that_failed_may_be_tried_again(api, world):
    case = worlds.opened_case(world)
    client, url = api("officer"), f"/api/v1/cases/{case.reference}/notes/"
    is_problem(client.post(url, {"body": ""}, format="json", HTTP_IDEMPOTENCY_KEY="k2"), 400)
    assert not IdempotencyKey.objects.exists()
    assert client.post(url, {"body": "Now."}, format="json", HTTP_IDEMPOTENCY_KEY="k2").status_code == 201


def test_transitions_and_new_referrals_honour_the_key_too(api, world):
    client = api("lead")
    one = client.post("/api/v1/referrals/", {}, format="json", HTTP_IDEMPOTENCY_KEY="r")
    two = client.post("/api/v1/referrals/", {}, format="json", HTTP_IDEMPOTENCY_KEY="r")
    assert one.json()["reference"] == two.json()["reference"]
    assert two["Location"] == one["Location"]
    assert Referral.objects.count() == 1
    sent = worlds.sent_referral(world)
    url = f"/api/v1/referrals/{sent.reference}/accept/"
    body = {"lead": world.officer.user.email}
    duty = api("duty")
    answers = [duty.post(url, body, format="json", HTTP_IDEMPOTENCY_KEY="a") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert Case.objects.count() == 1


def test_pages_follow_one_another_without_gap_or_repeat(api, world):
    for seed in range(7):
        worlds.opened_case(
            world, seed=seed, invited=("SEN",) if seed % 2 else (), joined=("sen",) if seed % 2 == 0 else ()
        )
    client = api("sen")
    seen, url = [], "/api/v1/cases/?limit=2"
    while url:
        page = client.get(url).json()
        seen += [row["reference"] for row in page["results"]]
        assert len(page["results"]) <= 2
        url = page["next"]
    assert len(seen) == len(set(seen)) == 7
    newest_first = Case.objects.order_by("-last_activity").values_list("reference", flat=True)
    assert seen == list(newest_first)


@pytest.mark.parametrize("name", ["duty", "sen"])
def test_a_list_costs_the_same_however_long_it_is(api, world, name, django_assert_max_num_queries):
    client = api(name)
    for seed in range(6):
        worlds.opened_case(world, seed=seed, joined=("sen",))
    client.get("/api/v1/cases/")
    with django_assert_max_num_queries(9):
        assert len(client.get("/api/v1/cases/").json()["results"]) == 6


def test_events_after_a_number(api, world):
    case = worlds.opened_case(world)
    client, url = api("officer"), f"/api/v1/cases/{case.reference}/events/"
    before = client.get(url).json()["results"]
    numbers = [row["number"] for row in before]
    assert numbers == sorted(numbers)
    client.post(f"/api/v1/cases/{case.reference}/notes/", {"body": "New"}, format="json")
    news = client.get(f"{url}?after={numbers[-1]}").json()["results"]
    assert [row["kind"] for row in news] == ["note_added"]
    assert "New" not in str(news), "an event says that there is a note, not what it says"


def test_a_token_in_exchange_for_a_password(db, world, client):
    email = world.lead.user.email
    answer = client.post(
        "/api/v1/token/", {"email": email, "password": worlds.PASSWORD}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    authorised = APIClient()
    authorised.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert authorised.get("/api/v1/referrals/").status_code == 200
    wrong = client.post("/api/v1/token/", {"email": email, "password": "no"}, content_type="application/json")
    unknown = client.post(
        "/api/v1/token/", {"email": "x@example.org", "password": "no"}, content_type="application/json"
    )
    assert wrong.json() == unknown.json()
    is_problem(wrong, 400)


def test_the_token_is_throttled_like_the_page(db, world, client):
    from django.core.cache import cache

    cache.clear()
    body = {"email": world.lead.user.email, "password": "wrong"}
    for _ in range(5):
        client.post("/api/v1/token/", body, content_type="application/json")
    right = client.post("/api/v1/token/", {**body, "password": worlds.PASSWORD}, content_type="application/json")
    is_problem(right, 429)
    cache.clear()


def test_a_session_signs_in_too_and_needs_its_csrf_token(world):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(world.lead.user)
    assert browser.get("/api/v1/referrals/").status_code == 200
    is_problem(browser.post("/api/v1/referrals/", {}, format="json"), 403)


def test_an_agency_that_is_only_asked_learns_nothing_of_what_happens_on_a_case(api, world):
    from referrals.actions.case.add_note import add_note

    first = worlds.opened_case(world, seed=1, invited=("SEN",))
    worlds.opened_case(world, seed=2, invited=("SEN",))
    client = api("sen")

    def order():
        return [row["reference"] for row in client.get("/api/v1/cases/").json()["results"]]

    before = order()
    assert before[-1] == first.reference
    add_note(first, by=world.people["officer"], body="x")
    assert order() == before, "the list does not move when somebody writes"


def test_a_cursor_says_nothing_and_is_nobody_elses_to_make(api, world):
    import base64

    for seed in (1, 2):
        worlds.opened_case(world, seed=seed, invited=("SEN",))
    following = api("sen").get("/api/v1/cases/?limit=1").json()["next"]
    text = following.partition("cursor=")[2].partition("&")[0]
    raw = base64.urlsafe_b64decode(text + "==")
    for pk in Case.objects.values_list("pk", flat=True):
        assert pk.to_bytes(8) not in raw
    again = api("sen").get("/api/v1/cases/?limit=1").json()["next"]
    assert again != following, "nor can two cursors be compared"
    assert api("sen").get(following).json()["results"]
    other = "B" if text[20] == "A" else "A"
    is_problem(api("sen").get(f"/api/v1/cases/?cursor={text[:20]}{other}{text[21:]}"), 400)
    is_problem(api("sen").get(f"/api/v1/referrals/?cursor={text}"), 400)


def test_an_answer_is_not_repeated_to_somebody_who_may_no_longer_see_it(api, world):
    from referrals.actions._grant import Invitation
    from referrals.actions.case.invite import invite
    from referrals.actions.case.remove import remove

    case = worlds.opened_case(world, invited=("Early Help",))
    client, url = api("early help"), f"/api/v1/cases/{case.reference}/"
    joined = client.post(f"{url}join/", {}, format="json", HTTP_IDEMPOTENCY_KEY="j")
    note = client.post(f"{url}notes/", {"body": "Seen."}, format="json", HTTP_IDEMPOTENCY_KEY="n")
    assert (joined.status_code, note.status_code) == (200, 201)
    agency = world.agencies["Early Help"]
    remove(case, by=world.people["officer"], agency=agency)

    def is_gone():
        is_problem(client.post(f"{url}join/", {}, format="json", HTTP_IDEMPOTENCY_KEY="j"), 404)
        is_problem(client.post(f"{url}notes/", {"body": "Seen."}, format="json", HTTP_IDEMPOTENCY_KEY="n"), 404)

    is_gone()
    invite(case, by=world.people["officer"], invitation=Invitation(agency=agency, purpose="Again", until=None))
    is_gone()


def test_a_key_belongs_to_the_agency_it_was_sent_for(api, world):
    from portal.accounts import membership

    case = worlds.opened_case(world, joined=("early help", "health"))
    person = world.people["early help"]
    client, url = api("early help"), f"/api/v1/cases/{case.reference}/notes/"
    body = {"body": "Ours.", "visibility": "agency"}
    first = client.post(url, body, format="json", HTTP_IDEMPOTENCY_KEY="k")
    membership.join(person.user, world.agencies["Health"], "partner")
    membership.leave(person.membership)
    again = client.post(url, body, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in again
    assert first.json()["agency"] != again.json()["agency"]


def test_a_refusal_that_is_sent_again_gets_its_answer(api, world):
    case = worlds.opened_case(world, invited=("SEN",))
    url = f"/api/v1/cases/{case.reference}/refuse/"
    answers = [api("sen").post(url, {}, format="json", HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[1]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["a\x00b", "\xe9", "k" * 201])
def test_a_key_that_cannot_be_kept_is_refused(api, world, key):
    is_problem(api("lead").post("/api/v1/referrals/", {}, format="json", HTTP_IDEMPOTENCY_KEY=key), 400)


def test_an_address_that_is_not_there_is_a_problem_whatever_is_sent(api, world):
    for url in ("/api/v1/nothing/", "/api/v1/cases/A-222-2222/frobnicate/", "/api/v1/referrals/x/"):
        is_problem(api("lead").post(url, {}, format="json"), 404)
        is_problem(APIClient(enforce_csrf_checks=True).get(url), 404)


def test_what_is_wrong_with_an_invitation_is_said(api, world):
    referral = worlds.sent_referral(world)
    url = f"/api/v1/referrals/{referral.reference}/accept/"
    lead = world.officer.user.email
    asked = {"agency": "sen", "purpose": "Advice"}
    for invitations in ([{"agency": "nope", "purpose": "x"}], [{"agency": "sen", "purpose": ""}], [5], [asked, asked]):
        body = is_problem(api("duty").post(url, {"lead": lead, "invitations": invitations}, format="json"), 400)
        assert "invitations" in body["errors"]


def test_first_contact_is_soon_or_there_is_a_reason(api, world):
    referral = worlds.sent_referral(world)
    url = f"/api/v1/referrals/{referral.reference}/accept/"
    late = {"lead": world.officer.user.email, "first_contact_by": "2099-01-05"}
    body = is_problem(api("duty").post(url, late, format="json"), 400)
    assert body["errors"]["first_contact_by"] == "First contact must be within 5 school days, or give a reason"
    late["first_contact_reason"] = "The family is abroad until January"
    assert api("duty").post(url, late, format="json").status_code == 200


def test_the_sentences_are_those_of_the_screens(api, world):
    case = worlds.opened_case(world)
    url = f"/api/v1/cases/{case.reference}/notes/"
    for sent, sentence in (
        ({}, "Enter your note"),
        ({"body": "x" * 4001}, "Your note must be 4,000 characters or fewer"),
        ({"body": "x", "visibility": "zzz"}, "Select who can see this note"),
    ):
        body = is_problem(api("officer").post(url, sent, format="json"), 400)
        assert sentence in body["errors"].values()


def test_what_is_sent_again_is_answered_as_she_may_see_it_now(api, world):
    from referrals.actions.case.restrict import restrict

    case = worlds.opened_case(world, invited=("Early Help",))
    client, url = api("early help"), f"/api/v1/cases/{case.reference}/"
    first = client.post(f"{url}join/", {}, format="json", HTTP_IDEMPOTENCY_KEY="j")
    assert case.school.name in first.text
    kept = IdempotencyKey.objects.get(key="j")
    assert json.loads(bytes(kept.body)) == {"reference": case.reference}, "the fact, and nothing that was said"
    carer = case.child.carers.first()
    restrict(case, by=world.officer, from_carer=carer, covers={"school"}, reason="There is a court order.")
    again = client.post(f"{url}join/", {}, format="json", HTTP_IDEMPOTENCY_KEY="j")
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert case.school.name not in again.text
    assert again.json() == client.get(url).json()


def test_a_note_sent_again_is_read_anew_and_only_by_whoever_still_reads_it(api, world):
    case = worlds.opened_case(world)
    client, url = api("officer"), f"/api/v1/cases/{case.reference}/notes/"
    client.post(url, {"body": "Once."}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    kept = IdempotencyKey.objects.get(key="k")
    assert json.loads(bytes(kept.body)) == {"id": Note.objects.get().pk}
    Note.objects.update(body="Taken back.")
    assert client.post(url, {"body": "Once."}, format="json", HTTP_IDEMPOTENCY_KEY="k").json()["body"] == "Taken back."
