"""Three agencies have the same case open. What one adds, the others are offered at once, if they may see it."""

import datetime
import re
import statistics

import pytest
from playwright.sync_api import expect

from referrals.actions.case.add_note import add_note
from referrals.models import Case, Event, Note
from tests import worlds
from tests.journeys.ears import WHEN_SEEN, Ear, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

A_SECOND = 1.0
WHERE_THINGS_ARE = """() => ({
  scrolled: scrollY,
  focus: document.activeElement.id,
  typed: document.querySelector('textarea').value,
  caret: document.querySelector('textarea').selectionStart,
  entries: Array.from(document.querySelectorAll('#timeline > li'), entry => entry.dataset.event),
  reading: Math.round(document.querySelector('#timeline > li:nth-child(5)').getBoundingClientRect().top),
})"""


@pytest.fixture
def case(world) -> Case:
    return worlds.opened_case(world, joined=("early help", "sen"))


@pytest.fixture
def reader(person):
    """`reader("sen", case)`: somebody with the timeline open, who is listened to."""

    def opens(name: str, case: Case, **options) -> Ear:
        return Ear(person(name, **options)).reads(case)

    return opens


def test_a_note_by_one_is_offered_to_the_others_within_a_second_and_nothing_moves(world, case, reader):
    # given three agencies on one long timeline; one is in the middle of a sentence, one has begun to read
    for number in range(20):
        add_note(case, by=world.officer, body=f"Earlier note {number}. " * 12)
    writer, typing, reading = (reader(name, case) for name in ("early help", "sen", "officer"))
    typing.page.get_by_label("Your note", exact=True).press_sequentially("Half a sente")
    reading.page.evaluate("document.getElementById('timeline-title').scrollIntoView()")
    before = [ear.page.evaluate(WHERE_THINGS_ARE) for ear in (typing, reading)]
    assert before[0]["focus"] == "id_body"
    assert before[1]["scrolled"] > 0

    # when the third saves a note
    write(writer.page, "Home visit went well.")

    # then the others are offered it, and are where they were
    for ear, was in zip((typing, reading), before, strict=True):
        expect(ear.news).to_have_text("Show 1 new note from Early Help")
        assert ear.page.evaluate(WHERE_THINGS_ARE) == was
        expect(ear.page).to_have_title(re.compile(r"^\(1\) Timeline"))
        expect(ear.page.locator(".sub-navigation--wide").get_by_role("link", name="Timeline 1 unread")).to_be_visible()
        expect(ear.entries("Home visit went well.")).to_have_count(0)
        assert all(frame.keys() == {"stream", "n"} for frame in ear.frames)
    expect(reading.page.locator("#live-polite")).to_have_text("1 new note on this case.")
    expect(writer.news).to_be_hidden()

    # when they press it, then it is there once, and its heading has the focus
    for ear in (typing, reading):
        ear.news.click()
        expect(ear.entries("Home visit went well.")).to_have_count(1)
        expect(ear.entries("Home visit went well.").get_by_role("heading").last).to_be_focused()
        expect(ear.news).to_be_hidden()
        expect(ear.page).to_have_title(re.compile("^Timeline"))
    expect(typing.page.get_by_label("Your note", exact=True)).to_have_value("Half a sente")

    # and one may go back to where one was
    reading.page.get_by_role("button", name="Back to where you were").click()
    expect(reading.page.locator(f"[data-event='{before[1]['entries'][0]}']")).to_be_in_viewport()

    # and each of three more is there within a second of its save, by the clock both sides share
    took = []
    for number in range(3):
        add_note(case, by=world.early_help, body=f"Another one, {number}")
        seen = datetime.datetime.fromtimestamp(typing.page.evaluate(WHEN_SEEN) / 1000, datetime.UTC)
        took.append((seen - Event.objects.filter(case=case).latest("pk").at).total_seconds())
        expect(typing.news).to_have_text("Show 1 new note from Early Help")
        typing.news.click()
    assert statistics.median(took) < A_SECOND, took


def test_who_may_not_see_a_note_gets_no_note_no_count_and_no_frame(world, case, reader):
    # given Early Help, SEN, the school and the officer, each with the case open
    early_help, sen, school, officer = (reader(name, case) for name in ("early help", "sen", "lead", "officer"))
    others = (sen, school, officer)

    # when Early Help writes for itself, then for one person in SEN, and then for everybody
    write(early_help.page, "For our own team.", "My organisation only")
    write(early_help.page, "For SEN alone.", "Only people I choose", ("S. Person, SEN caseworker",))
    write(early_help.page, "For everybody.")
    own, named, shared = (
        Event.objects.get(note=Note.objects.get(body=body)).pk
        for body in ("For our own team.", "For SEN alone.", "For everybody.")
    )

    # then each is offered exactly what she may see: the last has come to all, and what came before it has not
    expect(sen.news).to_have_text("Show 2 new notes from Early Help")
    for ear in (school, officer):
        expect(ear.news).to_have_text("Show 1 new note from Early Help")
        expect(ear.page).to_have_title(re.compile(r"^\(1\) Timeline"))
    assert sen.about(case.reference) == [named, shared]
    assert school.about(case.reference) == officer.about(case.reference) == [shared]
    for ear in others:
        assert own not in [frame["n"] for frame in ear.frames]
    assert named not in [frame["n"] for frame in (*school.frames, *officer.frames)]

    # and neither is there when it is shown, nor when the page is loaded again
    for look in (lambda ear: ear.news.click(), lambda ear: ear.page.reload()):
        for ear in others:
            look(ear)
            expect(ear.entries("For everybody.")).to_have_count(1)
            assert "For our own team." not in ear.page.content()
        for ear in (school, officer):
            assert "For SEN alone." not in ear.page.content()
        expect(sen.entries("For SEN alone.")).to_have_count(1)


def test_what_was_written_while_the_connection_was_cut_is_all_there_and_nothing_twice(world, case, reader):
    # given a page whose connection is cut
    sen = reader("sen", case)
    add_note(case, by=world.early_help, body="Before the cut")
    expect(sen.news).to_have_text("Show 1 new note from Early Help")
    sen.page.context.set_offline(True)
    expect(sen.page.locator("live-strip")).to_have_text("Reconnecting…")

    # when three notes are written, and it comes back
    for number in (1, 2, 3):
        add_note(case, by=world.early_help, body=f"Written meanwhile, {number}")
    sen.page.context.set_offline(False)

    # then it says how many, offers all, and shows each once, newest first
    expect(sen.page.locator("live-strip")).to_contain_text("Back online. 3 updates while you were away.")
    expect(sen.news).to_have_text("Show 4 new notes from Early Help")
    sen.news.click()
    for words in ("Before the cut", "Written meanwhile, 1", "Written meanwhile, 2", "Written meanwhile, 3"):
        expect(sen.entries(words)).to_have_count(1)
    numbers = [int(n) for n in sen.page.locator("#timeline > li").evaluate_all("all => all.map(e => e.dataset.event)")]
    assert numbers == sorted(set(numbers), reverse=True)

    # and it is live again
    add_note(case, by=world.early_help, body="After the cut")
    expect(sen.news).to_have_text("Show 1 new note from Early Help")
    sen.news.click()
    expect(sen.entries("After the cut")).to_have_count(1)


def test_an_agency_that_is_removed_loses_the_open_page_at_once_but_not_its_words(world, case, reader):
    # given Early Help in the middle of a note
    early_help, officer = reader("early help", case), reader("officer", case)
    early_help.page.get_by_label("Your note", exact=True).fill("What I was about to say")

    # when the officer ends their part
    officer.page.goto(f"/workspace/cases/{case.reference}/people/")
    officer.page.get_by_role("link", name="Remove (Early Help)").click()
    officer.page.get_by_label("Why does their part end?").fill("The family asked for it")
    officer.page.get_by_role("button", name="End their access").click()
    expect(officer.page.get_by_text("Their access has ended")).to_be_visible()

    # then the case is gone from their page, their words are still there to copy, and the address leads nowhere
    main = early_help.page.locator("#main")
    expect(main).to_contain_text("Your access to this case ended at")
    expect(main.get_by_label("What you had typed")).to_have_value("What I was about to say")
    assert str(case.child) not in early_help.page.content()
    heard = len(early_help.frames)
    assert early_help.page.goto(f"/workspace/cases/{case.reference}/timeline/").status == 404

    # and they hear no more of it
    sen = reader("sen", case)
    add_note(case, by=world.officer, body="After they left")
    expect(sen.news).to_be_visible()
    assert case.reference not in [frame["stream"] for frame in early_help.frames[heard:]]


def test_the_inbox_badge_goes_up_by_itself(world, case, person):
    # given the officer who leads the case, looking at something else
    officer = person("officer")
    badge = officer.locator("notification-badge .badge__count")
    started = int(badge.inner_text()) if badge.count() else 0

    # when a partner writes a note
    add_note(case, by=world.early_help, body="Please ring me.")

    # then the number beside Notifications is one more, and the note is in the list
    expect(badge).to_have_text(str(started + 1))
    officer.get_by_role("link", name=re.compile("^Notifications")).click()
    expect(officer.locator("#main")).to_contain_text(case.reference)
