from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts import devices, told
from portal.accounts.access import declares
from portal.accounts.models import User


@declares("operator")
class Command(BaseCommand):
    help = "For somebody who has lost her phone, her passkey and her recovery codes: she sets up a second step anew."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")

    def handle(self, *args, email: str, **options) -> None:
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {email}.")
        with transaction.atomic():
            Authenticator.objects.filter(user=user).delete()
            told.changed(user, "second factor forgotten by the operator")
            devices.end_all(user)
        print(f"{user} is signed out everywhere. She sets up a second step when she next signs in with her password.")
