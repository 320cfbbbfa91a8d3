"""What a program sends: JSON, refused with a sentence where no database and no form could hold it."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 50  # lists and objects inside each other; a referral's answers need six


class TooLarge(APIException):
    status_code = 413
    default_detail = "This is too much to send at once. Send less."


class JSONParser(BaseParser):
    """orjson refuses half surrogate pairs, NaN and broken UTF-8 by itself, and never recurses in Python."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        sent = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(sent) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            data = orjson.loads(sent)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"This is not JSON that can be read: {error}.") from None
        refuse_what_cannot_be_kept(data)
        return data


def refuse_what_cannot_be_kept(data: Any) -> None:
    """ParseError for a NUL character in any text, or for more than DEEPEST levels."""
    level, depth = [data], 0
    while level:
        if depth > DEEPEST:
            raise ParseError(f"Send no more than {DEEPEST} lists and objects inside each other.")
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and "\x00" in value:
                raise ParseError("Take out the NUL character (\\u0000): it cannot be kept.")
        level, depth = below, depth + 1
