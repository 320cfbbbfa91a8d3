"""JSON by orjson: dates, UUIDs and frozen sets as they are."""

from __future__ import annotations

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str)


class ProblemRenderer(JSONRenderer):
    """RFC 9457."""

    media_type = "application/problem+json"
    format = "problem"
