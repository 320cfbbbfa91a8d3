"""What was told to whom is that person's alone; what could not be told is the service's own (docs/adr/0021)."""

from django.db import migrations

from portal.accounts.wall import on_postgresql, protect, unprotect

HERS = "person_id = (SELECT wall_user())"
UP = protect("notifications_delivery", see=HERS, change=HERS) + protect("notifications_stuck")
DOWN = unprotect("notifications_delivery", "see", "change") + unprotect("notifications_stuck")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("referrals", "0008_second_wall")]

    operations = [migrations.RunPython(on_postgresql(UP), on_postgresql(DOWN))]
