from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.errors import ChatRefused
from handlers import logs

SECRETS = ("hunter2", 'a"b\\c d', "x")
OURS = logging.getLogger("handlers.serve")
THEIRS = logging.getLogger("slack_bolt.AsyncApp")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Logging is one for the whole process: what the tests change is put back."""
    root = logging.getLogger()
    named = [logging.getLogger(name) for name in logs.OURS]
    before = (root.handlers[:], root.level, [each.level for each in named])
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    for each, level in zip(named, before[2], strict=True):
        each.setLevel(level)


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    logs.set_up("DEBUG", SECRETS, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object(stream: io.StringIO) -> None:
    """Where no person reads along, a line is JSON with time, level, logger, message and its own fields."""
    OURS.info("connected to %s", "small\nteam", extra={"platform": "small", "tries": 2})
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "connected to small\nteam",
        "level": "info",
        "logger": "handlers.serve",
        "platform": "small",
        "tries": 2,
    }


def test_a_person_gets_plain_lines() -> None:
    """At a terminal a line is for reading, and masked all the same."""
    stream = Terminal()
    logs.set_up("INFO", SECRETS, stream)
    OURS.info("connected with hunter2")
    assert "connected with ***" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2",
        'a"b\\c d',
        "xoxb-12-ab",
        "xoxe.xoxb-1-ab",
        "xapp-1-A0-ff",
        "sk-ant-api03-x_y",
        "user:pass",
        "4f-ticket",
        "abc.def",
    ],
)
def test_a_secret_is_masked_wherever_it_stands(stream: io.StringIO, secret: str) -> None:
    """A secret that was set, or that looks like one, is masked in messages, fields however deep, and exceptions."""
    shapes = {"user:pass": "redis://{}@host/0", "4f-ticket": "wss://s/link/?ticket={}&a=1", "abc.def": "Bearer {}"}
    told = shapes.get(secret, "<{}>").format(secret)
    fields = {"deep": [{told: (told, {told})}], "error": ValueError(told)}
    OURS.error("failed: %s", told, exc_info=ChatRefused(told), extra=fields)
    assert secret not in stream.getvalue()
    assert json.dumps(secret)[1:-1] not in stream.getvalue()
    assert stream.getvalue().count(logs.MASK) == 6
    assert len(lines(stream)) == 1


def test_a_very_short_secret_does_not_eat_the_words(stream: io.StringIO) -> None:
    """A secret of three characters or less protects nothing and is left, so that the log stays readable."""
    OURS.info("example")
    assert lines(stream)[0]["event"] == "example"


@pytest.mark.parametrize("logger", [OURS, THEIRS])
def test_what_an_exception_quotes_is_not_told(stream: io.StringIO, logger: logging.Logger) -> None:
    """Of an exception the types and lines are told, its causes' too, but not its text, which may be a member's."""
    try:
        try:
            int("my answer")
        except ValueError as error:
            raise KeyError("my answer") from error
    except KeyError as error:
        logger.exception(f"Failed to run listener (error: {error})")  # noqa: G004, TRY401  this is how libraries do it
    (line,) = lines(stream)
    assert line["event"] == "Failed to run listener (error: KeyError)"
    assert "my answer" not in line["exception"].replace('int("my answer")', "").replace('KeyError("my answer")', "")
    assert [part for part in line["exception"].splitlines() if not part.startswith(" ")] == ["ValueError", "KeyError"]
    assert "test_logs.py" in line["exception"]


def test_each_error_of_a_group_is_told(stream: io.StringIO) -> None:
    """Of a group of errors each one is told."""
    OURS.error("failed", exc_info=ExceptionGroup("many", [ValueError("mine"), OSError("disk full")]))
    told = [part for part in lines(stream)[0]["exception"].splitlines() if not part.startswith(" ")]
    assert told == ["ExceptionGroup", "ValueError", "OSError: disk full"]


def test_libraries_are_heard_from_warning_on(stream: io.StringIO) -> None:
    """Also at DEBUG only our own loggers say what they do, since libraries print whole requests there."""
    THEIRS.debug("my answer")
    THEIRS.info("my answer")
    THEIRS.warning("slow")
    OURS.debug("details")
    assert [line["event"] for line in lines(stream)] == ["slow", "details"]


async def test_an_error_that_nobody_waited_for_is_told_without_its_text(stream: io.StringIO) -> None:
    """A task that fails unheard is logged with its type, where asyncio would print the text of its error."""

    async def fail() -> None:
        raise KeyError("my answer")

    asyncio.get_running_loop().set_exception_handler(logs.unhandled(OURS))
    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    await asyncio.sleep(0)
    (line,) = lines(stream)
    assert line["event"] == "an error that nobody waited for"
    assert line["exception"].endswith("KeyError")
