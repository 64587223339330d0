"""How a call to the fake Slack goes wrong when a test says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call.

    Attributes:
        commits: the call takes effect before it goes wrong.
        status, retry_after_s: an HTTP answer; 200 with an `error` is how Slack says no.
        cuts: the connection is reset instead of an answer.
        hangs: no answer ever comes.
        delay_s: waited before all else.
        late_s: waited between the effect and the answer, when everybody sees the effect already.
    """

    commits: bool = False
    error: str | None = None
    status: int = 200
    retry_after_s: int | None = None
    cuts: bool = False
    hangs: bool = False
    delay_s: float = 0.0
    late_s: float = 0.0


def rate_limited(retry_after_s: int = 1) -> Fault:
    """429 with Retry-After (slack.md 1 Rate limits, 4.8); nothing is done."""
    return Fault(error="ratelimited", status=429, retry_after_s=retry_after_s)


def refused(error: str) -> Fault:
    """A definite no by its error code."""
    return Fault(error=error)


def broken(status: int = 500, *, commits: bool = False) -> Fault:
    """A 5xx, before or after the call took effect."""
    return Fault(error="internal_error", status=status, commits=commits)


def cut(*, commits: bool = False) -> Fault:
    """A connection reset, before or after the call took effect (slack.md 4.7)."""
    return Fault(cuts=True, commits=commits)


def silent(*, commits: bool = False) -> Fault:
    """No answer, so that the caller runs into its own timeout."""
    return Fault(hangs=True, commits=commits)


def slow(delay_s: float) -> Fault:
    """A right answer, late."""
    return Fault(delay_s=delay_s, commits=True)


def late(late_s: float) -> Fault:
    """A right answer, long after the effect."""
    return Fault(late_s=late_s, commits=True)
