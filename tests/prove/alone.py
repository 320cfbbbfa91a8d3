"""One proof in this process: `python -m tests.prove.alone <name> <size> <file>` writes its figures to the file."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def main(name: str, size: str, file: str) -> None:
    import django

    django.setup()
    figures = importlib.import_module(f"tests.prove.{name}").run(size)
    Path(file).write_text(json.dumps(figures, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
