"""The program as a process: how fast it is there, and how large it is at rest."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.table import Row, middle

HELP_RUNS = 15
TRY_RUNS = 5
MEMORY_RUNS = 3
MOST_HELP_RATIO = 3.0
MOST_FIRST_CARD_S = 2.0
MOST_MEMORY_RATIO = 1.25
REST_S = 3.0
GIVE_UP_S = 30.0
PROGRAM = (sys.executable, "-m", "bot")
FOREIGN = ("anthropic", "slack_bolt", "slack_sdk", "discord", "aiohttp")
"""Platforms that are not the terminal, and the model's SDK."""
SCRIPT = "! group zone=Europe/Paris\n! settle\n"
# no setting of the person who measures reaches the program
ENVIRONMENT = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[1])}


async def measure_help() -> Sequence[Row]:
    """`--help`, in turns with the import of the library that the command line is made of."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(HELP_RUNS):
        ours.append(_run_s([*PROGRAM, "--help"]))
        floor.append(_run_s([sys.executable, "-c", "import click"]))
    foreign = [name for name in _imported([*PROGRAM, "--help"]) if name in FOREIGN]
    return (
        Row(
            what="tpm-bot --help (floor: import click)",
            measure=1000 * middle(ours),
            floor=1000 * middle(floor),
            unit="ms",
            most=MOST_HELP_RATIO,
            of_floor=True,
            n=HELP_RUNS,
        ),
        _foreign_row("tpm-bot --help", foreign),
    )


async def measure_first_card() -> Sequence[Row]:
    """From the start of `try` to its first question, from a script and at a keyboard."""
    by_script = [_first_line_s() for _ in range(TRY_RUNS)]
    by_keyboard = [_first_card_s() for _ in range(TRY_RUNS)]
    with tempfile.TemporaryDirectory(prefix="tpm-bench-") as folder:
        foreign = [name for name in _imported([*PROGRAM, "try", "--script", _script(folder)]) if name in FOREIGN]
    return (
        Row(what="try --script, first card", measure=middle(by_script), unit="s", most=MOST_FIRST_CARD_S, n=TRY_RUNS),
        Row(what="try, first card", measure=middle(by_keyboard), unit="s", most=MOST_FIRST_CARD_S, n=TRY_RUNS),
        _foreign_row("try --script", foreign),
    )


async def measure_memory() -> Sequence[Row]:
    """`try` at rest beside a process that only imports the modules that it has imported."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(MEMORY_RUNS):
        mine, bare = _memory_mb()
        ours.append(mine)
        floor.append(bare)
    return (
        Row(
            what="try at rest, resident memory (floor: its imports alone)",
            measure=middle(ours),
            floor=middle(floor),
            unit="MB",
            most=MOST_MEMORY_RATIO,
            of_floor=True,
            n=MEMORY_RUNS,
        ),
    )


def _foreign_row(what: str, foreign: Sequence[str]) -> Row:
    return Row(what=f"{what}, foreign modules imported", measure=len(foreign), unit="", most=0, n=1)


def _run_s(command: Sequence[str]) -> float:
    began_s = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - began_s


def _imported(command: Sequence[str]) -> list[str]:
    """The modules that the program imports, in their order."""
    done = subprocess.run(
        [command[0], "-X", "importtime", *command[1:]], check=True, capture_output=True, env=ENVIRONMENT, text=True
    )
    return _modules(done.stderr)


def _modules(log: str) -> list[str]:
    return re.findall(r"^import time:.*\| *([\w.]+)$", log, re.MULTILINE)


def _script(folder: str) -> str:
    path = Path(folder) / "script.txt"
    path.write_text(SCRIPT)
    return str(path)


def _first_line_s() -> float:
    with tempfile.TemporaryDirectory(prefix="tpm-bench-") as folder:
        command = [*PROGRAM, "try", "--json", "--script", _script(folder)]
        began_s = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as program:
            line = program.stdout.readline() if program.stdout else b""
            took_s = time.perf_counter() - began_s
            if b'"post"' not in line:
                raise RuntimeError(f"the first line is no post: {line[:200]!r}")
            program.communicate()
    return took_s


def _first_card_s() -> float:
    began_s = time.perf_counter()
    with _keyboard(PROGRAM) as (_, screen):
        _until(screen, b"[Answer]")
        return time.perf_counter() - began_s


def _memory_mb() -> tuple[float, float]:
    """Resident MB of `try` and of its imports alone."""
    with tempfile.TemporaryDirectory(prefix="tpm-bench-") as folder:
        log = Path(folder) / "imports.log"
        with (
            log.open("wb") as imports,
            _keyboard((sys.executable, "-X", "importtime", "-m", "bot"), imports.fileno()) as (
                program,
                screen,
            ),
        ):
            _until(screen, b"asha>")
            time.sleep(REST_S)
            ours = _resident_mb(program.pid)
        names = _modules(log.read_text())
    return ours, _imports_mb(names)


def _imports_mb(names: Sequence[str]) -> float:
    code = (
        "import contextlib, importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    with contextlib.suppress(ImportError):\n"
        "        importlib.import_module(name)\n"
        "print(flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, *names]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as floor:
        if floor.stdout is None or not floor.stdout.readline():
            raise RuntimeError("the imports alone failed")
        resident_mb = _resident_mb(floor.pid)
        floor.communicate()
    return resident_mb


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no resident memory")


@contextmanager
def _keyboard(program: Sequence[str], errors: int | None = None) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`try` at a terminal of 120 by 50, with a fresh data folder; its process, and where to read its screen."""
    with tempfile.TemporaryDirectory(prefix="tpm-bench-") as folder:
        screen, keys = pty.openpty()
        fcntl.ioctl(keys, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        running = subprocess.Popen(
            [*program, "try", "--data", folder],
            stdin=keys, stdout=keys, stderr=keys if errors is None else errors, env=ENVIRONMENT, start_new_session=True,
        )  # fmt: skip
        os.close(keys)
        try:
            yield running, screen
            os.write(screen, b"/quit\r")
            _drain(screen)
            running.wait(GIVE_UP_S)
        finally:
            running.kill()
            running.wait()
            os.close(screen)


def _until(screen: int, wanted: bytes) -> None:
    """Read until it is on the screen."""
    seen = b""
    while wanted not in seen:
        if not select.select([screen], [], [], GIVE_UP_S)[0]:
            raise RuntimeError(f"{wanted!r} never came; the last of it was {seen[-300:]!r}")
        seen += os.read(screen, 65536)


def _drain(screen: int) -> None:
    """Read what is left until the program is gone; a terminal without a reader would hold it up."""
    try:
        while os.read(screen, 65536):
            pass
    except OSError:
        return
