"""Invitations, letters about access, suspension, and who said when that somebody still works here."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_signing_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="confirmed_on",
            field=models.DateField(
                blank=True, help_text="The last day on which somebody said that she still works here", null=True
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="suspended_as",
            field=models.ForeignKey(
                blank=True,
                help_text="For which agency somebody suspended her; null where the service did",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.agency",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="suspended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("school_staff", "Attendance lead"),
                            ("senco", "SENCO"),
                            ("head", "Headteacher"),
                            ("dsl", "Designated safeguarding lead"),
                            ("trust_lead", "Trust attendance lead"),
                            ("la_duty", "Duty officer"),
                            ("la_officer", "Attendance officer"),
                            ("la_manager", "Attendance team manager"),
                            ("sen_caseworker", "SEN caseworker"),
                            ("eh_practitioner", "Early Help practitioner"),
                            ("ap_provider", "Alternative provision worker"),
                            ("partner", "Partner worker"),
                            ("editor", "Content editor"),
                            ("dpo", "Data protection officer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("token_hash", models.CharField(blank=True, max_length=64)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="accounts.agency"
                    ),
                ),
                (
                    "invited_as",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invitation", "You are invited"),
                            ("confirm", "Say who still works with you"),
                            ("confirm_soon", "Say who still works with you: one week left"),
                            ("paused", "Nobody has said that you still work here"),
                        ],
                        max_length=20,
                    ),
                ),
                ("to", models.EmailField(max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to be sent"),
                            ("done", "Sent"),
                            ("withheld", "Not sent: it holds no more"),
                            ("dead", "Given up"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_try", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="The kind of the last failure; never an address", max_length=80
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        help_text="Of that kind",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="accounts.invitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AskedToConfirm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term_from", models.DateField(help_text="The first day of the term")),
                ("asked_on", models.DateField()),
                ("reminded_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked_to_confirm",
                        to="accounts.agency",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agency", "term_from"), name="asked_once_a_term")],
            },
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["agency", "-made_at"], name="accounts_in_agency__d1f1a5_idx"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("token_hash", ""), _negated=True),
                fields=("token_hash",),
                name="invitation_token_once",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["next_try"], name="letter_due"),
        ),
    ]
