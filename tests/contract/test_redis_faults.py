from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Refusal, StoreDown
from bot.infra.redis.client import Client
from bot.infra.redis.connect import connect
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.keys import SCHEMA, Keys
from bot.infra.redis.store import Store, open_store
from tests.contract.store_case import ASHA, DAY, NOW, G, answer, message, write

TIMEOUT_S = 0.5
SLACK_S = 0.4
"""What a busy machine may add to a limit."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """The store at `url`, with the limits of the bot."""
    async with open_store(url, daily_usd=1, member_daily_usd=1, timeout_s=TIMEOUT_S) as store:
        yield store


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Store]:
    """A store on a server of its own, to be maltreated."""
    async with embedded_valkey(tmp_path) as url, opened(url) as store:
        yield store


async def pid_of(store: Store) -> int:
    """The server's process."""
    return int((await store.client.call("INFO", "server"))["process_id"])


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A process that stands still meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def takes_no_writes_but_reads(store: Store, reason: str) -> None:
    """Each port refuses to write, saying `reason`, and what stands can still be read."""
    writes = (
        store.answers.write(G, write(answer(text="new", version=2), "e2", 1)),
        store.outbox.begin(G, "key", NOW),
        store.answers.save_draft(G, DAY, ASHA, {"s1": "x"}),
    )
    for refused in writes:
        with pytest.raises(StoreDown, match=reason):
            await refused
    assert await store.answers.get(G, DAY, ASHA) == answer()


async def test_a_frozen_server_is_given_up_in_time(own: Store) -> None:
    """A write to a server that does not answer ends as StoreDown after 0.5 s, and works again when it wakes."""
    loop = asyncio.get_running_loop()
    with frozen(await pid_of(own)):
        began_s = loop.time()
        with pytest.raises(StoreDown, match="in time"):
            await own.answers.write(G, write(answer(), "e1"))
        assert TIMEOUT_S <= loop.time() - began_s < TIMEOUT_S + SLACK_S
    assert await own.answers.write(G, write(answer(), "e1"))


async def test_a_flood_on_a_frozen_server_ends_in_time(own: Store) -> None:
    """A hundred writes at once to a server that does not answer all end within the 3 s that a platform gives."""
    loop = asyncio.get_running_loop()
    with frozen(await pid_of(own)):
        began_s = loop.time()
        writes = (own.outbox.begin(G, str(number), NOW) for number in range(100))
        ends = await asyncio.gather(*writes, return_exceptions=True)
        assert loop.time() - began_s < 3
    assert {type(end) for end in ends} == {StoreDown}


async def test_a_write_that_broke_off_is_not_sent_again(own: Store) -> None:
    """A begin whose reply was lost counts once: redis-py would send it again by itself."""
    with frozen(await pid_of(own)), pytest.raises(StoreDown):
        await own.outbox.begin(G, "key", NOW)
    begun = await own.outbox.begin(G, "key", NOW)
    assert begun.contested
    owners = (await own.client.call("HGET", Keys.outbox(G), "key")).split()[0]
    assert owners == b"2"


async def test_a_read_only_replica_is_named(own: Store) -> None:
    """On a replica writes fail with a word on the primary, reads go on, and it heals when it becomes the primary."""
    await own.answers.write(G, write(answer(), "e1"))
    await own.client.call("REPLICAOF", "127.0.0.1", 1)
    await takes_no_writes_but_reads(own, "read-only replica")
    await own.client.call("REPLICAOF", "NO", "ONE")
    assert await own.answers.write(G, write(answer(version=2), "e2", 1))


async def test_a_full_memory_is_named(own: Store) -> None:
    """Without memory writes fail with a word on it, reads go on, and it heals when there is room."""
    await own.answers.write(G, write(answer(), "e1"))
    await own.client.call("CONFIG", "SET", "maxmemory", "1mb")
    await takes_no_writes_but_reads(own, "out of memory")
    await own.client.call("CONFIG", "SET", "maxmemory", 0)
    assert await own.answers.write(G, write(answer(version=2), "e2", 1))


async def test_new_connections_read_from_a_full_server(own: Store, tmp_path: Path) -> None:
    """A process that connects while memory is full can read, though it cannot note that it met the server."""
    await own.answers.write(G, write(answer(), "e1"))
    await own.client.call("DEL", Keys.epoch())
    await own.client.call("CONFIG", "SET", "maxmemory", "1mb")
    async with embedded_valkey(tmp_path) as url, asyncio.timeout(5):
        client = await connect(url, wait_s=0)
        assert await client.call("GET", Keys.schema()) == b"1"
        await client.close()


async def test_a_disk_that_takes_nothing_is_named(own: Store, tmp_path: Path) -> None:
    """While the server cannot write to its disk, writes fail with a word on it and reads go on."""
    await own.answers.write(G, write(answer(), "e1"))
    (tmp_path / "redis" / "dump.rdb").mkdir()
    await own.client.call("CONFIG", "SET", "save", "3600 1")
    await own.client.call("BGSAVE")
    async with asyncio.timeout(10):
        while (await own.client.call("INFO", "persistence"))["rdb_last_bgsave_status"] == "ok":  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.02)
    await takes_no_writes_but_reads(own, "disk")
    await own.client.call("CONFIG", "SET", "save", "")
    assert await own.answers.write(G, write(answer(version=2), "e2", 1))


async def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    """A killed server is StoreDown; when it is back its data is there, and messages are looked for before they go."""
    async with embedded_valkey(tmp_path) as url, opened(url) as store:
        await store.answers.write(G, write(answer(), "e1"))
        await store.client.call("HSET", Keys.epoch(), "doubt_ms", 0)
        os.kill(await pid_of(store), signal.SIGKILL)
        with pytest.raises(StoreDown, match="cannot be reached"):
            await until_down(store)
        async with embedded_valkey(tmp_path):
            assert await store.answers.get(G, DAY, ASHA) == answer()
            assert (await store.outbox.begin(G, "key", await store.client.time())).look_first


async def until_down(store: Store) -> None:
    """Reads until it fails."""
    async with asyncio.timeout(5):
        while True:
            await store.answers.get(G, DAY, ASHA)


async def test_an_absent_server_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A server that comes up a moment after the bot is found, and the wait is logged once."""
    waiting = asyncio.create_task(connect(f"unix://{tmp_path}/redis/valkey.sock", wait_s=20))
    await asyncio.sleep(0.5)
    async with embedded_valkey(tmp_path):
        client = await waiting
        assert await client.call("PING")
        await client.close()
    assert len(caplog.records) == 1


async def test_a_server_that_stays_absent_is_given_up() -> None:
    """When the wait is over there is one plain line with the place, but neither user nor password."""
    with pytest.raises(StoreDown) as caught:
        await connect("redis://user:hush@127.0.0.1:1/0?password=hush2", wait_s=0.3)
    assert str(caught.value) == "Redis cannot be reached (redis://127.0.0.1:1)"


async def test_a_wrong_password_is_not_waited_for(own: Store, tmp_path: Path) -> None:
    """A refused or missing password ends the start at once, without the password in the message."""
    await own.client.call("CONFIG", "SET", "requirepass", "right")
    try:
        for password in (":hush@", ""):
            url = f"unix://{password}{tmp_path}/redis/valkey.sock"
            async with asyncio.timeout(5):
                with pytest.raises(StoreDown, match="refused the user name or password") as caught:
                    await connect(url, wait_s=60)
            assert "hush" not in str(caught.value)
    finally:
        await own.client.call("CONFIG", "SET", "requirepass", "")


async def test_a_server_without_tls_is_not_waited_for() -> None:
    """A server that does not speak TLS where `rediss` was asked for ends the start at once."""
    plain = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
    async with plain, asyncio.timeout(5):
        port = plain.sockets[0].getsockname()[1]
        with pytest.raises(StoreDown, match="TLS"):
            await connect(f"rediss://127.0.0.1:{port}", wait_s=60)


async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What a Redis without TLS answers to a handshake."""
    await reader.read(10)
    writer.write(b"-ERR unknown command\r\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_data_of_a_newer_version_is_left_alone(own: Store, tmp_path: Path) -> None:
    """The bot refuses to start on data that a newer one wrote, and changes nothing in it."""
    await own.client.call("SET", Keys.schema(), SCHEMA + 1)
    with pytest.raises(Refusal, match="newer tpm-bot"):
        await connect(f"unix://{tmp_path}/redis/valkey.sock")
    assert int(await own.client.call("GET", Keys.schema())) == SCHEMA + 1


@pytest.mark.parametrize("url", ["", "localhost:6379", "http://localhost", "redis://host:port", "redis://[x"])
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    """What is no address of a Redis is refused with the form of one, and is not printed."""
    with pytest.raises(Refusal, match="redis://host:6379/0"):
        await connect(url, wait_s=0)


async def test_a_record_that_cannot_be_read_is_not_quoted(own: Store) -> None:
    """A damaged record is StoreDown that names the kind and the field, never the member's words."""
    await own.client.call("HSET", Keys.answers(G, DAY), ASHA, b'1 {"member_id": "U1", "parts": "my secret words"}')
    with pytest.raises(StoreDown, match=r"Answer .*day, parts") as caught:
        await own.answers.get(G, DAY, ASHA)
    assert "secret" not in str(caught.value)


async def test_a_member_who_was_told_down_loses_nothing_later(own: Store) -> None:
    """After faults the store works as before: no connection stays broken."""
    pid = await pid_of(own)
    with frozen(pid):
        calls = (own.outbox.get(G, str(number)) for number in range(40))
        await asyncio.gather(*calls, return_exceptions=True)
    sent = [own.outbox.sent(G, str(number), message(str(number))) for number in range(40)]
    assert [each.message_id for each in await asyncio.gather(*sent)] == [str(number) for number in range(40)]


async def test_the_clock_of_the_server_is_read(own: Store) -> None:
    """The client's time goes on."""
    first = await own.client.time()
    assert timedelta() <= await own.client.time() - first < timedelta(seconds=5)


def test_a_client_does_nothing_until_it_is_asked() -> None:
    """Making a client connects to nothing."""
    Client("redis://127.0.0.1:1", timeout_s=0.1)
