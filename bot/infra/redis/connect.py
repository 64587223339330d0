"""Reaching Redis at start: wait for it, and see that its data is ours to read."""

from __future__ import annotations

import asyncio
import logging
import ssl
from itertools import count
from urllib.parse import urlsplit

from redis.exceptions import AuthenticationError, NoPermissionError

from bot.errors import Refusal, StoreDown
from bot.infra.redis.client import Client, causes
from bot.infra.redis.epoch import Epoch
from bot.infra.redis.keys import SCHEMA, Keys

TIMEOUT_S = 0.5
"""Slack and Discord give 3 s for an answer; a write that takes longer than this is refused instead (DESIGN 4)."""
WAIT_S = 60.0

_log = logging.getLogger(__name__)


async def connect(
    url: str, *, timeout_s: float = TIMEOUT_S, wait_s: float = WAIT_S, epoch: Epoch | None = None
) -> Client:
    """A client whose server answers and holds data of this version. The caller closes it.

    Raises:
        Refusal: `url` is no address, or the data is of a newer version.
        StoreDown: no answer within `wait_s`, or a password or certificate that waiting does not mend.
    """
    client = Client(url, timeout_s=timeout_s, greet=epoch.greet if epoch else None)
    try:
        await _wait(client, _shown(url), wait_s)
        await _check_schema(client)
    except BaseException:
        await client.close()
        raise
    return client


async def _wait(client: Client, shown: str, wait_s: float) -> None:
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + wait_s
    for attempt in count():
        try:
            await client.call("PING")
        except StoreDown as error:
            left_s = give_up_at - loop.time()
            if left_s <= 0 or _for_good(error):
                raise StoreDown(f"{error} ({shown})") from error
            if attempt == 0:
                _log.warning("%s (%s); trying for %.0f s", error, shown, wait_s)
        else:
            break
        await asyncio.sleep(min(0.1 * 2**attempt, 5.0, left_s))


async def _check_schema(client: Client) -> None:
    found = await client.call("GET", Keys.schema())
    if found is None:
        await client.call("SET", Keys.schema(), SCHEMA, "NX")
    elif int(found) > SCHEMA:
        raise Refusal(
            f"The data in Redis was written by a newer tpm-bot (schema {int(found)}; this one reads {SCHEMA}). "
            "Nothing was changed. Update tpm-bot, or point it at other data."
        )


def _for_good(error: StoreDown) -> bool:
    return any(isinstance(cause, AuthenticationError | NoPermissionError | ssl.SSLError) for cause in causes(error))


def _shown(url: str) -> str:
    """`url` without user, password and query."""
    parts = urlsplit(url)
    place = parts.path if parts.scheme == "unix" else f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
    return f"{parts.scheme}://{place}"
