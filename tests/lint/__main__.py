"""`python -m tests.lint`: every line of the product that breaks a rule of ours, and why."""

from __future__ import annotations

import sys

from tests.lint.rules import findings


def main() -> int:
    found = findings()
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
