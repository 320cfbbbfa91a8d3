"""Writing a note, reading the timeline, and being told what is new."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from referrals.actions.case.add_note import add_note
from referrals.actions.case.close import close
from referrals.models import Note
from referrals.queries import timeline

from .test_case_pages import browser, of, text

pytestmark = pytest.mark.django_db


def written(**fields) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "body": "Rang home after school.",
        "visibility": "case",
        "occurred_on_day": today.day,
        "occurred_on_month": today.month,
        "occurred_on_year": today.year,
        "submission_key": str(uuid.uuid4()),
        **fields,
    }


def test_a_note_is_posted_and_one_lands_on_it_with_a_word_that_it_is_there(county):
    client, case = browser(county.lead), county.open_case
    answer = client.post(of(case, "add_note/"), written())
    note = Note.objects.get(body="Rang home after school.")
    number = note.events.get().pk
    assert answer["Location"] == of(case, f"timeline/#event-{number}")
    page = client.get(answer["Location"].partition("#")[0]).content.decode()
    assert re.search(rf'<h4[^>]*id="event-{number}" tabindex="-1">Note from', page)
    assert page.count("Note added") == 1
    assert "Note added" not in client.get(of(case, "timeline/")).content.decode()


def test_sent_twice_it_is_one_note(county):
    client, case, sent = browser(county.lead), county.open_case, written()
    first = client.post(of(case, "add_note/"), sent)
    assert client.post(of(case, "add_note/"), sent)["Location"] == first["Location"]
    assert Note.objects.filter(body=sent["body"]).count() == 1


def test_the_composer_says_who_will_read_the_note_before_it_is_written(county):
    page = text(browser(county.people["early help"]).get(of(county.open_case, "timeline/")))
    assert re.search(r"\d+ people in 5 organisations will see this\. The family will not\.", page)
    assert "3 people in Early Help will see this. Nobody else will." in page


def test_a_note_for_chosen_people_is_read_by_them_alone(county):
    case, sen = county.open_case, county.sen
    browser(county.lead).post(
        of(case, "add_note/"), written(body="Between us.", visibility="named", people=[str(sen.user.pk)])
    )
    assert "Between us." in text(browser(sen).get(of(case, "timeline/")))
    assert "Chosen people" in text(browser(sen).get(of(case, "timeline/")))
    for name in ("officer", "early help", "colleague"):
        assert "Between us." not in text(browser(county.people[name]).get(of(case, "timeline/"))), name


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"body": ""}, "Enter your note"),
        ({"body": " \n "}, "Enter your note"),
        ({"body": "a" * 4001}, "Your note must be 4,000 characters or fewer"),
        ({"visibility": ""}, "Select who can see this note"),
        ({"visibility": "everybody"}, "Select who can see this note"),
        ({"visibility": "named"}, "Choose at least one person"),
        ({"visibility": "named", "people": ["999999"]}, "Choose people who are on this case"),
        ({"visibility": "named", "people": ["x"]}, "Choose people who are on this case"),
        ({"occurred_on_year": "2999"}, "The date of contact must be today or in the past"),
        ({"occurred_on_month": "13"}, "The date of contact must be a real date"),
        ({"occurred_on_day": ""}, "The date of contact must include a day"),
    ],
)
def test_what_cannot_be_saved_says_why_and_everything_typed_is_still_there(county, fields, said):
    before = Note.objects.count()
    sent = written(body="Words I would hate to lose.") | fields
    answer = browser(county.lead).post(of(county.open_case, "add_note/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Error: " in page
    assert page.count(said) >= 2  # in the summary and beside the field
    assert "Your note was not saved" in page
    assert sent["body"].strip() in page
    assert sent["submission_key"] in page
    assert Note.objects.count() == before


def test_ten_megabytes_pasted_into_a_note_come_back_with_a_sentence(county):
    paste = "Ten megabytes of text. " * (10 * 1024 * 1024 // 23)
    answer = browser(county.lead).post(of(county.open_case, "add_note/"), written(body=paste))
    assert answer.status_code == 200
    assert b"Your note must be 4,000 characters or fewer" in answer.content
    assert paste.strip().encode() in answer.content


def test_a_note_with_markup_in_it_is_only_text(county):
    add_note(county.fresh("open case"), by=county.lead, body="<script>alert(1)</script> & <b>bold</b>")
    page = browser(county.sen).get(of(county.open_case, "timeline/")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold" in page


def test_a_case_closed_while_she_was_writing_gives_her_words_back(county):
    client, case = browser(county.lead), county.fresh("open case")
    close(case, by=county.officer, outcome="better", what_helped="Mornings")
    answer = client.post(of(case, "add_note/"), written(body="Words I would hate to lose."))
    assert answer.status_code == 409
    assert "Words I would hate to lose." in answer.content.decode()
    assert not Note.objects.filter(body="Words I would hate to lose.").exists()


def test_an_empty_timeline_says_what_belongs_there(county, monkeypatch):
    monkeypatch.setattr(timeline, "page", lambda *args, **kwargs: timeline.Page([]))
    page = text(browser(county.lead).get(of(county.open_case, "timeline/")))
    assert "Nothing has been added yet. Calls, visits, decisions and notes will appear here, newest first." in page


def test_a_long_timeline_goes_on_by_a_link_and_shows_each_entry_once(county):
    case = county.fresh("plain case")
    for number in range(60):
        add_note(case, by=county.lead, body=f"Note {number}")
    client, seen, address = browser(county.lead), [], of(case, "timeline/")
    while address:
        page = client.get(address).content.decode()
        found = [int(number) for number in re.findall(r'data-event="(\d+)"', page)]
        assert found == sorted(found, reverse=True)
        assert len(found) <= 25
        seen += found
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) >= 60


# --- what is new -----------------------------------------------------------------------------------------------------


def news(actor, case, after):
    return browser(actor).get(of(case, f"timeline/news/?after={after}"))


def last_on_the_page(actor, case) -> int:
    page = browser(actor).get(of(case, "timeline/")).content.decode()
    return int(re.search(r'data-live-after="(\d+)"', page)[1])


def test_news_are_the_entries_after_a_number_with_what_to_call_them(county):
    case, reader = county.fresh("open case"), county.lead
    after = last_on_the_page(reader, case)
    add_note(case, by=county.people["early help"], body="Home visit done.")
    answer = news(reader, case, after)
    assert answer["X-New"] == "1"
    assert answer["X-Label"] == "Show 1 new note from Early Help"
    assert int(answer["X-Last-Event"]) > after
    assert answer.content.decode().count("<li") == 1
    assert "Home visit done." in text(answer)
    assert "<html" not in answer.content.decode()
    again = news(reader, case, answer["X-Last-Event"])
    assert (again["X-New"], again["X-Label"], again["X-Last-Event"]) == ("0", "", answer["X-Last-Event"])
    assert text(again) == ""


def test_news_of_several_kinds_and_agencies_are_updates(county):
    case = county.fresh("open case")
    after = last_on_the_page(county.officer, case)
    add_note(case, by=county.people["early help"], body="One.")
    add_note(case, by=county.lead, body="Two.")
    assert news(county.officer, case, after)["X-Label"] == "Show 2 new notes"
    close(case, by=county.officer, outcome="better", what_helped="Mornings")
    assert news(county.officer, case, after)["X-Label"] == "Show 3 new updates"


def test_a_note_she_may_not_read_is_no_news(county):
    case, reader = county.fresh("open case"), county.lead
    after = last_on_the_page(reader, case)
    add_note(case, by=county.people["early help"], body="Our team only.", visibility="agency")
    answer = news(reader, case, after)
    assert (answer["X-New"], answer["X-Last-Event"]) == ("0", str(after))
    assert text(answer) == ""


@pytest.mark.parametrize("after", ["", "x", "-5", "9" * 40, "9" * 20, "1; drop table"])
def test_a_number_somebody_made_up_is_answered_calmly(county, after):
    assert news(county.lead, county.open_case, after).status_code == 200


def test_a_note_about_another_day_says_which(county):
    add_note(
        county.fresh("open case"),
        by=county.lead,
        body="Seen at the gate.",
        occurred_on=timezone.localdate() - datetime.timedelta(days=4),
    )
    assert "About " in text(browser(county.lead).get(of(county.open_case, "timeline/")))
