"""An editor changes a page of the public site, looks at it, and publishes it; the casework stays shut to her."""

import pytest
from playwright.sync_api import expect

from content import pages
from content.models import ContactPoint, TopicPage
from tests import worlds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "An answer in plainer words than before."


@pytest.fixture
def site(world):
    found = pages.load()
    world.editor.user.groups.add(pages.editors_group())
    return found


def publish(page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def test_she_edits_previews_and_publishes_and_the_public_reads_it(site, person, browser_context):
    # given an editor at a page that somebody has open
    reader = browser_context().new_page()
    reader.goto(site["send"].url)
    was = reader.locator("main").inner_text()
    editor = person("editor", then=f"/cms/pages/{site['send'].pk}/edit/")

    # when she writes a better answer, then she sees it on the page as it would be, and nobody else does
    editor.get_by_role("textbox", name="Two-line answer").fill(NEW)
    editor.get_by_role("button", name="Toggle preview").click()
    expect(editor.frame_locator("#w-preview-iframe").get_by_text(NEW)).to_be_visible()
    reader.reload()
    assert reader.locator("main").inner_text() == was

    # and a draft she saves is still only hers
    editor.get_by_role("button", name="Save draft").click()
    expect(editor.get_by_text("has been updated")).to_be_visible()
    reader.reload()
    assert reader.locator("main").inner_text() == was

    # when she publishes it, then everybody reads it, and finds it
    publish(editor)
    expect(editor.get_by_text("has been published")).to_be_visible()
    reader.reload()
    expect(reader.locator("main")).to_contain_text(NEW)
    reader.goto("/search/?q=plainer")
    expect(reader.get_by_role("link", name=site["send"].title).first).to_be_visible()


def test_a_page_with_an_empty_contact_point_is_not_published_and_her_words_are_kept(site, person, browser_context):
    # given a draft that shows a contact point with nothing in it
    nobody = ContactPoint.objects.create(key="nobody", name="Nobody yet", purpose="Not filled in.")
    page = TopicPage(title="A new page", slug="a-new-page", lead="An answer.", live=False)
    page.body = [("contact_point", {"point": nobody})]
    site["help"].add_child(instance=page)
    page.save_revision()
    editor = person("editor", then=f"/cms/pages/{page.pk}/edit/")

    # when she publishes it, then she is told what is empty, and what she wrote is still there
    editor.get_by_role("textbox", name="Two-line answer").fill(NEW)
    publish(editor)
    expect(editor.get_by_text("“Nobody yet” is empty").first).to_be_visible()
    expect(editor.get_by_role("textbox", name="Two-line answer")).to_have_value(NEW)

    # and for the public there is no such page
    assert browser_context().new_page().goto("/help/a-new-page/").status == 404


def test_she_opens_nothing_of_the_casework(site, person, world):
    # given a concern, a referral and a case
    case = worlds.opened_case(world)
    referral = worlds.sent_referral(world, seed=1)
    concern = worlds.received_concern(seed=2)

    # then her home is there, names no child, and leads to nothing of them
    editor = person("editor")
    expect(editor.get_by_role("heading", level=1)).to_contain_text("Hello")
    said = editor.content()
    for thing in (case, referral, concern):
        assert thing.reference not in said
    for place in ("cases", "referrals", "intake", "activity", "permissions"):
        assert editor.goto(f"/workspace/{place}/").status == 403, place
    for address in (
        f"cases/{case.reference}/",
        f"cases/{case.reference}/timeline/",
        f"cases/{case.reference}/news/?after=0",
        f"referrals/{referral.reference}/",
    ):
        assert editor.goto(f"/workspace/{address}").status == 404, address
    assert editor.goto(f"/workspace/intake/{concern.reference}/").status in {403, 404}
