"""A room's log on disk: one JSON record a line, each handed to the system before anything is done about it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from bot.errors import Refusal, Trouble
from handlers.terminal.records import RECORDS, VERSION, Opened, Record

FILE_NAME = "room.jsonl"


class RoomDown(Trouble):
    """The room's file cannot take a record now; nothing was written."""


class RoomLog:
    """An open log; nobody else can open it until it is closed.

    Raises Refusal, with the fix, if the folder cannot be used, another process holds it, or a record cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise Refusal(
                f"The data folder {folder} cannot be used ({error.strerror}). "
                "Make it yours to read and write, or name another with --data DIR."
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            raise Refusal(
                f"Another tpm-bot try is using {folder}. Leave it there with /quit, "
                "or give this one a folder of its own with --data DIR."
            ) from error
        self._end = 0

    def close(self) -> None:
        """Let others in."""
        os.close(self._fd)

    def read(self) -> Iterator[Record]:
        """Every whole record from the first on. A torn last line, as kill -9 leaves it, is cut off."""
        self._end = 0
        whole, _, torn = self._path.read_bytes().rpartition(b"\n")
        for number, line in enumerate(whole.split(b"\n") if whole else (), start=1):
            yield self._parsed(number, line)
            self._end += len(line) + 1
        if torn:
            os.ftruncate(self._fd, self._end)

    def append(self, record: Record) -> None:
        """Write one record. Raises RoomDown, with the file as it was, if it cannot be written."""
        line = RECORDS.dump_json(record) + b"\n"
        try:
            written = os.write(self._fd, line)
            if written < len(line):
                written += os.write(self._fd, line[written:])
        except OSError as error:
            os.ftruncate(self._fd, self._end)
            raise RoomDown(f"{self._path} cannot be written: {error.strerror}") from error
        self._end += written

    def _parsed(self, number: int, line: bytes) -> Record:
        try:
            record = RECORDS.validate_json(line)
        except ValidationError as error:
            raise Refusal(
                f"{self._path} is damaged at line {number}. Move that file away to begin a new channel; "
                "answers and streaks are kept elsewhere."
            ) from error
        if isinstance(record, Opened) and record.version != VERSION:
            raise Refusal(
                f"{self._path} was written by another version of tpm-bot (format {record.version}, this one reads "
                f"{VERSION}). Use that version, or name another folder with --data DIR."
            )
        return record
