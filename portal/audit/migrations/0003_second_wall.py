"""The trail is read by those who oversee, and written by its own function alone (docs/adr/0021)."""

from django.db import migrations

from portal.accounts.wall import on_postgresql, protect, unprotect

OVERSEERS = "(SELECT wall_oversees())"
UP = protect("audit_entry", see=OVERSEERS) + protect("audit_head", see=OVERSEERS)
DOWN = unprotect("audit_entry", "see") + unprotect("audit_head", "see")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append"), ("referrals", "0008_second_wall")]

    operations = [migrations.RunPython(on_postgresql(UP), on_postgresql(DOWN))]
