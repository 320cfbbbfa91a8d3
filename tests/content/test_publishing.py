"""A page that shows an empty contact point stays a draft, by whatever road somebody tries to publish it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, streamfield

from content.checks import NotPublishable
from content.models import ContactPoint, SiteContacts, TopicPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody(site):
    """A contact point with nothing in it."""
    return ContactPoint.objects.create(key="nobody", name="Nobody yet", purpose="Not filled in.")


def _showing(point):
    return [("contact_point", {"point": point})]


def _is_live(page):
    return Page.objects.get(pk=page.pk).live


def test_a_draft_with_an_empty_contact_point_may_be_saved(draft, nobody):
    page = draft(_showing(nobody))
    page.save_revision()
    assert not _is_live(page)


def test_publishing_its_revision_is_refused_and_names_the_contact_point(draft, nobody):
    page = draft(_showing(nobody))
    with pytest.raises(NotPublishable, match="“Nobody yet” is empty"):
        page.save_revision().publish()
    assert not _is_live(page)


def test_wagtails_publish_action_is_refused(draft, nobody, editor):
    page = draft(_showing(nobody))
    with pytest.raises(NotPublishable):
        PublishPageRevisionAction(page.save_revision(), user=editor).execute()
    assert not _is_live(page)


def test_a_live_page_saved_by_a_script_is_refused(site, nobody):
    page = TopicPage(title="By a script", slug="by-a-script", lead="An answer.", body=_showing(nobody), live=True)
    with pytest.raises(NotPublishable):
        site["help"].add_child(instance=page)


def test_an_empty_contact_point_deep_inside_a_page_is_found(site, nobody):
    page = site["contact"]
    page.needs = [("need", {"heading": "Anything", "text": "", "points": [nobody]})]
    with pytest.raises(NotPublishable, match="Nobody yet"):
        page.save_revision().publish()


def test_it_publishes_once_the_contact_point_is_filled_in(draft, nobody):
    page = draft(_showing(nobody))
    nobody.phone = "01632 960 199"
    nobody.save()
    page.save_revision().publish()
    assert _is_live(page)


def test_nothing_is_published_while_the_whole_sites_contact_points_are_missing(draft):
    SiteContacts.objects.update(attendance_team=None)
    with pytest.raises(NotPublishable, match="attendance team"):
        draft([]).save_revision().publish()


def test_a_contact_point_on_published_pages_cannot_be_emptied(site):
    point = ContactPoint.objects.get(key="send-advice")
    point.phone = point.email = ""
    with pytest.raises(ValidationError, match="published page"):
        point.full_clean()


# --- in the editor ----------------------------------------------------------------------------------------------------


def _form(page, point, **buttons):
    body = streamfield([("contact_point", {"point": str(point.pk)})])
    words = {"title": page.title, "slug": page.slug, "lead": page.lead, "menu_title": "", "body": body}
    words |= {"kept_by": "Attendance team", "checked_on": "2026-11-20", "review_on": "2027-05-20"}
    words |= {"seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "", "tell_us": "on"}
    return nested_form_data(words | buttons)


def test_the_editor_may_save_a_draft_with_an_empty_contact_point(editing, draft, nobody):
    page = draft([("rich_text", "<p>Old words.</p>")])
    answer = editing.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), _form(page, nobody))
    assert answer.status_code == 302
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().body[0].block_type == "contact_point"


def test_the_editors_publish_button_is_refused_with_the_reason_and_her_words_are_kept(editing, draft, nobody):
    page = draft([("rich_text", "<p>Old words.</p>")])
    form = _form(page, nobody, **{"action-publish": "action-publish"})
    answer = editing.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form)
    assert answer.status_code == 200
    assert "“Nobody yet” is empty" in answer.content.decode()
    assert not _is_live(page)


def test_the_editor_publishes_with_a_contact_point_that_is_filled_in(editing, draft, site):
    page = draft([("rich_text", "<p>Old words.</p>")])
    point = ContactPoint.objects.get(key="attendance-team")
    form = _form(page, point, **{"action-publish": "action-publish"})
    assert editing.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form).status_code == 302
    assert _is_live(page)
    assert point.phone in editing.get("/help/a-new-page/").content.decode()


def test_publishing_many_at_once_is_refused_with_the_reason(editing, draft, nobody):
    page = draft(_showing(nobody))
    page.save_revision()
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = editing.post(f"{address}?id={page.pk}&next=/cms/", {"include_descendants": ""}, follow=True)
    assert "“Nobody yet” is empty" in answer.content.decode()
    assert not _is_live(page)


def test_a_new_page_is_refused_too(editing, site, nobody):
    page = TopicPage(title="Brand new", slug="brand-new", lead="An answer.")
    form = _form(page, nobody, **{"action-publish": "action-publish"})
    address = reverse("wagtailadmin_pages:add", args=["content", "topicpage", site["help"].pk])
    answer = editing.post(address, form)
    assert "“Nobody yet” is empty" in answer.content.decode()
    assert not Page.objects.filter(slug="brand-new").exists()


def test_a_table_needs_a_caption_and_a_header(site):
    kit = TopicPage._meta.get_field("body").stream_block
    bare = {"table": {"data": [["a", "b"], ["c", "d"]], "first_row_is_table_header": False, "table_caption": ""}}
    with pytest.raises(ValidationError):
        kit.clean(kit.normalize([("table", bare)]))
