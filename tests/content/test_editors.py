"""Who may change the public site, and what else they may open: nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from content import pages
from content.models import ContactPoint, LegalFact, SiteContacts, TopicPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client, db):
    person = get_user_model().objects.create_user("officer@council.example.org", "a-long-password", name="Ann Jones")
    client.force_login(person)
    return client


def test_an_editor_opens_the_editors_pages(site, editing):
    for address in (
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_explore", args=[site["help"].pk]),
        reverse("wagtailadmin_pages:edit", args=[site["send"].pk]),
        reverse("wagtailadmin_pages:edit", args=[site["steps"].pk]),
        reverse("wagtailadmin_pages:edit", args=[site["contact"].pk]),
        reverse("wagtailadmin_pages:edit", args=[site["home"].pk]),
        reverse("wagtailimages:index"),
        reverse("wagtaildocs:index"),
        reverse(ContactPoint.snippet_viewset.get_url_name("list")),
        reverse(LegalFact.snippet_viewset.get_url_name("list")),
        reverse("wagtailsettings:edit", args=["content", "sitecontacts", SiteContacts.objects.get().site_id]),
    ):
        assert editing.get(address).status_code == 200, address


def test_an_editor_sees_a_preview_of_what_is_not_saved_yet(site, editing):
    page = TopicPage.objects.get(pk=site["send"].pk)
    page.lead = "Words nobody else has seen."
    answer = page.make_preview_request(preview_mode="")
    assert answer.status_code == 200
    assert "Words nobody else has seen." in answer.content.decode()


def test_an_editor_sees_no_people_and_no_casework_in_her_menu(site, editing):
    html = editing.get(reverse("wagtailadmin_home")).content.decode()
    for word in ("referral", "intake", "/cms/users/", "/cms/groups/"):
        assert word not in html.lower()


def test_nobody_changes_people_in_the_editors_pages_not_even_a_superuser(site, client):
    somebody = get_user_model().objects.create_user("ann@council.example.org", "a-long-password", name="Ann Moss")
    root = get_user_model().objects.create_superuser("root@council.example.org", "a-long-password", name="Root")
    client.force_login(root)
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    for word in ("/cms/users/", "/cms/groups/"):
        assert word not in home
    for address in (
        "/cms/users/",
        "/cms/users/new/",
        f"/cms/users/edit/{somebody.pk}/",
        f"/cms/users/{somebody.pk}/",
        f"/cms/users/delete/{somebody.pk}/",
        "/cms/groups/",
        "/cms/groups/new/",
        f"/cms/bulk/accounts/user/set_active_state/?id={somebody.pk}",
        f"/cms/bulk/accounts/user/delete/?id={somebody.pk}",
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"password1": "Mine-now-2026", "password2": "Mine-now-2026"}).status_code == 404
    somebody.refresh_from_db()
    assert somebody.check_password("a-long-password")


def test_an_editor_changes_neither_her_address_nor_her_password_there(site, editing, editor):
    html = editing.get(reverse("wagtailadmin_account")).content.decode()
    assert 'name="name_email-email"' not in html
    assert "password-new_password1" not in html


def test_the_editors_pages_load_nothing_from_elsewhere(site, editing):
    policy = editing.get(reverse("wagtailadmin_home")).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "http" not in policy


def test_the_editors_group_holds_no_right_to_anything_but_the_site(site):
    apps = set(pages.editors_group().permissions.values_list("content_type__app_label", flat=True))
    assert apps == {"content", "wagtailadmin"}


def test_making_the_group_again_changes_nothing(site):
    first = set(pages.editors_group().permissions.values_list("pk", flat=True))
    assert set(pages.editors_group().permissions.values_list("pk", flat=True)) == first


def test_somebody_who_is_not_an_editor_is_sent_away(site, officer):
    for address in (reverse("wagtailadmin_home"), reverse("wagtailadmin_pages:edit", args=[site["send"].pk])):
        answer = officer.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_nobody_is_asked_to_sign_in_by_wagtail_itself(client):
    assert client.get("/cms/").headers["Location"].startswith("/accounts/login/")
    assert client.get("/cms/login/").headers["Location"].startswith("/accounts/login/")


def test_the_pages_about_the_api_run_only_our_own_script(client):
    policy = client.get("/api/v1/docs/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy, "as strict as the rest"
    assert "http" not in policy


def test_every_other_page_has_the_strictest_policy(client):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
