"""Every rule of the bank that a machine can check: on each file, and on the bank as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path

import prompts
from bot.domain.framework import Framework
from bot.domain.question import Fact, faults
from bot.domain.readability import MOST_LIX, MOST_SENTENCE_WORDS, lix, longest_sentence
from bot.infra.library.coverage import Coverage
from bot.infra.library.doubles import doubles
from bot.infra.library.folder import sources
from bot.infra.library.located import FileFault, FileFaulty
from bot.infra.library.packaged import packaged_parts
from bot.infra.library.questions import QuestionFile, read_question

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

    What the bank as a whole lacks is not among them. `topics` has the key and name of each topic that a question may
    have; dates are held against `today`.
    """
    files, found = read_questions(texts, [section.key for section in framework.sections])
    for file in files:
        found += [file.fault(fault.field, fault.rule) for fault in faults(file.question, facts, topics, today)]
        found += _hard_to_read(file)
    return sorted([*found, *_doubles(files)])


def check_packaged(today: date, folder: Path | None = None) -> list[FileFault]:
    """`check` on the questions that ship with the bot and on an operator's own, and what the packaged bank lacks.

    An operator's question replaces a packaged one of its name; no mix is asked of theirs.
    """
    framework, facts, topics = packaged_parts()
    own, unreadable = sources(folder) if folder is not None else ({}, [])
    names = {Path(path).name for path in own}
    packaged = {path: text for path, text in prompts.question_sources().items() if Path(path).name not in names}
    gaps = [FileFault(FOLDER, 1, gap.field, gap.rule) for gap in packaged_coverage().gaps()]
    return sorted([*unreadable, *gaps, *check({**packaged, **own}, framework, facts, topics, today)])


def packaged_coverage() -> Coverage:
    """What the questions that ship with the bot cover, as far as they can be read."""
    keys = [section.key for section in packaged_parts()[0].sections]
    files, _ = read_questions(prompts.question_sources(), keys)
    return Coverage.of([file.question for file in files], keys)


def _hard_to_read(file: QuestionFile) -> Iterator[FileFault]:
    """B2 by measure; what a measure cannot see is for the reviewer of a question."""
    texts = (file.question.prompt, *file.question.givens)
    if (hardness := lix(texts)) > MOST_LIX:
        yield file.fault("prompt", f"must read easily with its givens: LIX at most {MOST_LIX}, is {hardness:.0f}")
    for field, text in zip(("prompt", *(f"givens.{n}" for n in range(len(texts)))), texts, strict=False):
        if (words := longest_sentence([text])) > MOST_SENTENCE_WORDS:
            yield file.fault(field, f"must have at most {MOST_SENTENCE_WORDS} words in a sentence, has {words}")


def _doubles(files: Sequence[QuestionFile]) -> Iterator[FileFault]:
    by_question = {id(file.question): file for file in files}
    for one, other in combinations(files, 2):
        if one.question.id == other.question.id:
            yield other.fault("id", f"is taken by {one.path}")
    for double in doubles([file.question for file in files]):
        yield by_question[id(double.later)].fault(double.field, double.rule)
