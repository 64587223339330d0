from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import Refusal, StoreDown
from bot.infra.redis.client import Client
from bot.infra.redis.embedded import _launch, embedded_valkey

HOLDER = """
import asyncio, pathlib, sys
from bot.infra.redis.embedded import embedded_valkey
async def hold():
    async with embedded_valkey(pathlib.Path(sys.argv[1])) as url:
        print(url, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
asyncio.run(hold())
"""
NOBODY = 65534


async def ask(url: str, *command: str) -> object:
    """The answer to one command."""
    client = Client(url, timeout_s=5)
    try:
        return await client.call(*command)
    finally:
        await client.close()


async def server_of(url: str) -> dict[str, object]:
    """What the server says of itself."""
    info = await ask(url, "INFO", "server")
    assert isinstance(info, dict)
    return info


async def is_gone(url: str) -> bool:
    """Whether nobody answers at `url`."""
    try:
        await ask(url, "PING")
    except StoreDown:
        return True
    return False


@contextmanager
def holder(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that holds the server of `data_dir`, and its URL."""
    command = [sys.executable, "-c", HOLDER, os.fspath(data_dir)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=root, text=True, start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


async def test_the_server_keeps_to_its_settings(tmp_path: Path) -> None:
    """It listens on no port, writes every second to a log of its own, throws nothing away, and heads its session."""
    async with embedded_valkey(tmp_path) as url:
        wanted = {"port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
        for name, value in wanted.items():
            assert await ask(url, "CONFIG", "GET", name) == [name.encode(), value.encode()]
        pid = (await server_of(url))["process_id"]
        assert isinstance(pid, int)
        assert os.getsid(pid) == pid != os.getsid(0)


async def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """Folder, socket and data are for their owner alone."""
    async with embedded_valkey(tmp_path) as url:
        await ask(url, "SET", "a", "1")
        found = [tmp_path / "redis", *(tmp_path / "redis").rglob("*")]
        assert any(stat.S_ISSOCK(path.stat().st_mode) for path in found)
        assert [path for path in found if path.stat().st_mode & 0o077] == []


async def test_the_data_outlives_the_server(tmp_path: Path) -> None:
    """What was written is there after the last holder has left and a new one came."""
    async with embedded_valkey(tmp_path) as url:
        await ask(url, "SET", "a", "1")
    assert await is_gone(url)
    async with embedded_valkey(tmp_path) as url:
        assert await ask(url, "GET", "a") == b"1"


async def test_a_running_server_is_joined_and_stopped_by_the_last(tmp_path: Path) -> None:
    """Holders share one server; it stops when the last of them leaves."""
    async with embedded_valkey(tmp_path) as url:
        async with embedded_valkey(tmp_path) as second:
            assert (await server_of(second))["run_id"] == (await server_of(url))["run_id"]
        assert not await is_gone(url)
    assert await is_gone(url)


async def test_many_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    """Six that start at the same moment get the same server, and none is left behind."""
    run_ids: list[object] = []

    async def hold() -> None:
        async with embedded_valkey(tmp_path) as url:
            run_ids.append((await server_of(url))["run_id"])
            while len(run_ids) < 6:  # noqa: ASYNC110  all of them at once is the point
                await asyncio.sleep(0.01)

    await asyncio.gather(*(hold() for _ in range(6)))
    assert len(set(run_ids)) == 1
    assert await is_gone(f"unix://{tmp_path}/redis/valkey.sock")


async def test_a_killed_bot_leaves_its_server_to_the_next(tmp_path: Path) -> None:
    """After kill -9 of the bot its server goes on; the next bot joins it and stops it in the end."""
    with holder(tmp_path) as (process, url):
        run_id = (await server_of(url))["run_id"]
        process.send_signal(signal.SIGKILL)
        process.wait()
    async with embedded_valkey(tmp_path) as again:
        assert (await server_of(again))["run_id"] == run_id
    assert await is_gone(url)


async def test_ctrl_c_does_not_reach_the_server(tmp_path: Path) -> None:
    """A signal to the bot's whole process group leaves the server alive for the drain."""
    with holder(tmp_path) as (process, url):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert not await is_gone(url)
    async with embedded_valkey(tmp_path):
        pass


async def test_another_process_keeps_the_server(tmp_path: Path) -> None:
    """A bot that leaves does not stop the server under another process."""
    with holder(tmp_path) as (process, url):
        async with embedded_valkey(tmp_path):
            pass
        assert not await is_gone(url)
        process.communicate("\n")
    assert await is_gone(url)


async def test_a_dead_socket_is_removed(tmp_path: Path) -> None:
    """The socket of a server that was killed does not hinder the next one, nor does a stray file in its place."""
    async with embedded_valkey(tmp_path) as url:
        await ask(url, "SET", "a", "1")
        pid = (await server_of(url))["process_id"]
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)
    assert (tmp_path / "redis" / "valkey.sock").exists()
    async with embedded_valkey(tmp_path) as url:
        assert await ask(url, "GET", "a") == b"1"
    (tmp_path / "redis" / "valkey.sock").write_text("")
    async with embedded_valkey(tmp_path) as url:
        assert await ask(url, "GET", "a") == b"1"


async def test_a_log_that_was_cut_still_loads(tmp_path: Path) -> None:
    """A last command that was only half written is dropped, and the rest is there."""
    async with embedded_valkey(tmp_path) as url:
        await ask(url, "SET", "a", "1")
    (log,) = (tmp_path / "redis" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(log.read_bytes() + b"*3\r\n$3\r\nSET\r\n$1\r\nb")
    async with embedded_valkey(tmp_path) as url:
        assert await ask(url, "GET", "a") == b"1"


async def test_a_log_that_is_garbage_is_named(tmp_path: Path) -> None:
    """Data that cannot be read ends the start soon, with what the server says and where its log is."""
    async with embedded_valkey(tmp_path) as url:
        await ask(url, "SET", "a", "1")
    (log,) = (tmp_path / "redis" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"garbage" + log.read_bytes())
    async with asyncio.timeout(10):
        with pytest.raises(StoreDown, match=r"(?i)bad file format.*valkey\.log"):
            async with embedded_valkey(tmp_path):
                pass


@pytest.mark.parametrize("name", ["x" * 120, "blank and % ? # ü", "é" * 60])
async def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    """A path that is too long for a socket, or odd in a URL, works as any other."""
    async with embedded_valkey(tmp_path / name / "data") as url:
        assert await ask(url, "SET", "a", "1")
        assert (tmp_path / name / "data" / "redis" / "valkey.sock").exists()
    assert await is_gone(url)


async def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A data folder that is a file, or lies in one, is refused by name."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "in"):
        with pytest.raises(Refusal, match=r"is not a folder.*TPM_DATA_DIR"):
            async with embedded_valkey(path):
                pass


async def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A data folder without access is refused by name, with what to do."""
    tmp_path.chmod(0o500)  # noqa: ASYNC240  nothing else runs here
    with as_somebody_without_rights(), pytest.raises(Refusal, match=r"cannot be written.*Permission denied"):
        async with embedded_valkey(tmp_path):
            pass


async def test_a_full_disk_is_refused(tmp_path: Path) -> None:
    """No server is started where there is no room for its data; one that runs is joined all the same."""
    more_than_any_disk_bytes = 2**80
    with pytest.raises(Refusal, match=r"disk of .* is full\. Free some space"):
        async with embedded_valkey(tmp_path, least_free_bytes=more_than_any_disk_bytes):
            pass
    async with embedded_valkey(tmp_path), embedded_valkey(tmp_path, least_free_bytes=more_than_any_disk_bytes) as url:
        assert not await is_gone(url)


@contextmanager
def as_somebody_without_rights() -> Iterator[None]:
    """Root may write anywhere, so it must not be root that tries."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)


async def test_a_frozen_server_is_not_replaced(tmp_path: Path) -> None:
    """A server that runs but does not answer is named; nothing is started beside it on the same data."""
    async with embedded_valkey(tmp_path) as url:
        pid = (await server_of(url))["process_id"]
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(StoreDown, match="does not answer"):
                async with embedded_valkey(tmp_path):
                    pass
        finally:
            os.kill(pid, signal.SIGCONT)


def test_our_secrets_are_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is started as the server gets nothing of our environment, and its files are for their owner alone."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "hush")
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\numask\n/usr/bin/env")
    program.chmod(0o700)
    launched = _launch(program, tmp_path, sys.stderr.fileno())
    said = launched.stdout.decode().splitlines()
    assert said[0] in {"0077", "077"}
    assert "LC_ALL=C" in said
    assert {line.partition("=")[0] for line in said[1:]} <= {"LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"}
