"""What can go wrong with a call to the Messages API, in our own words."""

from __future__ import annotations

import math
from enum import StrEnum

from bot.domain.review import Usage

DEFAULT_WAIT_S = 30.0
LONGEST_WAIT_S = 3600.0


class Trip(StrEnum):
    """Why a call gave nothing to use."""

    BUSY = "asked to wait"
    OVERLOADED = "overloaded"
    KEY = "key refused"
    NO_MODEL = "model not found"
    BAD_REQUEST = "request refused"
    DECLINED = "declined"
    TRUNCATED = "cut at the output limit"
    EMPTY = "empty reply"
    NO_JSON = "no JSON in the reply"
    UNUSABLE = "unusable reading"
    UNREACHABLE = "cannot be reached"
    SLOW = "no answer in time"
    BROKEN = "broken reply"


class CallFailed(Exception):  # noqa: N818  reads as a sentence where it is raised
    """A call that gave nothing to use. `detail` holds no member text and no secret.

    Attributes:
        retry_after_s: how long the server asked to wait, if it did.
        category: of a refusal.
        usage: tokens that were spent all the same.
    """

    def __init__(
        self,
        trip: Trip,
        detail: str = "",
        *,
        retry_after_s: float | None = None,
        category: str | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(f"{trip}: {detail}" if detail else str(trip))
        self.trip = trip
        self.retry_after_s = retry_after_s
        self.category = category
        self.usage = usage or Usage()


_BY_TYPE = {
    "rate_limit_error": Trip.BUSY,
    "overloaded_error": Trip.OVERLOADED,
    "authentication_error": Trip.KEY,
    "permission_error": Trip.KEY,
    "billing_error": Trip.KEY,
    "not_found_error": Trip.NO_MODEL,
    "invalid_request_error": Trip.BAD_REQUEST,
    "timeout_error": Trip.SLOW,
}
_BY_STATUS = {
    400: Trip.BAD_REQUEST,
    401: Trip.KEY,
    402: Trip.KEY,
    403: Trip.KEY,
    404: Trip.NO_MODEL,
    413: Trip.BAD_REQUEST,
    422: Trip.BAD_REQUEST,
    429: Trip.BUSY,
    503: Trip.OVERLOADED,
    504: Trip.SLOW,
    529: Trip.OVERLOADED,
}


def classify(error: Exception) -> CallFailed:
    """What an exception of the SDK or of its HTTP client means."""
    from anthropic import APIConnectionError, APIStatusError, APITimeoutError
    from httpx2 import ConnectError, TimeoutException

    if isinstance(error, APIStatusError):
        # The type comes first: an error inside a stream has status 200 (reference llm.md 1.8).
        kind = str(error.type)
        trip = _BY_TYPE.get(kind) or _BY_STATUS.get(error.status_code, Trip.BROKEN)
        detail = f"HTTP {error.status_code}, {kind:.40}, code {error.error_code or '-':.40}, request {error.request_id}"
        return CallFailed(trip, detail, retry_after_s=_retry_after_s(error.response.headers.get("retry-after")))
    name = type(error).__name__
    if isinstance(error, APITimeoutError | TimeoutException):
        return CallFailed(Trip.SLOW, name)
    if isinstance(error, APIConnectionError | ConnectError):
        return CallFailed(Trip.UNREACHABLE, name)
    return CallFailed(Trip.BROKEN, name)


def _retry_after_s(header: str | None) -> float | None:
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return min(max(seconds, 1.0), LONGEST_WAIT_S) if math.isfinite(seconds) else None
