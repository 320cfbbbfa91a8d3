"""JSON by orjson: dates, UUIDs and frozen sets as they are."""

from __future__ import annotations

import json
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=str)
        except TypeError:  # half a surrogate pair, or a number beyond 64 bits: said as well as UTF-8 can
            return json.dumps(data, default=str, ensure_ascii=False).encode("utf-8", "replace")


class ProblemRenderer(JSONRenderer):
    """RFC 9457."""

    media_type = "application/problem+json"
    format = "problem"
