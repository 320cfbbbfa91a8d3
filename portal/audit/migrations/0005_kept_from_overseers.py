"""Whoever must not know of a child does not read in the trail about it either, whoever she is."""

from django.db import migrations

from portal.accounts.wall import on_postgresql

SEE = "(SELECT wall_oversees())"
NOT_DENIED = "about <> ALL ((SELECT wall_denied_children())::text[])"
UP = f"ALTER POLICY see ON audit_entry USING ({SEE} AND {NOT_DENIED})"
DOWN = f"ALTER POLICY see ON audit_entry USING ({SEE})"


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_prompt"), ("referrals", "0008_second_wall")]

    operations = [migrations.RunPython(on_postgresql(UP), on_postgresql(DOWN))]
