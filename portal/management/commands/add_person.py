import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from content import pages
from portal.accounts import membership
from portal.accounts.access import declares
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import Role


@declares("operator")
class Command(BaseCommand):
    help = "Give a person a role in an agency; a person who is new gets an account and is asked for a first password."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--agency", required=True, help="The agency's short name")
        parser.add_argument("--role", required=True, choices=Role.values)

    def handle(self, *args, email: str, name: str, agency: str, role: str, **options) -> None:
        found = Agency.objects.open().filter(slug=agency).first()
        if found is None:
            raise CommandError(f"There is no open agency with the short name {agency}.")
        user = User.objects.filter(email=email.lower()).first() or self._new(email, name)
        if Membership.objects.current().filter(user=user, agency=found, role=role).exists():
            raise CommandError(f"{user} already has this role at {found}.")
        membership.join(user, found, role)
        if role == Role.EDITOR:
            user.groups.add(pages.editors_group())
        self.stdout.write(f"{user} is now {Role(role).label} at {found}.")

    def _new(self, email: str, name: str) -> User:
        if not name:
            raise CommandError("A new person needs a name: --name 'Anna Jones'")
        password = getpass.getpass("First password: ")
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong
        return User.objects.create_user(email, password, name=name)
