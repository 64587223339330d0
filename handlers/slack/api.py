"""Slack's Web API over one shared session. Nothing is ever sent twice by itself; what goes wrong is told apart."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import aiohttp

from bot.errors import ChatBusy, ChatClosed, ChatRefused, ChatUnsure
from handlers.slack.tokens import Tokens

CALL_S = 10.0
"""A call that takes longer broke off: it may have had its effect."""
CONNECT_S = 5.0
AGAIN_AFTER_S = 15.0
"""When a call that had no effect, or that may be made again, is tried again."""
MOST_PAUSE_S = 300.0

CLOSED = frozenset({
    "account_inactive", "channel_is_archived", "channel_not_found", "invalid_auth", "is_archived", "not_authed",
    "not_in_channel", "team_disabled", "token_expired", "token_revoked",
})  # fmt: skip
"""Codes that say that the place is closed to the bot (slack.md 4.18)."""
LIMITED = frozenset({"ratelimited", "rate_limited"})
UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Codes after which Slack itself does not know what took effect."""


class SlackApi:
    """Calls methods with a workspace's token, as forms: every method takes them, JSON only some.

    `session` must stay open as long as this is used; it holds the connections, so that a call needs no new one.
    """

    def __init__(self, session: aiohttp.ClientSession, base_url: str, tokens: Tokens) -> None:
        """`base_url` ends with `/`."""
        self._session = session
        self._base_url = base_url
        self._tokens = tokens

    async def call(
        self, team_id: str, method: str, *, safe: bool = False, accept: Collection[str] = (), **arguments: Any
    ) -> Mapping[str, Any]:
        """The answer of `method`; of an error code in `accept` too (then `ok` is false).

        `safe`: the call may be made again without harm, so one that broke off is ChatBusy and not ChatUnsure. Raises
        ChatClosed when the workspace has no token here any more.
        """
        installation = self._tokens.of(team_id)
        if installation is None:
            raise ChatClosed(f"{method}: no token for this workspace")
        return await self.call_with(installation.bot_token, method, safe=safe, accept=accept, **arguments)

    async def call_with(
        self, token: str, method: str, *, safe: bool = False, accept: Collection[str] = (), **arguments: Any
    ) -> Mapping[str, Any]:
        """The same with any token."""
        form = {name: _encoded(value) for name, value in arguments.items() if value is not None}
        headers = {"Authorization": f"Bearer {token}"}
        status, retry_after_s, body = await self._post(method, self._base_url + method, form, headers, safe=safe)
        code = str(body.get("error") or "")
        if status == 429 or code in LIMITED:  # noqa: PLR2004  what HTTP calls too many requests
            raise ChatBusy(f"{method}: {code or status}", retry_after_s)
        if status >= 500 or code in UNSURE:  # noqa: PLR2004  a server's own fault
            raise _broke_off(f"{method}: {code or status}", safe=safe)
        if body.get("ok") is True or code in accept:
            return body
        if status == 200 and not code:  # noqa: PLR2004  no word of Slack's: something on the way answered for it
            raise _broke_off(f"{method}: no answer of Slack's", safe=safe)
        raise ChatClosed(f"{method}: {code}") if code in CLOSED else ChatRefused(f"{method}: {code or status}")

    async def upload(self, url: str, content: bytes) -> None:
        """Bring the bytes of a file to where Slack wants them."""
        status, _, _ = await self._post("upload", url, content, {}, safe=True)
        if status != 200:  # noqa: PLR2004
            raise ChatRefused(f"upload: {status}")

    async def respond(self, response_url: str, payload: Mapping[str, Any]) -> bool:
        """Answer at the address that came with a command or a press; False when it takes nothing any more."""
        data = json.dumps(payload).encode()
        status, retry_after_s, _ = await self._post(
            "response_url", response_url, data, {"Content-Type": "application/json"}, safe=False
        )
        if status == 429:  # noqa: PLR2004
            raise ChatBusy("response_url: 429", retry_after_s)
        return status == 200  # noqa: PLR2004

    async def _post(
        self, method: str, url: str, data: Mapping[str, str] | bytes, headers: Mapping[str, str], *, safe: bool
    ) -> tuple[int, float, Mapping[str, Any]]:
        """Status, seconds to wait if Slack named them, and the answer (empty if it is no object)."""
        try:
            async with self._session.post(url, data=data, headers=headers) as response:
                text = await response.text()
                return response.status, _retry_after_s(response.headers), _object(text)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ChatBusy(f"{method}: no connection ({type(error).__name__})", AGAIN_AFTER_S) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _broke_off(f"{method}: {type(error).__name__}", safe=safe) from None


def new_session(base_url: str) -> aiohttp.ClientSession:
    """The one session; must be made inside the running loop. A proxy of the environment is for hosts outside only."""
    timeout = aiohttp.ClientTimeout(total=CALL_S, sock_connect=CONNECT_S)
    inside = base_url.startswith("http://")
    return aiohttp.ClientSession(timeout=timeout, trust_env=not inside)


def _broke_off(what: str, *, safe: bool) -> ChatBusy | ChatUnsure:
    return ChatBusy(what, AGAIN_AFTER_S) if safe else ChatUnsure(what)


def _encoded(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _retry_after_s(headers: Mapping[str, str]) -> float:
    try:
        return min(max(float(headers.get("Retry-After", AGAIN_AFTER_S)), 0.0), MOST_PAUSE_S)
    except ValueError:
        return AGAIN_AFTER_S


def _object(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
