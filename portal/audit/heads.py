"""The heads, signed and written outside the database every five minutes.

A chain alone does not hold somebody who owns the whole database: she can write every row anew, and the head with them.
What she cannot do is change what was written elsewhere, nor sign it: the key is in the environment of the worker, and
the database never sees it.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from .models import Head
from .stores import Store, store

SHORTEST_KEY = 32
OLDEST = datetime.timedelta(minutes=10)  # two runs missed: somebody should know


@dataclass(frozen=True)
class Signed:
    """One record: when, and for each shard how many rows it had and the hash of the last. `wrong` says what does not
    hold about the record itself, "" where nothing."""

    at: datetime.datetime
    heads: dict[int, tuple[int, str]]
    wrong: str = ""


def signing_key() -> Ed25519PrivateKey:
    """The key of AUDIT_KEY: any secret of 32 characters or more, made into a key of Ed25519."""
    if len(settings.AUDIT_KEY) < SHORTEST_KEY:
        raise ImproperlyConfigured("Set AUDIT_KEY to 32 or more random characters, or say --key.")
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"audit heads {settings.AUDIT_KEY}".encode()).digest())


def public_key() -> str:
    """What signatures are checked with, as text to write down: whoever has it can check and cannot sign."""
    return base64.b64encode(signing_key().public_key().public_bytes_raw()).decode()


def write_out(into: Store | None = None) -> str:
    """Sign all heads as they are, and keep them outside. Each record names the one before it. Returns the record."""
    into = into or store()
    now = timezone.now()
    heads = [list(row) for row in Head.objects.filter(n__gt=0).order_by("shard").values_list("shard", "n", "hash")]
    said = {"at": now.isoformat(), "after": _digest(into.newest() or ""), "heads": heads}
    signature = signing_key().sign(_text(said).encode())
    record = _text({**said, "signature": base64.b64encode(signature).decode()})
    into.put(f"{now:%Y-%m-%d}/{now:%H%M%S-%f}.json", record)
    return record


def kept(where: Store | None = None, key: str = "") -> Iterator[Signed]:
    """Every record outside, oldest first, each checked: its signature by `key` (ours by default), and its place."""
    check = Ed25519PublicKey.from_public_bytes(base64.b64decode(key or public_key()))
    before = ""
    for number, record in enumerate((where or store()).every(), start=1):
        yield _read(record, number, before, check)
        before = record


def _read(record: str, number: int, before: str, check: Ed25519PublicKey) -> Signed:
    try:
        said = json.loads(record)
        signature = base64.b64decode(said.pop("signature"))
        at = datetime.datetime.fromisoformat(said["at"])
        heads = {int(shard): (int(n), str(digest)) for shard, n, digest in said["heads"]}
        after = said["after"]
    except (ValueError, KeyError, TypeError):
        return Signed(timezone.now(), {}, f"record {number} outside cannot be read")
    try:
        check.verify(signature, _text(said).encode())
    except InvalidSignature:
        return Signed(at, {}, f"record {number} outside, of {at:%Y-%m-%d %H:%M}, is not signed with our key")
    missing = after != _digest(before)
    return Signed(at, heads, f"something is missing before record {number} outside, of {at:%Y-%m-%d %H:%M}" * missing)


def _text(said: dict) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def _digest(record: str) -> str:
    return hashlib.sha256(record.encode()).hexdigest()
