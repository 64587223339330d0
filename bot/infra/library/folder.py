"""An operator's own question files, `<folder>/<topic>/<id>.md`, read again when they change."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.domain.question import RETIRED, Question
from bot.infra.library.located import FileFault, FileFaulty
from bot.infra.library.questions import read_question

log = logging.getLogger(__name__)

PATTERN = "*/*.md"
_State = tuple[int, int]
"""Of a file: when it was changed (ns) and its size (bytes)."""


class QuestionFolder:
    """The questions of a folder. A file that cannot be read leaves its question as it last was.

    Attributes:
        questions: by id; one whose file was removed is retired, for an old post may need it.
        faults: what is wrong with the files as they are now.
    """

    def __init__(self, path: Path, section_keys: Sequence[str]) -> None:
        self._path = path
        self._keys = section_keys
        self._states: Mapping[Path, _State] | None = None
        self.questions: Mapping[str, Question] = {}
        self.faults: tuple[FileFault, ...] = ()

    def refresh(self) -> bool:
        """Look at the folder; whether anything had changed. Never raises: what is wrong is in `faults`, and logged."""
        states = self._looked_at()
        if states == self._states:
            return False
        self._states = states
        read: dict[str, Question] = {}
        faults: list[FileFault] = []
        if not self._path.is_dir():
            faults.append(FileFault(str(self._path), 1, "folder", "is no folder (TPM_QUESTIONS_DIR)"))
        for file in sorted(states):
            try:
                read[file.stem] = self._read(file)
            except FileFaulty as faulty:
                faults += faulty.faults
        stems = {file.stem for file in states}
        kept = {name: each if name in stems else replace(each, status=RETIRED) for name, each in self.questions.items()}
        self.questions, self.faults = {**kept, **read}, tuple(faults)
        for fault in faults:
            log.error("questions cannot be read, and the last good ones stay: %s", fault)
        return True

    def _looked_at(self) -> Mapping[Path, _State]:
        states = {}
        for file in self._path.glob(PATTERN):
            try:
                stat = file.stat()
            except OSError:  # it went away between two looks
                continue
            states[file] = (stat.st_mtime_ns, stat.st_size)
        return states

    def _read(self, file: Path) -> Question:
        return read_question(str(file), text_of(file), self._keys).question


def text_of(file: Path) -> str:
    """The text of a question file. Raises FileFaulty."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileFaulty([FileFault(str(file), 1, "file", f"cannot be read as UTF-8 text: {error}")]) from None


def sources(folder: Path) -> tuple[dict[str, str], list[FileFault]]:
    """Path -> text of each question file of `folder`, and what is wrong with those that hold no text."""
    texts: dict[str, str] = {}
    faults: list[FileFault] = []
    for file in sorted(folder.glob(PATTERN)):
        try:
            texts[str(file)] = text_of(file)
        except FileFaulty as faulty:
            faults += faulty.faults
    return texts, faults
