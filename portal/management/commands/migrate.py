"""`manage.py migrate`: as the role that owns the tables, and then what the role of run time may do with them.

With DATABASE_OWNER_URL set, DATABASE_URL names a role that owns nothing: row-level security holds it. What it may do
with which table is granted here, after every migration, so that a new table is never forgotten (docs/runbook.md).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection

from portal.accounts.access import declares

# The audit trail is written by its own function alone, and a migration is the owner's.
ONLY_READ = frozenset({"audit_entry", "audit_head", "django_migrations"})
PAST_THE_WALL = "-c alongside.inside=yes"  # what a migration moves, it must see; only the owner's word counts


@declares("operator")
class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_OWNER is None:
            super().handle(*args, **options)
            return
        before = dict(connection.settings_dict)
        connection.close()
        # Not another alias: migrations of libraries ask the default one.
        connection.settings_dict.update(settings.DATABASE_OWNER, OPTIONS={"options": PAST_THE_WALL}, CONN_MAX_AGE=0)
        try:
            super().handle(*args, **options)
            if not options["plan"] and not options["check_unapplied"]:
                self.grant(before["USER"])
        finally:
            connection.close()
            connection.settings_dict.update(before)

    @staticmethod
    def grant(role: str) -> None:
        """To the role of run time: to read and write every table but those above, and to make none, not even a
        temporary one, which nobody's rules hold."""
        name = connection.ops.quote_name
        database = name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {name(role)}")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name(role)}")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name(role)}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name(role)}")
            for table in sorted(ONLY_READ & set(connection.introspection.table_names(cursor))):
                cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {name(table)} FROM {name(role)}")
