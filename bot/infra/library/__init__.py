"""The Library port on files: framework, questions, facts, and the facts nearest to a text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import prompts
from bot.domain.calibration import Calibration
from bot.domain.framework import Framework
from bot.domain.question import Fact, Question
from bot.infra.library.calibration import packaged_calibrations
from bot.infra.library.check import check, check_packaged, packaged_coverage, read_questions
from bot.infra.library.folder import QuestionFolder
from bot.infra.library.located import FileFault, FileFaulty
from bot.infra.library.nearest import NearestFacts
from bot.infra.library.packaged import packaged_parts

__all__ = [
    "FileFault", "FileFaulty", "FileLibrary", "check", "check_packaged", "packaged_coverage", "packaged_library",
]  # fmt: skip


class FileLibrary:
    """Framework, questions and facts that were read from files. Reading it never fails.

    Attributes:
        topics: key -> name of each topic, in the order of the fact file.
    """

    def __init__(
        self,
        framework: Framework,
        questions: Mapping[str, Question],
        facts: Mapping[str, Fact],
        topics: Mapping[str, str],
        calibrations: Mapping[str, Calibration] = MappingProxyType({}),
        folder: QuestionFolder | None = None,
    ) -> None:
        self._framework = framework
        self._packaged = questions
        self._folder = folder
        self._questions = questions
        self.refresh()
        self._facts = facts
        self.topics = topics
        self._calibrations = calibrations
        self._nearest = NearestFacts(tuple(facts.values()))

    @property
    def framework(self) -> Framework:
        """The framework that answers are read by."""
        return self._framework

    @property
    def questions(self) -> Mapping[str, Question]:
        """The bank by id, retired questions included."""
        return self._questions

    @property
    def faults(self) -> tuple[FileFault, ...]:
        """What is wrong with an operator's own question files now; the last good ones are served."""
        return self._folder.faults if self._folder else ()

    def refresh(self) -> None:
        """Read an operator's own questions again if their files have changed. One with a packaged id replaces it."""
        if self._folder is not None and self._folder.refresh():
            self._questions = {**self._packaged, **self._folder.questions}

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The checked facts by id."""
        return self._facts

    @property
    def calibrations(self) -> Mapping[str, Calibration]:
        """What reviewers rate before their first review, by section key."""
        return self._calibrations

    async def nearest_facts(self, text: str, count: int) -> Sequence[Fact]:
        """At most `count` facts that speak of the same things as `text`, the nearest first; maybe none.

        The first call imports the index and builds it, in a thread.
        """
        return await asyncio.to_thread(self._nearest.find, text, count)


def packaged_library(folder: Path | None = None) -> FileLibrary:
    """The library that ships with the bot, with an operator's own questions from `folder` (`<topic>/<id>.md`) if given.

    Raises FileFaulty with every fault that keeps a packaged file from being read; those of the folder are in `faults`.
    """
    framework, facts, topics = packaged_parts()
    keys = [section.key for section in framework.sections]
    files, faults = read_questions(prompts.question_sources(), keys)
    if faults:
        raise FileFaulty(faults)
    questions = {file.question.id: file.question for file in files}
    own = QuestionFolder(folder, keys) if folder is not None else None
    return FileLibrary(framework, questions, facts, topics, packaged_calibrations(framework), own)
