from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts import second_step_reset, told
from portal.accounts.access import declares
from portal.accounts.models import User


@declares("operator")
class Command(BaseCommand):
    help = "For somebody who has lost her phone, her passkey and her recovery codes: prints a code to tell her."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")

    def handle(self, *args, email: str, **options) -> None:
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {email}.")
        with transaction.atomic():
            code = second_step_reset.take_away(user, by=None)
            told.changed(user, "second factor forgotten by the operator")
        print(f"{user} is signed out everywhere. She sets up a second step with her password and this code.")
        print(f"Tell her face to face or by phone, never by mail: {second_step_reset.in_fours(code)} (24 hours)")
