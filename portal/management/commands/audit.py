"""`manage.py audit verify`: is the trail as it was written?  `manage.py audit heads`: sign the heads now, outside."""

from __future__ import annotations

import base64
import contextlib
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts import identity
from portal.accounts.access import declares
from portal.accounts.actor import Actor
from portal.audit import heads, verify


@declares("operator")
class Command(BaseCommand):
    help = "Checks the audit trail, row by row, against its own heads and those outside; or writes the heads out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="what", required=True)
        check = actions.add_parser("verify", help="every row, and every head; ends with 1 where something is wrong")
        check.add_argument("--key", default="", help="the public key, where AUDIT_KEY itself is not to be had")
        actions.add_parser("heads", help="sign all heads as they are and keep them outside, as the worker does")
        actions.add_parser("key", help="the public key that signatures are checked with")

    def handle(self, *args: Any, what: str, key: str = "", **options: Any) -> None:
        with identity.as_actor(Actor.machine("worker")):
            {"verify": lambda: self.verify(key), "heads": self.heads, "key": self.key}[what]()

    def key(self) -> None:
        self.stdout.write(heads.public_key())

    def heads(self) -> None:
        self.stdout.write(heads.write_out())

    def verify(self, key: str) -> None:
        with contextlib.suppress(ValueError):
            if key and len(base64.b64decode(key, validate=True)) != 32:
                raise CommandError("That is not a public key: `manage.py audit key` prints ours.")
        report = verify.verify(heads.kept(key=key))
        for finding in report.findings:
            self.stderr.write(str(finding))
        speed = report.rows / report.seconds if report.seconds else 0
        self.stdout.write(f"{report.rows:,} rows in {report.seconds:.1f} s ({speed:,.0f} a second)")
        old = verify.age(report)
        if old is None:
            self.stderr.write("There are no heads outside: a trail that was written anew whole would not be noticed.")
        elif old > heads.OLDEST:
            self.stderr.write(
                f"The newest heads outside are {int(old.total_seconds() // 60)} minutes old. Look at the worker."
            )
        if not report.well:
            raise CommandError(f"The trail is not as it was written: {len(report.findings)} findings, above.")
        self.stdout.write("The trail is as it was written.")
