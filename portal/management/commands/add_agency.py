from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from portal.accounts import membership
from portal.accounts.access import declares
from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from portal.accounts.roles import AgencyKind
from portal.audit import trail


@declares("operator")
class Command(BaseCommand):
    help = "Add an agency: a school, a service, a provider."

    def add_arguments(self, parser) -> None:
        parser.add_argument("name")
        parser.add_argument("--kind", required=True, choices=AgencyKind.values)
        parser.add_argument("--urn", default="", help="A school's unique reference number")
        parser.add_argument("--phase", default="")
        parser.add_argument("--town", default="")
        parser.add_argument("--trust", default="", help="The short name of the trust a school belongs to")

    def handle(self, *args, name: str, kind: str, trust: str, **options) -> None:
        slug = slugify(name)
        if Agency.objects.filter(slug=slug).exists():
            raise CommandError(f"There is already an agency with the short name {slug}.")
        parent = Agency.objects.filter(slug=trust, kind=AgencyKind.TRUST).first()
        if trust and parent is None:
            raise CommandError(f"There is no trust with the short name {trust}.")
        fields = {field: options[field] for field in ("urn", "phase", "town")}
        with transaction.atomic():
            made = membership.open_agency(kind=kind, name=name, slug=slug, trust=parent, **fields)
            by = Actor.machine("operator")
            about = {"noun": "agency", "reference": str(made.pk), "rule": "agency_opened", "channel": "command"}
            trail.write("permission", by=by, **about)
        self.stdout.write(f"{name} is there. Its short name is {slug}.")
