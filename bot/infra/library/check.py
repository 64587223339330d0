"""Every rule of the bank that a machine can check: on each file, and on the bank as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

import prompts
from bot.domain.framework import Framework
from bot.domain.question import Fact, faults
from bot.domain.words import stems
from bot.infra.library.located import FileFault, FileFaulty
from bot.infra.library.packaged import packaged_parts
from bot.infra.library.questions import QuestionFile, read_question

HEART = 3
NEAR_DUPLICATE = 0.6
"""Share of stems, of both prompts together, that stand in both. Our own choice: the bank's most alike pair has 0.22."""
NEVER_ASKED = frozenset({"product-cases"})
"""Topics that feed incidents and are no question's topic (reference content.md 3)."""
FOLDER = "prompts/questions"


def read_questions(texts: Mapping[str, str], section_keys: Sequence[str]) -> tuple[list[QuestionFile], list[FileFault]]:
    """The files of `texts` (path -> text) that can be read, and what is wrong with the others."""
    files: list[QuestionFile] = []
    found: list[FileFault] = []
    for path, text in texts.items():
        try:
            files.append(read_question(path, text, section_keys))
        except FileFaulty as faulty:
            found += faulty.faults
    return files, found


def check(
    texts: Mapping[str, str],
    framework: Framework,
    facts: Mapping[str, Fact],
    topics: Mapping[str, str],
    today: date,
) -> list[FileFault]:
    """Every fault of the question files `texts` (path -> text), in the order of path and line; empty if all is well.

    `topics` has the key and name of each topic that a question may have; dates are held against `today`.
    """
    files, found = read_questions(texts, [section.key for section in framework.sections])
    for file in files:
        found += [file.fault(fault.field, fault.rule) for fault in faults(file.question, facts, topics, today)]
    found += [*_doubles(files), *_gaps(files, framework, topics)]
    return sorted(found)


def check_packaged(today: date) -> list[FileFault]:
    """`check` on the questions that ship with the bot."""
    framework, facts, topics = packaged_parts()
    return check(prompts.question_sources(), framework, facts, topics, today)


def _doubles(files: Sequence[QuestionFile]) -> Iterator[FileFault]:
    words = {file.path: frozenset(stems(file.question.prompt)) for file in files}
    for one, other in combinations(files, 2):
        if one.question.id == other.question.id:
            yield other.fault("id", f"is taken by {one.path}")
        union = words[one.path] | words[other.path]
        if union and len(words[one.path] & words[other.path]) >= NEAR_DUPLICATE * len(union):
            yield other.fault("prompt", f"says nearly the same as the prompt of {one.question.id}")


def _gaps(files: Sequence[QuestionFile], framework: Framework, topics: Mapping[str, str]) -> Iterator[FileFault]:
    """What the bank as a whole lacks: a ready question for each topic, and one for each section as its heart."""
    ready = [file.question for file in files if file.question.status == "ready"]
    covered = {question.topic for question in ready}
    for topic in topics:
        if topic not in covered | NEVER_ASKED:
            yield FileFault(FOLDER, 1, "topic", f"no ready question for {topic}")
    for section in framework.sections:
        if not any(question.emphasis.get(section.key) == HEART for question in ready):
            yield FileFault(FOLDER, 1, "emphasis", f"no ready question has {section.key} at its heart")
