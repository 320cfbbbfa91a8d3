"""The second wall is really up: read from PostgreSQL's own catalogue, as the role that the product runs as."""

import pytest
from django.apps import apps
from django.db import connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

PROTECTED_APPS = ("referrals", "notifications", "audit")
# Tables of those applications that hold nothing of any child, each with why.
OPEN = {
    "notifications_preference": "how a person wants to be told",
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
    return found - set(OPEN)


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
    assert definers == {"alongside_enter", "wall_on_case", "wall_reads_note", "wall_has_care", "audit_append"}


def test_nothing_can_be_emptied_altered_or_made():
    granted = asked(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = current_user AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')"
    )
    assert granted == []
    [(may_create,)] = asked("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
    assert not may_create


def test_the_trail_can_be_read_and_not_written():
    held = {
        (table, right)
        for table, right in asked(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = current_user AND table_name IN ('audit_entry', 'audit_head')"
        )
    }
    assert held == {("audit_entry", "SELECT"), ("audit_head", "SELECT")}
