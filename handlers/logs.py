"""The log of the running program: one JSON object a line, or lines for a person at a terminal.

The code logs with the standard library; `extra={...}` becomes fields. Two things never get in: a secret, and what a
member wrote. So only our own loggers follow the level that is set (libraries print whole requests at DEBUG), and of an
exception only the type and the way to it are told, since its message may quote what it choked on; those of our own
Trouble and of the operating system hold no member text.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.errors import Trouble

OURS = ("bot", "handlers")
MASK = "***"
FEWEST_MASKED_CHARS = 4
"""A shorter secret protects nothing, and masking it would eat ordinary words."""

_SHAPES = (
    r"xox[a-z](?:\.xox[a-z])?-[\w.-]+",
    r"xapp-[\w-]+",
    r"sk-ant-[\w-]+",
    r"(?<=://)[^/\s@]+(?=@)",
    r"(?<=ticket=)[^&\s'\")]+",
    r"(?<=Bearer )\S+",
)
"""Secrets that are known by their shape: tokens, keys, passwords in addresses, tickets of Socket Mode."""


def set_up(level: str, secrets: Iterable[str], stream: TextIO) -> None:
    """Log to `stream` from now on. `level` holds for our own code; libraries are heard from WARNING on."""
    person = stream.isatty()
    render: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if person
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ExtraAdder(),
            _tell_exception,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, masking(secrets), render],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def masking(secrets: Iterable[str]) -> Processor:
    """A processor that masks `secrets`, and whatever has the shape of one, in every value however deep."""
    longest_first = sorted((each for each in secrets if len(each) >= FEWEST_MASKED_CHARS), key=len, reverse=True)
    pattern = re.compile("|".join((*map(re.escape, longest_first), *_SHAPES)))

    def clean(value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case dict():
                return {clean(str(key)): clean(each) for key, each in value.items()}
            case list() | tuple() | set() | frozenset():
                return [clean(each) for each in value]
            case _:
                return pattern.sub(MASK, str(value))

    def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        masked: EventDict = clean(event)
        return masked

    return mask


def _tell_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put the exception's types and lines in the place of its text, also where a library wrote it into its message."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else None
    if error is not None:
        said = str(error)
        if said and not _is_telling(error):
            event["event"] = event["event"].replace(said, type(error).__name__)
        event["exception"] = "\n".join(_told(error))
    return event


def _told(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _told(earlier)
    yield from (line.rstrip() for line in traceback.format_tb(error.__traceback__))
    yield f"{type(error).__qualname__}: {error}" if _is_telling(error) else type(error).__qualname__
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _told(each)


def _is_telling(error: BaseException) -> bool:
    return isinstance(error, Trouble | OSError)


def unhandled(log: logging.Logger) -> Callable[[object, dict[str, Any]], None]:
    """What an event loop does with an error that nobody waited for: asyncio's own way would print its text."""

    def handle(_loop: object, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("an error that nobody waited for", exc_info=error if isinstance(error, BaseException) else None)

    return handle
