"""Log lines: one JSON object each (time, level, what happened, request and person by id), for a person in development.

Never a name, a birth date or what somebody wrote: an id, and whoever may, looks it up.
"""

from __future__ import annotations

import structlog
from django.conf import settings


def without_questions(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An address up to its question mark: what somebody searched for may be a child's name."""
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].partition("?")[0]
    return event


PRE_CHAIN: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    without_questions,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Send structlog's lines through the standard library's handlers, so that there is one stream and one format."""
    structlog.configure(
        processors=[
            *PRE_CHAIN,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def render(logger: object, name: str, event: structlog.typing.EventDict) -> str:
    """One line: words where a person watches, JSON where a machine collects."""
    if settings.DEBUG:
        return structlog.dev.ConsoleRenderer(colors=False)(logger, name, event)
    event = structlog.processors.format_exc_info(logger, name, event)
    return structlog.processors.JSONRenderer()(logger, name, event)  # type: ignore[return-value]
