"""How a call to the fake Discord goes wrong: what its rules answer, and what a test asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]

CODES: dict[int, tuple[int, str]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30033: (400, "Maximum number of thread participants has been reached (1000)"),
    30034: (400, "Maximum number of daily application command creates has been reached (200)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large"),
    40058: (400, "Cannot send a message in a forum channel"),
    40060: (400, "Interaction has already been acknowledged."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50240: (400, "You cannot remove this app's Entry Point command in a bulk update operation"),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    50083: (400, "Thread is archived"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
    200000: (400, "Message was blocked by automatic moderation"),
}
"""Code -> HTTP status and message. Codes: docs: topics/opcodes-and-status-codes; discord.md 1, 2, 6. Statuses are those
that issues about discord.py quote. 50278 is as other bots' logs have it; we have not found it in the docs."""


class No(Exception):  # noqa: N818  an answer to the app, not an error of this program
    """Discord says no: an HTTP status and a JSON error with its code."""

    def __init__(
        self,
        code: int,
        *,
        status: int | None = None,
        message: str = "",
        errors: Body | None = None,
        retry_after: float | None = None,
    ) -> None:
        known = CODES.get(code, (400, ""))
        self.code = code
        self.status = status or known[0]
        self.body: Body = {"message": message or known[1], "code": code}
        if errors:
            self.body["errors"] = errors
        if retry_after is not None:
            self.body |= {"retry_after": retry_after, "global": False}
        super().__init__(f"{code}: {self.body['message']}")


def invalid(path: str, reason: str, code: str = "BASE_TYPE_BAD_VALUE") -> No:
    """50035 with the place in the form, as docs: reference "Error Messages" builds it. `path` has dots."""
    errors: Body = {"_errors": [{"code": code, "message": reason}]}
    for part in reversed(path.split(".")):
        errors = {part: errors}
    return No(50035, message="Invalid Form Body", errors=errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call.

    Attributes:
        commits: the call takes effect before it goes wrong.
        status, code: an HTTP answer with a JSON error; `retry_after_s` and `is_global` belong to a 429.
        via: whether the answer names Discord's own proxy; a 429 without it is Cloudflare's (discord.md 1 HTTP layer).
        cuts: the connection is reset instead of an answer.
        hangs: no answer ever comes.
        delay_s: waited before all else.
        late_s: waited between the effect and the answer.
    """

    commits: bool = False
    status: int = 200
    code: int = 0
    retry_after_s: float | None = None
    is_global: bool = False
    via: bool = True
    cuts: bool = False
    hangs: bool = False
    delay_s: float = 0.0
    late_s: float = 0.0


def rate_limited(retry_after_s: float = 0.1, *, is_global: bool = False) -> Fault:
    """429 by Discord itself, which discord.py waits out (discord.md 1 HTTP layer); nothing is done."""
    return Fault(status=429, retry_after_s=retry_after_s, is_global=is_global)


def cloudflare() -> Fault:
    """429 without `Via`: discord.py raises it at once (discord.md 1 HTTP layer)."""
    return Fault(status=429, retry_after_s=60, via=False)


def refused(code: int) -> Fault:
    """A definite no by its code."""
    return Fault(status=CODES[code][0], code=code)


def broken(status: int = 500, *, commits: bool = False) -> Fault:
    """A 5xx, before or after the effect; discord.py repeats 500, 502, 504, 524, not 503 (discord.md 1 HTTP layer)."""
    return Fault(status=status, commits=commits)


def cut(*, commits: bool = False) -> Fault:
    """A connection reset, before or after the effect; raised on Linux (discord.md 1 HTTP layer)."""
    return Fault(cuts=True, commits=commits)


def silent(*, commits: bool = False) -> Fault:
    """No answer, so that the caller runs into its own timeout."""
    return Fault(hangs=True, commits=commits)


def slow(delay_s: float) -> Fault:
    """A call that takes effect late, and is then answered rightly."""
    return Fault(delay_s=delay_s, commits=True)


def late(late_s: float) -> Fault:
    """A right answer, long after the effect."""
    return Fault(late_s=late_s, commits=True)
