"""How a table is put behind the second wall: the SQL that migrations run. What it hides from whom, they say themselves.

Migrations that have been applied call this, so what it writes for the same arguments must stay the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import BigIntegerField, Func, QuerySet, Value

# Of a function that runs as the owner. Left unsaid, pg_temp is searched first for tables: whoever may make a temporary
# one would then be asked instead of us, as the owner.
SEARCH_PATH = "pg_catalog, public, pg_temp"
COMMANDS = {"see": "SELECT", "make": "INSERT", "change": "UPDATE", "take": "DELETE"}


def on_postgresql(statements: str) -> Callable[[Any, Any], None]:
    """For RunPython. On SQLite the first wall stands alone."""

    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements, params=None)

    return run


def definer(signature: str, body: str) -> str:
    """A function that runs as the role that owns the tables, whoever asks it."""
    return f"""
CREATE FUNCTION {signature} LANGUAGE plpgsql SECURITY DEFINER SET search_path = {SEARCH_PATH}
AS $definer${body}$definer$;
"""


Rows = TypeVar("Rows", bound=QuerySet)


def entering(memberships: Rows, user: int, chosen: int | None, today: datetime.date) -> Rows:
    """The same rows; to read them is to enter as `user`'s `chosen` current membership, or as her first."""
    enter = Func(
        Value(user, BigIntegerField()),
        Value(chosen, BigIntegerField()),
        Value(today),
        function="alongside_enter_as",
        output_field=BigIntegerField(),
    )
    return memberships.annotate(entered_as=enter)


def protect(table: str, **conditions: str) -> str:
    """Row-level security on `table`, for its owner too: `conditions` say which rows one may `see`, `make`, `change` or
    `take` (SELECT, INSERT, UPDATE, DELETE); a command without a condition is refused.

    The service itself (`wall_machine`) sees all. The owner's policy counts while a migration or one of the owner's own
    functions says so (`alongside.inside`).
    """
    inside = "current_setting('alongside.inside', true) = 'yes'"
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY inside ON {table} TO CURRENT_USER USING ({inside}) WITH CHECK ({inside})",
        f"CREATE POLICY machine ON {table} USING ((SELECT wall_machine())) WITH CHECK ((SELECT wall_machine()))",
    ]
    for name, condition in conditions.items():
        using = "" if name == "make" else f" USING ({condition})"
        check = f" WITH CHECK ({condition})" if name in {"make", "change"} else ""
        statements.append(f"CREATE POLICY {name} ON {table} FOR {COMMANDS[name]}{using}{check}")
    return "".join(f"{statement};\n" for statement in statements)


def unprotect(table: str, *names: str) -> str:
    """What `protect` did, undone."""
    drops = "".join(f"DROP POLICY {name} ON {table};\n" for name in ("inside", "machine", *names))
    return f"{drops}ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;\n"
