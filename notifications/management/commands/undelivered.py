"""What could not be told to anybody after every attempt: for the operator, who mends the cause and tries again."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.models import Delivery, State, Stuck
from portal.accounts import identity
from portal.accounts.access import declares


@declares("operator")
class Command(BaseCommand):
    help = "List events whose fan-out was given up and mail that could not be sent. --retry tries them all again."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--retry", action="store_true")

    @identity.as_worker()
    def handle(self, *args, retry: bool = False, **options) -> None:
        events = Stuck.objects.filter(given_up_at__isnull=False).order_by("pk")
        mails = Delivery.objects.filter(state=State.DEAD).order_by("pk")
        for stuck in events:
            self.stdout.write(f"event {stuck.pk}: {stuck.error}, given up {stuck.given_up_at:%d %B %H:%M}")
        for mail in mails:
            self.stdout.write(f"mail {mail.pk} (event {mail.event_id}): {mail.error or 'sender died'}")
        if retry:
            now = timezone.now()
            again = events.update(given_up_at=None, attempts=0, next_try=now) + mails.update(
                state=State.WAITING, attempts=0, next_try=now
            )
            self.stdout.write(f"{again} to be tried again by the worker.")
