"""Log lines: one JSON object each (time, level, what happened, request and person by id), for a person in development.

Never a name, a birth date or what somebody wrote: an id, and whoever may, looks it up. A database's own words quote the
row they are about, so of its errors only the kind and the places in the code are said.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from django.conf import settings
from django.db import Error


def without_questions(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An address up to its question mark: what somebody searched for may be a child's name."""
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].partition("?")[0]
    return event


def without_rows(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Database errors, wherever they stand in the line or in another error's chain, by `bare`."""
    error = _error_of(event.get("exc_info"))
    if error is not None and _from_database(error):
        del event["exc_info"]
        event["exception"] = bare(error)
    for key, value in event.items():
        if isinstance(value, BaseException) and _from_database(value):
            event[key] = kind(value)
    if event.get("_from_structlog") is False:  # another library's line, whose arguments are already in its words
        arguments = event.pop("positional_args", ())
        if isinstance(arguments, tuple) and (said := _said(arguments)) != arguments:
            event["event"] = str(event["_record"].msg) % said
    elif "positional_args" in event:
        event["positional_args"] = _said(event["positional_args"])
    return event


def bare(error: BaseException) -> str:
    """Each error of the chain by its kind, and where in the code it came by: no message, no arguments, no values."""
    lines = []
    for one in _chain(error):
        lines.append(kind(one))
        lines += [
            f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
            for frame, line in traceback.walk_tb(one.__traceback__)
        ]
    return "\n".join(lines)


def kind(error: BaseException) -> str:
    """ "psycopg.errors.UniqueViolation 23505": the class, and the SQLSTATE where there is one."""
    state = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or ""
    return f"{type(error).__module__}.{type(error).__qualname__} {state}".rstrip()


def _error_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1]
    return sys.exc_info()[1] if exc_info else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and every one it came of or holds, once each."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        waiting += [found for found in (one.__cause__, one.__context__, *inner) if found is not None]


def _from_database(error: BaseException) -> bool:
    drivers = {"psycopg", "sqlite3"}
    return any(
        isinstance(one, Error) or any(cls.__module__.partition(".")[0] in drivers for cls in type(one).__mro__)
        for one in _chain(error)
    )


def _said(arguments: Any) -> Any:
    """A message's arguments, database errors among them by their kind."""
    return tuple(kind(a) if isinstance(a, BaseException) and _from_database(a) else a for a in arguments)


PRE_CHAIN: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    without_questions,
    without_rows,
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
        wrapper_class=structlog.stdlib.BoundLogger,  # which leaves a message and its arguments apart until then
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def render(logger: object, name: str, event: structlog.typing.EventDict) -> str:
    """One line: words where a person watches, JSON where a machine collects."""
    if settings.DEBUG:
        return structlog.dev.ConsoleRenderer(colors=False)(logger, name, event)
    event = structlog.processors.format_exc_info(logger, name, event)
    return structlog.processors.JSONRenderer()(logger, name, event)  # type: ignore[return-value]
