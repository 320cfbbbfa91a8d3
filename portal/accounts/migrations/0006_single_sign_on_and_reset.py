"""Who a person is at the single sign-on provider; a letter for whoever has forgotten her password."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_people_and_invitations")]

    operations = [
        migrations.CreateModel(
            name="ProviderIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.URLField(max_length=255)),
                ("subject", models.CharField(max_length=255)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provider_identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "provider identities",
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="provider_subject_once"),
                    models.UniqueConstraint(fields=("user", "issuer"), name="provider_person_once"),
                ],
            },
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invitation", "You are invited"),
                    ("confirm", "Say who still works with you"),
                    ("confirm_soon", "Say who still works with you: one week left"),
                    ("paused", "Nobody has said that you still work here"),
                    ("reset", "Choose a new password"),
                ],
                max_length=20,
            ),
        ),
    ]
