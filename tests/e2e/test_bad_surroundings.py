from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.infra.redis.client import Client
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.keys import SCHEMA, Keys
from tests.e2e.program import at_keyboard, play, played, playing, run

SECRET = "hunter2-of-the-test"
ANSWER = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens, 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole."
)
FAULTY = {
    "nobody says this": 'a line is "name> text"',
    "! advance soon": 'write a time such as "! advance 1d2h"',
    "! dance": 'after "!" comes advance, settle, restart',
    "asha> {s1=oops}": "the value of s1 is no JSON string",
    "bot> hi": '"bot" is the bot itself',
    "asha>": "the message is empty",
    "ben>> more": 'the line before it must be "ben> text"',
    "! group zone=UTC": "the group line must come first",
}
UNPLAYABLE = {
    "asha> [Nope]": "asha sees no button [Nope]. The buttons there are: [Answer], [Hint], [My streak].",
    'asha> {s1="x"}': "No form is open to asha. A button such as [Answer] or a command opens one.",
}
USAGE = (
    (["try", "--json"], "--json goes with --script."),
    (["try", "--script", "missing.txt"], "missing.txt cannot be read as a script"),
    (["try", "--script", "script.txt", "--start", "yesterday"], "--start 'yesterday' is no instant"),
    (["try", "--script", "script.txt", "--start", "2026-10-21T09:00"], "has no offset"),
    (["try", "--script", "script.txt", "--data", "script.txt"], "is a file"),
    (["frobnicate"], "No such command"),
)


def test_every_fault_of_a_script_is_named(tmp_path: Path) -> None:
    """A script with faults is not played at all: each fault is named with its line, and the exit code is 2."""
    outcome = play(tmp_path, "\n".join(FAULTY) + "\n")
    assert outcome.code == 2
    assert outcome.lines == ()
    said = outcome.errors.splitlines()
    for number, (line, fault) in enumerate(zip(said, FAULTY.values(), strict=True), start=1):
        assert line.startswith(f"line {number}: ")
        assert fault in line


@pytest.mark.parametrize("line", UNPLAYABLE)
def test_a_line_that_cannot_be_played_ends_the_script(tmp_path: Path, line: str) -> None:
    """A line that asks for what is not there ends the script with its number and the fix, and the exit code 1."""
    outcome = play(tmp_path, f"# first\n{line}\n")
    assert (outcome.code, outcome.errors) == (1, f"line 2: {UNPLAYABLE[line]}\n")


@pytest.mark.parametrize(("arguments", "told"), USAGE, ids=[" ".join(arguments) for arguments, _ in USAGE])
def test_wrong_usage_is_explained(tmp_path: Path, arguments: list[str], told: str) -> None:
    """A wrong command line is explained on stderr, prints nothing on stdout, and ends with 2."""
    (tmp_path / "script.txt").write_text("! settle\n", encoding="utf-8")
    outcome = run(tmp_path, *arguments)
    assert outcome.code == 2
    assert told in outcome.errors
    assert "Traceback" not in outcome.errors


def test_all_wrong_settings_are_told_at_once(tmp_path: Path) -> None:
    """Every setting that is wrong is named in one go, and no value is printed, as it may hold a secret."""
    wrong = {
        "TPM_REDIS_URL": f"http://user:{SECRET}@host",
        "TPM_LOG_LEVEL": SECRET,
        "TPM_DAILY_BUDGET_USD": SECRET,
        "TPM_MEMBER_DAILY_BUDGET_USD": "-1",
        "TPM_MODEL_REVIEW": f"{SECRET} {SECRET}",
        "ANTHROPIC_BASE_URL": f"ftp://user:{SECRET}@host",
    }
    outcome = play(tmp_path, "! settle\n", env=wrong)
    assert outcome.code == 1
    assert {line.strip().partition(":")[0] for line in outcome.errors.splitlines()[1:]} == set(wrong)
    assert SECRET not in outcome.errors


def test_a_dot_env_file_is_read(tmp_path: Path) -> None:
    """A `.env` file in the current folder sets what the environment does not, and its faults are told too."""
    (tmp_path / ".env").write_text("TPM_LOG_LEVEL=LOUD\n", encoding="utf-8")
    assert "TPM_LOG_LEVEL: use one of" in play(tmp_path, "! settle\n").errors
    assert play(tmp_path, "! settle\n", env={"TPM_LOG_LEVEL": "ERROR"}).code == 0


async def test_a_wrong_password_ends_at_once(tmp_path: Path) -> None:
    """A Redis that refuses the password ends the program at once with one clear line and no secret in it."""
    async with locked_valkey(tmp_path / "server", "the-right-one") as url:
        outcome = play(tmp_path, "! settle\n", env={"TPM_REDIS_URL": url.replace("unix://", f"unix://user:{SECRET}@")})
    assert outcome.code == 1
    assert "mend TPM_REDIS_URL" in outcome.errors
    assert len(outcome.errors.splitlines()) == 1
    assert SECRET not in outcome.errors


async def test_data_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """Redis data of a newer version is refused with both numbers; the program only notes that it met the server."""
    async with embedded_valkey(tmp_path / "server") as url, asking(url) as client:
        await client.call("SET", Keys.schema(), SCHEMA + 1)
        outcome = play(tmp_path, "! settle\n", env={"TPM_REDIS_URL": url})
        assert await client.call("GET", Keys.schema()) == str(SCHEMA + 1).encode()
        assert set(await client.call("KEYS", "*")) <= {Keys.schema().encode(), Keys.epoch().encode()}
    assert outcome.code == 1
    assert f"newer tpm-bot (schema {SCHEMA + 1}; this one reads {SCHEMA})" in outcome.errors


def test_a_room_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """A room file of another version, or a damaged one, is refused by its line and left as it was."""
    played(tmp_path, f"asha> {ANSWER}\n")
    file = tmp_path / "data" / "room.jsonl"
    whole = file.read_text(encoding="utf-8")
    first, second, rest = whole.split("\n", 2)
    opened = json.loads(first)
    newer = "\n".join((json.dumps({**opened, "version": opened["version"] + 1}), second, rest))
    damaged = "\n".join((first, f"{{{second}", rest))
    for text, told in ((newer, "written by another version of tpm-bot"), (damaged, "is damaged at line 2")):
        file.write_text(text, encoding="utf-8")
        outcome = play(tmp_path, "! settle\n")
        assert outcome.code == 1
        assert told in outcome.errors
        assert file.read_text(encoding="utf-8") == text


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """A data folder that cannot be made is refused with its name and the setting to change."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    outcome = play(tmp_path, "! settle\n", data="file/inside")
    assert outcome.code == 1
    assert "file/inside is not a folder." in outcome.errors
    assert "TPM_DATA_DIR" in outcome.errors


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    """A second `try` on a folder in use says so and ends, and the first goes on undisturbed."""
    with at_keyboard(tmp_path) as first:
        second = play(tmp_path, "! settle\n")
        assert second.code == 1
        assert "Another tpm-bot try is using" in second.errors
        code, printed, _ = first.leave("/tpm-streak", "/quit")
    assert code == 0
    assert "No streak yet" in printed


def test_time_does_not_go_back(tmp_path: Path) -> None:
    """A start before what happened in the folder is refused with the time from which it may begin."""
    played(tmp_path, "! advance 2d\n")
    outcome = play(tmp_path, "! settle\n")
    assert outcome.code == 1
    assert "This data goes on until 2026-10-23T09:00+02:00" in outcome.errors


def test_an_answer_survives_the_death_of_redis(tmp_path: Path) -> None:
    """What is typed while Redis is dead is told as not taken in, and is answered once after the next start."""
    with at_keyboard(tmp_path) as keyboard:
        kill_valkey(tmp_path / "data")
        _, printed, errors = keyboard.leave(ANSWER, "/tpm-streak")
    assert "The bot cannot take this in now (Redis cannot be reached)" in printed
    assert "Traceback" not in printed + errors
    again = run(tmp_path, "try", "--data", "data", typed="/tpm-me export\n/quit\n")
    assert again.code == 0
    files = list((tmp_path / "data").rglob("*.json"))
    days = json.loads(files[0].read_text(encoding="utf-8"))["days"]
    assert [day["answer"] for day in days] == [ANSWER]
    room = (tmp_path / "data" / "room.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum('"key":"review:' in record for record in room) == 1


def test_a_script_ends_clearly_when_redis_dies(tmp_path: Path) -> None:
    """A script whose Redis dies under it ends with 1 and one clear line, and the same data plays on afterwards."""
    lines = [f"asha> {ANSWER}", "! settle", *(["! advance 1d"] * 60)]
    with playing(tmp_path, "\n".join(lines) + "\n") as process:
        assert process.stdout is not None
        process.stdout.readline()
        kill_valkey(tmp_path / "data")
        process.stdout.read()
        assert process.stderr is not None
        errors = process.stderr.read()
        assert process.wait(timeout=30) == 1
    assert "Redis cannot be reached" in errors
    assert "Traceback" not in errors
    assert played(tmp_path, "asha> /tpm-streak\n", start="2027-03-01T09:00+01:00").private("asha")


@asynccontextmanager
async def locked_valkey(folder: Path, password: str) -> AsyncIterator[str]:
    """A server that wants a password."""
    async with embedded_valkey(folder) as url, asking(url) as client:
        await client.call("CONFIG", "SET", "requirepass", password)
        yield url
        await client.call("CONFIG", "SET", "requirepass", "")


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Client]:
    """A client of our own beside the program's."""
    client = Client(url, timeout_s=5.0)
    try:
        yield client
    finally:
        await client.close()


def kill_valkey(data: Path) -> None:
    """Kill the server that a bot started for `data`, as the kernel would when memory is short."""
    os.kill(int((data / "redis" / "valkey.pid").read_text(encoding="utf-8")), signal.SIGKILL)
