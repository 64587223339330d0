"""Discord's REST API over discord.py's HTTP client, which keeps to the rate limits. What goes wrong is told apart."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import discord
from discord.http import Route
from discord.webhook.async_ import async_context

from bot.cards import Attachment
from bot.errors import ChatBusy, ChatClosed, ChatRefused, ChatUnsure, Trouble
from bot.ports import Clock
from handlers.discord.holds import Holds, Limited
from handlers.discord.once import BrokeOff, Ended, one_try
from handlers.discord.render import file_name

Json = dict[str, Any]

CALL_S = 10.0
"""A call that takes longer broke off: it may have had its effect."""
AGAIN_AFTER_S = 15.0
"""When a call that had no effect, or that may be made again, is tried again."""
REFUSED_AGAIN_S = 60.0
"""When a call is tried again that was refused for the token or by Cloudflare: each refusal counts (discord.md 2)."""
MOST_PAUSE_S = 300.0

UNKNOWN_CHANNEL = 10003
UNKNOWN_MEMBER = 10007
UNKNOWN_MESSAGE = 10008
UNKNOWN_USER = 10013
TOO_MANY_EDITS = 30046
ALREADY_ACKNOWLEDGED = 40060
NO_ACCESS = 50001
TAKES_NO_DIRECT = 50007
NO_PERMISSION = 50013
NO_SERVER_IN_COMMON = 50278
ARCHIVED_THREAD = 50083
THREAD_EXISTS = 160004

CLOSED = frozenset({UNKNOWN_CHANNEL, 10004, NO_ACCESS, NO_PERMISSION})
"""Codes that say that the place is closed to the bot: it is gone, or access or permission is (discord.md 6)."""


class Refused(ChatRefused):
    """A definite no; `code` is Discord's."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Closed(ChatClosed):
    """A definite no that is about the place; `code` is Discord's."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def code_of(trouble: Trouble) -> int:
    """Discord's code of a definite no, or 0."""
    return trouble.code if isinstance(trouble, Refused | Closed) else 0


class DiscordApi:
    """Calls routes, each once. `client` gives the client of the moment, whose connections are used."""

    def __init__(self, client: Callable[[], discord.Client], clock: Clock) -> None:
        self._client = client
        self._holds = Holds(clock)
        self._session: aiohttp.ClientSession | None = None
        self._session_client: discord.Client | None = None

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        safe: bool = False,
        file: Attachment | None = None,
        params: Mapping[str, Any] | None = None,
        **ids: str,
    ) -> Any:
        """Discord's answer to a call with the bot's token; `ids` fill the path. `params` stand behind the `?`.

        `safe`: the call may be made again without harm, so one that broke off is ChatBusy and not ChatUnsure. Raises
        Closed and Refused with Discord's code, and ChatBusy without a call while Discord wants none.
        """
        http, limit = self._signed_on().http, _limit_of(method, path, ids)
        self._holds.check(limit)
        made = http.request(Route(method, path, **ids), **_sent(body, file), **_query(params))
        try:
            return await _once(f"{method} {path}", made, safe=safe)
        except Limited as limited:
            self._holds.note(limit, limited)
            raise

    async def respond(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        safe: bool = False,
        file: Attachment | None = None,
        **ids: str,
    ) -> Any:
        """The same by an interaction's own token.

        Those calls have no limit in common, and discord.py's HTTP client would keep a bucket for each token for five
        minutes and look through all of them at each new one; so they go the way that its own interactions go.
        """
        client = self._signed_on()
        sent = _sent(body, file)
        parts = {"payload": sent.get("json"), "multipart": sent.get("form"), "files": sent.get("files")}
        made = async_context.get().request(Route(method, path, **ids), self._session_of(client), **parts)
        return await _once(f"{method} {path}", made, safe=safe)

    def _session_of(self, client: discord.Client) -> aiohttp.ClientSession:
        """The connections of a client, for as long as it is the one of the moment."""
        if self._session is None or self._session.closed or client is not self._session_client:
            self._session = discord.Webhook.partial(client.application_id or 0, "-", client=client).session
            self._session_client = client
        return self._session

    def _signed_on(self) -> discord.Client:
        """Raises ChatBusy while there is none, as between two connections."""
        client = self._client()
        if client.user is None or client.is_closed():
            raise ChatBusy("Discord is not connected", AGAIN_AFTER_S)
        return client


async def _once(what: str, made: Awaitable[Any], *, safe: bool) -> Any:
    with one_try() as call:
        try:
            async with asyncio.timeout(CALL_S):
                return await made
        except discord.RateLimited as limited:
            raise ChatBusy(f"{what}: its limit is used up", limited.retry_after) from None
        except Ended as ended:
            raise _ended(what, ended.status, ended.headers, ended.body, safe=safe) from None
        except discord.HTTPException as error:
            raise _told(what, error, safe=safe) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ChatBusy(f"{what}: no connection ({type(error).__name__})", AGAIN_AFTER_S) from None
        except (BrokeOff, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _broke_off(f"{what}: {type(error).__name__}", safe=safe or not call.sent) from None
        except RuntimeError as error:  # aiohttp's word for a session that was closed, as between two clients
            raise ChatBusy(f"{what}: {type(error).__name__}", AGAIN_AFTER_S) from None


def _sent(body: Mapping[str, Any] | None, file: Attachment | None) -> Json:
    """As JSON; with a file as a form, where the JSON is one part."""
    if file is None:
        return {} if body is None else {"json": body}
    name = file_name(file.name)
    payload = json.dumps(_with_attachment(body or {}, name))
    part = {"filename": name, "content_type": "application/octet-stream"}
    return {
        "form": [
            {"name": "payload_json", "value": payload},
            {"name": "files[0]", "value": io.BytesIO(file.content), **part},
        ],
        "files": [discord.File(io.BytesIO(file.content), name)],
    }


def _with_attachment(body: Mapping[str, Any], name: str) -> Json:
    """`body` with its file named; in an answer to an interaction the message is one level down."""
    named = {"attachments": [{"id": 0, "filename": name}]}
    return {**body, "data": {**body["data"], **named}} if "data" in body else {**body, **named}


def _query(params: Mapping[str, Any] | None) -> Json:
    return {} if params is None else {"params": dict(params)}


def _ended(what: str, status: int, headers: Mapping[str, str], body: bytes, *, safe: bool) -> Trouble:
    if status == 429:  # noqa: PLR2004  what HTTP calls too many requests
        return _limited(f"{what}: {status}", headers, body)
    return _broke_off(f"{what}: {status}", safe=safe)


def _limited(what: str, headers: Mapping[str, str], body: bytes) -> ChatBusy:
    """By Discord for one kind of call or for all, by Cloudflare for all, or for one message that was edited often."""
    told = _json(body)
    retry_after_s = _retry_after_s(headers, told)
    if told.get("code") == TOO_MANY_EDITS:
        return ChatBusy(what, retry_after_s)
    return Limited(what, retry_after_s, everywhere=bool(told.get("global")) or not told)


def _told(what: str, error: discord.HTTPException, *, safe: bool) -> Trouble:
    what = f"{what}: {error.status} {error.code}"
    if error.status == 429 or error.status >= 500:  # noqa: PLR2004
        return _ended(what, error.status, error.response.headers, b"", safe=safe)
    if error.code == 0 and error.status in {401, 403}:
        return Limited(what, REFUSED_AGAIN_S, everywhere=error.status == 401)  # noqa: PLR2004  HTTP's
    return (Closed if error.code in CLOSED else Refused)(what, error.code)


def _broke_off(what: str, *, safe: bool) -> Trouble:
    return ChatBusy(what, AGAIN_AFTER_S) if safe else ChatUnsure(what)


def _limit_of(method: str, path: str, ids: Mapping[str, str]) -> str:
    """What calls have a limit in common: the route, and the channel or server that it is about."""
    return f"{method} {path} {ids.get('channel_id') or ids.get('guild_id') or ''}"


def _json(body: bytes) -> Json:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _retry_after_s(headers: Mapping[str, str], told: Json) -> float:
    """From the body, where Discord is exact, else from the header; Cloudflare answers with no JSON at all."""
    known = {name.lower(): value for name, value in headers.items()}
    exact = told.get("retry_after")
    try:
        return min(max(float(str(exact if exact is not None else known["retry-after"])), 0.0), MOST_PAUSE_S)
    except (KeyError, ValueError):
        return REFUSED_AGAIN_S
