import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from content import pages
from portal.accounts import membership
from portal.accounts.access import declares
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import ROLES_AT, Role
from portal.audit import trail


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
        if role not in ROLES_AT[found.kind]:
            possible = ", ".join(ROLES_AT[found.kind])
            raise CommandError(f"Nobody can be {role} at {found}. Possible there: {possible}.")
        user = User.objects.filter(email=email.lower()).first() or self._new(email, name)
        if not user.is_active:
            raise CommandError(f"{user} is suspended. Give access back on the page of people first.")
        if Membership.objects.current().filter(user=user, agency=found, role=role).exists():
            raise CommandError(f"{user} already has this role at {found}.")
        if role == Role.EDITOR:
            pages.editors_group()  # with its rights; who is in it follows the membership
        with transaction.atomic():
            membership.join(user, found, role)
            by = Actor.machine("operator")
            about = {"noun": "person", "reference": str(user.pk), "rule": f"joined:{role}", "channel": "command"}
            trail.write("permission", by=by, **about)
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
