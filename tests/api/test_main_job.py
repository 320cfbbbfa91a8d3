"""The whole main job over the API: a school refers, the council accepts, agencies join, write and leave."""

import datetime

from portal.demo.answers import referral_answers
from tests import worlds


def test_a_referral_becomes_a_case_on_which_agencies_work(api, world):
    lead, duty, early_help, officer = api("lead"), api("duty"), api("early help"), api("officer")

    draft = lead.post("/api/v1/referrals/", {"answers": referral_answers(1)}, format="json")
    assert draft.status_code == 201, draft.json()
    url = draft.json()["url"]
    assert draft["Location"] == url
    assert draft.json()["stage"] == "draft"
    assert draft.json()["missing"] == {}
    assert duty.get(url).status_code == 404, "a draft is the school's own"

    sent = lead.post(f"{url}submit/", {}, format="json")
    assert sent.status_code == 200, sent.json()
    assert sent.json()["stage"] == "submitted"
    assert duty.get(url).json()["allowed_actions"] == ["accept", "declare_conflict", "decline", "return"]

    until = (datetime.date.today() + datetime.timedelta(days=60)).isoformat()
    accepted = duty.post(
        f"{url}accept/",
        {
            "lead": world.officer.user.email,
            "aim": "Four full days",
            "invitations": [{"agency": "early-help", "purpose": "Family work", "until": until}],
        },
        format="json",
    )
    assert accepted.status_code == 200, accepted.json()
    case_url = lead.get(url).json()["case"]

    invited = early_help.get("/api/v1/cases/").json()["results"]
    assert [row["participation"] for row in invited] == ["invited"]
    assert invited[0]["child"] is None
    assert invited[0]["allowed_actions"] == ["join", "refuse"]
    assert early_help.get(f"{case_url}notes/").status_code == 404
    assert early_help.get(f"{case_url}events/").status_code == 404
    joined = early_help.post(f"{case_url}join/", {}, format="json")
    assert joined.status_code == 200, joined.json()
    assert joined.json()["child"]

    shared = early_help.post(f"{case_url}notes/", {"body": "Visit went well."}, format="json")
    ours = early_help.post(f"{case_url}notes/", {"body": "Team only.", "visibility": "agency"}, format="json")
    named = early_help.post(
        f"{case_url}notes/",
        {"body": "For you.", "visibility": "named", "people": [world.officer.user.email]},
        format="json",
    )
    assert [r.status_code for r in (shared, ours, named)] == [201, 201, 201], named.json()

    def bodies(client):
        return {row["body"] for row in client.get(f"{case_url}notes/").json()["results"]}

    assert bodies(lead) == {"Visit went well."}
    assert bodies(officer) == {"Visit went well.", "For you."}
    assert bodies(api("early help colleague")) == {"Visit went well.", "Team only."}

    def notes_announced(client):
        rows = client.get(f"{case_url}events/?after=0").json()["results"]
        return sum(row["kind"] == "note_added" for row in rows)

    assert notes_announced(lead) == 1
    assert notes_announced(officer) == 2

    removed = officer.post(f"{case_url}remove/", {"agency": "early-help", "reason": "Done"}, format="json")
    assert removed.status_code == 200
    for gone in (case_url, f"{case_url}notes/", f"{case_url}events/"):
        assert early_help.get(gone).status_code == 404


def test_returned_with_reasons_and_sent_again(api, world):
    referral = worlds.sent_referral(world)
    url = f"/api/v1/referrals/{referral.reference}/"
    back = api("duty").post(f"{url}return/", {"items": {"voices": "What does she say?"}}, format="json")
    assert back.status_code == 200
    assert api("lead").get(url).json()["return_items"] == {"voices": "What does she say?"}
    again = api("lead").post(f"{url}submit/", {}, format="json")
    assert again.json()["stage"] == "submitted"
