"""The public site and the casework are apart: no row, no right, no reference leads from the one to the other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import models
from django.urls import reverse

import content
from content import pages
from portal.accounts.roles import Role
from referrals import policy
from referrals.models import Case
from tests import worlds

CASEWORK = {"referrals", "notifications", "audit"}
SITE = {"content", *(app.label for app in apps.get_app_configs() if app.name.startswith("wagtail")), "taggit"}
# Which of a child's words a model could hold: what the casework calls its own columns.
OF_A_CHILD = {
    "child",
    "carer",
    "upn",
    "nhs_number",
    "date_of_birth",
    "born",
    "case",
    "referral",
    "concern",
    "safe_contact",
}


def models_of(labels: set[str]) -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels]


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.get_fields() if not field.auto_created or field.concrete]


# --- rows and columns -------------------------------------------------------------------------------------------------


def test_no_model_of_the_site_refers_to_the_casework_nor_the_other_way_round():
    both = [(SITE, CASEWORK), (CASEWORK, SITE)]
    found = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for from_, to in both
        for model in models_of(from_)
        for field in fields_of(model)
        if field.is_relation and field.related_model is not None and field.related_model._meta.app_label in to
    ]
    assert len(models_of(SITE)) > 20 and len(models_of(CASEWORK)) > 10, "otherwise nothing has been looked at"
    assert found == []


def test_no_model_of_the_sites_own_has_a_column_for_anything_about_a_child():
    own = models_of({"content"})
    assert own
    found = [f"{model._meta.label}.{field.name}" for model in own for field in fields_of(model)]
    assert [name for name in found if name.rpartition(".")[2] in OF_A_CHILD] == []


def test_documents_and_images_are_wagtails_own_and_the_casework_has_no_file_at_all():
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model

    assert get_document_model()._meta.label == "wagtaildocs.Document"
    assert get_image_model()._meta.label == "wagtailimages.Image"
    columns = [field for model in models_of(CASEWORK) for field in fields_of(model)]
    assert [field for field in columns if isinstance(field, models.FileField)] == []


def test_no_page_takes_what_a_reader_types():
    """Wagtail's form pages keep what was sent where whoever may change the page may read it."""
    assert not apps.is_installed("wagtail.contrib.forms")
    kinds = {base.__name__ for model in models_of({"content"}) for base in model.__mro__}
    assert not kinds & {"AbstractForm", "AbstractEmailForm", "FormMixin", "AbstractFormSubmission", "EmailFormMixin"}


def test_the_sites_code_imports_nothing_of_the_casework():
    named = set()
    for path in Path(content.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {each.name.split(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                named.add(node.module.split(".")[0])
    assert "wagtail" in named
    assert not named & {"referrals", "notifications"}


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_editor_sees_no_row_of_the_casework():
    world = worlds.staffed()
    worlds.opened_case(world, joined=("early help",))
    worlds.received_concern(world.agencies["Hillside"])
    editor = world.people["editor"]
    assert Case in policy.MODELS.values()
    for model in set(policy.MODELS.values()):
        assert policy.visible_to(editor, model).count() == 0, model._meta.label


@pytest.mark.django_db
def test_an_editor_is_refused_every_page_of_the_workspace_about_a_child(client):
    world = worlds.staffed()
    case = worlds.opened_case(world)
    client.force_login(world.people["editor"].user)
    for address in (f"/workspace/cases/{case.reference}/", f"/workspace/cases/{case.reference}/timeline/"):
        assert client.get(address).status_code == 404, address
    for address in ("/workspace/intake/", "/workspace/activity/"):
        assert client.get(address).status_code in {403, 404}, address
    assert client.get(f"/api/v1/cases/{case.reference}/").status_code == 404


@pytest.mark.django_db
def test_nobody_but_an_editor_gets_into_the_editors_pages(client, wagtail_root):
    world = worlds.staffed()
    pages.load()
    tried = set()
    for name, actor in world.people.items():
        if actor.role == Role.EDITOR:
            continue
        client.force_login(actor.user)
        for address in (reverse("wagtailadmin_home"), reverse("wagtaildocs:index"), reverse("wagtailimages:index")):
            answer = client.get(address)
            assert answer.status_code in {302, 403}, (name, address)
            assert not answer.headers.get("Location", "").startswith("/cms/"), (name, address)
        tried.add(actor.role)
    assert tried == set(Role) - {Role.EDITOR}, "every role there is"


@pytest.mark.django_db
def test_no_agencys_group_holds_a_right_to_the_site():
    world = worlds.staffed()
    groups = [agency.group_id for agency in world.agencies.values()]
    assert not Permission.objects.filter(group__in=groups).exists()


@pytest.mark.django_db
def test_the_editors_group_holds_no_right_to_the_casework(wagtail_root):
    pages.load()
    held = pages.editors_group().permissions
    assert not held.filter(content_type__app_label__in=[*CASEWORK, "accounts", "auth", "guardian"]).exists()
