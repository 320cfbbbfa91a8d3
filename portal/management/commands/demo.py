"""`manage.py demo`: the demonstration county, the same each time it is built from the same seed."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts import identity
from portal.accounts.access import declares
from portal.accounts.models import User
from portal.demo import build
from portal.demo.places import SIGN_INS


def _times(text: str) -> int:
    scale = int(text)
    if not 1 <= scale <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return scale


@declares("operator")
class Command(BaseCommand):
    help = "Builds the demonstration county: an invented council, its schools, sixty children and what happens to them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are people already")
        parser.add_argument("--scale", type=_times, default=1, help="this many times the casework, for measuring")
        parser.add_argument("--seed", type=int, default=build.DEFAULT_SEED, help="another county, as invented")
        parser.add_argument(
            "--sign-ins", action="store_true", help="only list who can sign in, and what to try as each"
        )

    def handle(self, *args: Any, if_empty: bool, scale: int, seed: int, sign_ins: bool, **options: Any) -> None:
        if sign_ins:
            self.list_sign_ins()
            return
        if if_empty and User.objects.exists():
            return
        if not settings.ALLOW_DEMO:
            raise CommandError("The demonstration county has published passwords. Set ALLOW_DEMO=1 to build it here.")
        if User.objects.exists():
            raise CommandError("There are people in this database already. The county is only built into an empty one.")
        began = time.monotonic()
        say = self.say if options["verbosity"] else lambda text: None
        with identity.as_worker():
            build.build(seed=seed, scale=scale, say=say)
        say(f"The demonstration county is ready ({time.monotonic() - began:.0f} seconds).")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def list_sign_ins(self) -> None:
        widest = max(len(person.email) for person in SIGN_INS)
        self.say(f"The password of each is {settings.DEMO_PASSWORD}\n")
        for person in SIGN_INS:
            self.say(f"  {person.email:<{widest}}  {person.name}: {person.try_this}")
