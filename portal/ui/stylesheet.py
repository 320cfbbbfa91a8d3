"""One stylesheet, put together from small ones: nothing built is committed, nothing is installed to build it.

`portal/portal.css` exists only as the answer of a static files finder. In development it is put together again when a
source changes; in production `collectstatic` asks once, and the hashed storage names it for ever.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

NAME = "portal/portal.css"
CSS = Path(__file__).resolve().parents[1] / "static" / "portal" / "css"
FIRST = ("tokens.css", "base.css", "layout.css")
LAST = ("print.css",)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_URL = re.compile(r"""url\(\s*(["']?)(?!data:|https?:|/|#)([^"')]+)\1\s*\)""")
_BLANK = re.compile(r"\n\s*\n+")


def sources() -> list[Path]:
    """Every source in the order of the cascade: tokens, base, layout, the components by name, print."""
    others = sorted(p for p in CSS.rglob("*.css") if p.name not in (*FIRST, *LAST))
    return [CSS / name for name in FIRST] + others + [CSS / name for name in LAST]


def stylesheet() -> str:
    """The whole stylesheet. A relative url() in a source is rewritten to hold from `portal/portal.css`."""
    return "\n".join(_inlined(path) for path in sources()) + "\n"


def _inlined(path: Path) -> str:
    folder = posixpath.join("css", *path.parent.relative_to(CSS).parts)

    def from_portal(match: re.Match[str]) -> str:
        return f'url("{posixpath.normpath(posixpath.join(folder, match[2]))}")'

    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    return _BLANK.sub("\n", _URL.sub(from_portal, text)).strip()


class StylesheetFinder(BaseFinder):
    """Finds `portal/portal.css`, kept under the var folder."""

    def __init__(self, app_names: list[str] | None = None, *args, **kwargs) -> None:
        self.storage = FileSystemStorage(location=settings.VAR / "stylesheet")
        self.path = Path(self.storage.location) / NAME
        super().__init__(*args, **kwargs)

    def check(self, **kwargs) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path.replace("\\", "/") != NAME:
            return []
        found = str(self._current())
        return [found] if find_all else found

    def list(self, ignore_patterns) -> Iterator[tuple[str, FileSystemStorage]]:
        self._current()
        yield NAME, self.storage

    def _current(self) -> Path:
        newest = max(p.stat().st_mtime for p in (*sources(), CSS, CSS / "components"))
        if not self.path.is_file() or self.path.stat().st_mtime < newest:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Written beside and moved, so that another process never serves half a stylesheet.
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self.path.parent, delete=False) as file:
                file.write(stylesheet())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(self.path)
        return self.path


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Names by content, for ever cacheable; our own modules' `import`s are rewritten to the hashed names."""

    support_js_module_import_aggregation = True
