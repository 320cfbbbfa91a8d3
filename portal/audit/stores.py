"""Where the signed heads are kept, outside the database: whoever owns the database must not own this too.

A store keeps each record under a name that sorts by time ("2026-11-23/194500-000123.json") and never changes one. Set
AUDIT_HEADS_STORE to the dotted path of a class like these; it is made without arguments.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.module_loading import import_string


class Store(Protocol):
    def put(self, name: str, record: str) -> None:
        """Keep one line of text for good."""

    def newest(self) -> str | None:
        """The record kept last."""

    def every(self) -> Iterator[str]:
        """All records, oldest first."""


class Files:
    """A file a day, under the folder AUDIT_HEADS; a line is added to its end and nothing else. The default."""

    def __init__(self) -> None:
        self.folder = Path(settings.AUDIT_HEADS)

    def put(self, name: str, record: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name.partition('/')[0]}.jsonl").open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(f"{record}\n")

    def newest(self) -> str | None:
        for path in sorted(self.folder.glob("*.jsonl"), reverse=True):
            if lines := path.read_text(encoding="utf-8").splitlines():
                return lines[-1]
        return None

    def every(self) -> Iterator[str]:
        for path in sorted(self.folder.glob("*.jsonl")):
            with path.open(encoding="utf-8") as file:
                yield from (line.rstrip("\n") for line in file)


class Objects:
    """An object a record, in the storage named "audit" of settings.STORAGES: an object store, with a lock on deletion
    if it has one."""

    def __init__(self) -> None:
        self.storage = storages["audit"]

    def put(self, name: str, record: str) -> None:
        self.storage.save(name, ContentFile(record.encode()))

    def newest(self) -> str | None:
        for day in self._days(newest_first=True):
            if names := self._names(day):
                return self._read(names[-1])
        return None

    def every(self) -> Iterator[str]:
        for day in self._days():
            yield from map(self._read, self._names(day))

    def _days(self, *, newest_first: bool = False) -> list[str]:
        try:
            days = self.storage.listdir("")[0]
        except FileNotFoundError:  # a folder in which nothing has been kept yet
            return []
        return sorted(days, reverse=newest_first)

    def _names(self, day: str) -> list[str]:
        return [f"{day}/{name}" for name in sorted(self.storage.listdir(day)[1])]

    def _read(self, name: str) -> str:
        with self.storage.open(name) as file:
            return file.read().decode()


def store() -> Store:
    return import_string(settings.AUDIT_HEADS_STORE)()
