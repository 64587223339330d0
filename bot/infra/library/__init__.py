"""The Library port on packaged files: framework, questions, facts, and the facts nearest to a text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import prompts
from bot.domain.framework import Framework
from bot.domain.question import Fact, Question
from bot.infra.library.check import check, check_packaged, read_questions
from bot.infra.library.located import FileFault, FileFaulty
from bot.infra.library.nearest import NearestFacts
from bot.infra.library.packaged import packaged_parts

__all__ = ["FileFault", "FileFaulty", "FileLibrary", "check", "check_packaged", "packaged_library"]


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
    ) -> None:
        self._framework = framework
        self._questions = questions
        self._facts = facts
        self.topics = topics
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
    def facts(self) -> Mapping[str, Fact]:
        """The checked facts by id."""
        return self._facts

    async def nearest_facts(self, text: str, count: int) -> Sequence[Fact]:
        """At most `count` facts that speak of the same things as `text`, the nearest first; maybe none.

        The first call imports the index and builds it, in a thread.
        """
        return await asyncio.to_thread(self._nearest.find, text, count)


def packaged_library() -> FileLibrary:
    """The library that ships with the bot. Raises FileFaulty with every fault that keeps a file from being read."""
    framework, facts, topics = packaged_parts()
    files, faults = read_questions(prompts.question_sources(), [section.key for section in framework.sections])
    if faults:
        raise FileFaulty(faults)
    return FileLibrary(framework, {file.question.id: file.question for file in files}, facts, topics)
