from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.access import declares
from referrals import tables


@declares("operator")
class Command(BaseCommand):
    help = "Write docs/workflow.md, permissions.md and events.md from the code's own tables; --check: are they current?"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail if a page is not current.")

    def handle(self, *args, check: bool, **options) -> None:
        folder = Path(settings.BASE_DIR) / "docs"
        stale = []
        for name, text in tables.pages().items():
            path = folder / name
            if path.is_file() and path.read_text() == text:
                continue
            stale.append(f"docs/{name}")
            if not check:
                path.write_text(text)
        if check and stale:
            raise CommandError(f"Not current: {', '.join(stale)}. Run `manage.py docs` and commit.")
        self.stdout.write("docs are current" if not stale else f"wrote {', '.join(stale)}")
