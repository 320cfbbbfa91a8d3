"""The second wall is really up: read from PostgreSQL's own catalogue, as the role that the product runs as."""

import pytest
from django.apps import apps
from django.db import connection

from portal import checks

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

PROTECTED_APPS = ("referrals", "notifications", "audit")
# Tables of other applications that are asked before anybody has entered, or hold nothing of any child. A new one is put
# behind the wall, or here with the reason.
NO_CASEWORK = {
    # who somebody is must be known before the database can be asked as her
    "who has an account, and at which agency": "accounts_user accounts_agency accounts_membership accounts_invitation "
    "accounts_askedtoconfirm account_emailaddress account_emailconfirmation",
    "how somebody signs in, and from where": "accounts_device accounts_failures accounts_provideridentity "
    "accounts_secondstepreset authtoken_token mfa_authenticator",
    # and holds a family's concern while it is being written (docs/threat-model.md)
    "a session is read before anybody is known": "django_session",
    "letters about an account, with nothing of a case": "accounts_letter",
    "Django's own permissions, which open no casework": "auth_group auth_group_permissions auth_permission "
    "accounts_user_groups accounts_user_user_permissions django_content_type guardian_groupobjectpermission "
    "guardian_userobjectpermission",
    "what has been migrated and what the worker did when": "django_migrations portal_clockrun portal_workerheartbeat "
    "django_tasks_database_dbtaskresult",
    "the public site: no column leads from it to the casework": "content_contactpage content_contactpoint "
    "content_homepage content_legalfact content_sectionpage content_sitecontacts content_stepbysteppage "
    "content_topicpage taggit_tag taggit_taggeditem wagtailadmin_admin wagtailadmin_editingsession "
    "wagtailadmin_formstate wagtailcore_collection wagtailcore_collectionviewrestriction "
    "wagtailcore_collectionviewrestriction_groups wagtailcore_comment wagtailcore_commentreply "
    "wagtailcore_groupapprovaltask wagtailcore_groupapprovaltask_groups wagtailcore_groupcollectionpermission "
    "wagtailcore_grouppagepermission wagtailcore_groupsitepermission wagtailcore_locale wagtailcore_modellogentry "
    "wagtailcore_page wagtailcore_pagelogentry wagtailcore_pagesubscription wagtailcore_pageviewrestriction "
    "wagtailcore_pageviewrestriction_groups wagtailcore_referenceindex wagtailcore_revision wagtailcore_site "
    "wagtailcore_task wagtailcore_taskstate wagtailcore_uploadedfile wagtailcore_workflow "
    "wagtailcore_workflowcontenttype wagtailcore_workflowpage wagtailcore_workflowstate wagtailcore_workflowtask "
    "wagtaildocs_document wagtailimages_image wagtailimages_rendition wagtailredirects_redirect "
    "wagtailsearch_indexentry wagtailusers_userprofile",
}
COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}


def asked(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def tables() -> set[str]:
    found = set()
    for app in PROTECTED_APPS:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            found.add(model._meta.db_table)
    return found


def test_the_product_owns_nothing_and_passes_no_wall():
    [(name, superuser, bypasses, creates)] = asked(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb OR rolcreaterole "
        "FROM pg_roles WHERE rolname = current_user"
    )
    assert (superuser, bypasses, creates) == (False, False, False), name
    assert asked("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]


def test_every_table_of_a_childs_record_is_behind_the_wall_for_its_owner_too():
    state = {
        name: (enabled, forced)
        for name, enabled, forced in asked("SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class")
    }
    assert len(tables()) >= 20
    assert {name: state[name] for name in tables()} == dict.fromkeys(tables(), (True, True))


def test_what_is_outside_the_wall_is_outside_it_on_purpose():
    outside = {
        name
        for (name,) in asked(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
            "AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
    }
    said = {name for names in NO_CASEWORK.values() for name in names.split()}
    assert outside == said, "put it behind the wall, or say why not"


def test_every_protected_table_says_who_sees_it_and_whatever_is_not_said_is_refused():
    policies: dict[str, dict[str, str]] = {}
    for table, policy, command, roles in asked(
        "SELECT polrelid::regclass::text, polname, polcmd, polroles::regrole[]::text FROM pg_policy"
    ):
        policies.setdefault(table, {})[policy] = COMMANDS[command]
        if policy == "inside":
            assert roles == "{alongside_owner}", "only the owner's word counts inside"
    for table in sorted(tables()):
        said = policies.get(table, {})
        assert said.get("inside") == said.get("machine") == "ALL", table
        assert {name: said[name] for name in said if name in {"see", "make", "change", "take"}}.items() <= {
            "see": "SELECT",
            "make": "INSERT",
            "change": "UPDATE",
            "take": "DELETE",
        }.items(), table
        assert set(said) <= {"inside", "machine", "see", "make", "change", "take"}, table


def test_there_is_no_way_round_it():
    """No view without the reader's own rights, no stored copy, and no function with its owner's rights but ours."""
    assert asked("SELECT viewname FROM pg_views WHERE schemaname = 'public'") == []
    assert asked("SELECT matviewname FROM pg_matviews") == []
    definers = {
        name
        for (name,) in asked("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
    }
    assert definers == {
        "alongside_enter",
        "wall_on_case",
        "wall_reads_note",
        "wall_has_care",
        "audit_append",
        "audit_put",
    }
    assert asked(checks.ASTRAY) == [], "a temporary table would be asked before ours"


def test_nothing_can_be_emptied_altered_or_made():
    granted = asked(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = current_user AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')"
    )
    assert granted == []
    [(may_shadow,)] = asked(f"SELECT {checks.SHADOWS}")
    assert not may_shadow, "neither in our schema nor as a temporary table"


def test_the_trail_can_be_read_and_not_written():
    held = {
        (table, right)
        for table, right in asked(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = current_user AND table_name IN ('audit_entry', 'audit_head')"
        )
    }
    assert held == {("audit_entry", "SELECT"), ("audit_head", "SELECT")}
