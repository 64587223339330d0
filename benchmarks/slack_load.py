"""What Slack sends: signed, and never the same twice."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from benchmarks.volley import post
from tests.servers.slack_courier import encoded, signed

SECRET = "made-up-signing-secret"  # noqa: S105
GROUPS = 60
TEXT = " ".join(
    f"I would give the nurses on shift {number} half a minute, since a late answer costs {number * 40} euros."
    for number in range(1, 9)
)


def member(number: int) -> tuple[str, str]:
    """The channel and the id of a member: each is in one of 60 groups."""
    return f"C{number % GROUPS}", f"U{number}"


def now_s() -> int:
    """The time that requests are signed with."""
    return int(signed(SECRET, b"", "")["x-slack-request-timestamp"])


class Load:
    """Requests to one address."""

    def __init__(self, response_url: str, threads: Mapping[str, str]) -> None:
        """`threads`: channel -> the message that its question is."""
        self._response_url = response_url
        self._threads = threads
        self._numbers = count(1)

    def commands(self, url: str, number: int) -> list[bytes]:
        """`/tpm-question` of one member after the other."""
        return [self._command(url, *member(each)) for each in range(number)]

    def answers(self, url: str, first: int, number: int) -> list[bytes]:
        """First answers in their threads of `number` members, beginning with the member `first`."""
        return [self._answer(url, *member(each)) for each in range(first, first + number)]

    def _command(self, url: str, channel: str, user: str) -> bytes:
        number = next(self._numbers)
        payload = {
            "token": "t", "team_id": "T1", "team_domain": "study", "channel_id": channel, "channel_name": "study",
            "user_id": user, "user_name": "ada", "command": "/tpm-question", "text": "", "api_app_id": "A1",
            "response_url": self._response_url, "trigger_id": f"{number}.1.made-up",
        }  # fmt: skip
        return _request(url, "slash_commands", payload)

    def _answer(self, url: str, channel: str, user: str) -> bytes:
        number = next(self._numbers)
        ts = f"{now_s()}.{number:06d}"
        event = {
            "type": "message", "channel": channel, "channel_type": "channel", "user": user, "text": TEXT, "ts": ts,
            "thread_ts": self._threads[channel], "event_ts": ts, "team": "T1",
        }  # fmt: skip
        payload = {
            "token": "t", "team_id": "T1", "api_app_id": "A1", "event": event, "type": "event_callback",
            "event_id": f"Ev{number}", "event_time": now_s(),
            "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True, "is_enterprise_install": False}],
        }  # fmt: skip
        return _request(url, "events_api", payload)


def _request(url: str, kind: str, payload: dict[str, Any]) -> bytes:
    body, content_type = encoded(kind, payload)
    return post(url, signed(SECRET, body, content_type), body)
