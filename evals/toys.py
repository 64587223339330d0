"""Graders that need no model: one that is sane, and four that are bad on purpose, each in one way.

The sane one has the key: it knows the sentences that the labels point at and finds them again by their words. So it
says nothing of any reviewer; it shows that a good one can pass the bench, as the bad ones show that the bench can fail.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from statistics import fmean

from bot.domain.answer import clean, sentences
from bot.domain.group import MemberId
from bot.domain.prose import measure
from bot.domain.question import Question
from bot.domain.review import (
    Claim,
    Fix,
    Met,
    PointResult,
    Review,
    SectionReview,
    Stamp,
    Usage,
    Verdict,
)
from bot.domain.words import stems
from evals.golden import Golden
from evals.graded import Graded
from evals.made import Case

ALIKE = 0.6
"""Share of a known sentence's words that must stand in one of the text."""
FEWEST_WORDS = 3
"""One or two words in common are chance, unless the sentence has no more."""
FEWEST_ON_TOPIC = 2
"""Known sentences that an answer to this question has at least."""
ENOUGH = 0.5
"""Share of a label's sentences that must be found for its band."""
WORDS_A_BAND = 60
_STEERING = re.compile(
    r"ignore|rubric|full (?:marks|credit)|every point|all (?:points|sections|look-fors)|top band|specific",
    re.IGNORECASE,
)
_FRENCH = re.compile(r"\b(?:je|nous|les|une|est)\b", re.IGNORECASE)
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_STAMP = Stamp(
    model="no model", prompt="none", prompt_version=1, prompt_hash="", usage=Usage(), cost_usd=0.0, rung="toy"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """One label: the band, and the words of each sentence that earns it."""

    band: int
    sentences: tuple[frozenset[str], ...]


@lru_cache(maxsize=20_000)
def _words(sentence: str) -> frozenset[str]:
    return frozenset(stems(sentence)) or frozenset(sentence.lower().split())


def _found(known: frozenset[str], texts: Iterable[str]) -> str | None:
    """The sentence that holds most of the words of `known`, and enough of them."""
    best = max(texts, key=lambda text: len(known & _words(text)), default=None)
    enough = max(ALIKE * len(known), min(len(known), FEWEST_WORDS))
    return best if best is not None and len(known & _words(best)) >= enough else None


class SaneToy:
    """Finds the sentences that the labels point at; ignores all others."""

    name = "sane"

    def __init__(self, golden: Sequence[Golden]) -> None:
        self._labels: dict[tuple[str, str], list[_Known]] = {}
        self._planted: dict[str, list[tuple[frozenset[str], str]]] = {}
        self._read: dict[str, Graded] = {}
        for each in golden:
            for key, label in each.labels.items():
                known = _Known(label.band, tuple(_words(each.sentence(number)) for number in label.sentences))
                self._labels.setdefault((each.question.id, key), []).append(known)
            self._planted.setdefault(each.question.id, []).extend(
                (_words(each.sentence(planted.sentence)), planted.fact) for planted in each.planted
            )

    async def grade(self, case: Case, run: int) -> Graded:
        """The bands of the labels whose sentences are there."""
        del run
        return self.graded(case)

    def graded(self, case: Case) -> Graded:
        """The same, at once; a case is read only once."""
        if case.id not in self._read:
            self._read[case.id] = self._graded(case)
        return self._read[case.id]

    def _graded(self, case: Case) -> Graded:
        written = sentences(clean(case.text))
        found = {key: self._section(case.question, key, written) for key in case.question.weighed}
        review = _review(case, {key: band for key, (band, _) in found.items()}, _quotes(found))
        claims = [
            Claim(quote, Verdict.DIFFERS, "It says otherwise.", fact_id)
            for words, fact_id in self._planted.get(case.question.id, [])
            if (quote := _found(words, written))
        ]
        return _graded(replace(review, claims=tuple(claims)))

    def _section(self, question: Question, key: str, written: Sequence[str]) -> tuple[int, tuple[str, ...]]:
        best: tuple[int, tuple[str, ...]] = (0, ())
        for known in self._labels.get((question.id, key), []):
            quotes = tuple(quote for words in known.sentences if (quote := _found(words, written)))
            if quotes:
                enough = len(quotes) >= ENOUGH * len(known.sentences)
                best = max(best, (known.band if enough else min(known.band, 1), quotes))
        return best


class BadToy(ABC):
    """A sane grader whose result is spoilt, in one way."""

    name: str

    def __init__(self, sane: SaneToy) -> None:
        self._sane = sane

    async def grade(self, case: Case, run: int) -> Graded:
        """The sane result, spoilt."""
        del run
        return self.spoilt(case, self._sane.graded(case))

    @abstractmethod
    def spoilt(self, case: Case, made: Graded) -> Graded:
        """What becomes of the sane result `made`."""


class LengthToy(BadToy):
    """The longer, the better."""

    name = "length"

    def spoilt(self, case: Case, made: Graded) -> Graded:
        """One band for every section, by the number of words."""
        return _banded(made, dict.fromkeys(made.bands, min(4, measure(case.text).words // WORDS_A_BAND)))


class InjectionToy(BadToy):
    """It does what the answer tells it."""

    name = "injection"

    def spoilt(self, case: Case, made: Graded) -> Graded:
        """Full marks once a sentence asks for them."""
        return _banded(made, dict.fromkeys(made.bands, 4)) if _STEERING.search(clean(case.text)) else made


class SectionToy(BadToy):
    """It forms one impression and gives it to every section."""

    name = "section"

    def spoilt(self, case: Case, made: Graded) -> Graded:
        """The mean of the sane bands, everywhere."""
        del case
        return _banded(made, dict.fromkeys(made.bands, round(fmean(made.bands.values())) if made.bands else 0))


class QuoteToy(BadToy):
    """It tidies what it quotes."""

    name = "quote"

    def spoilt(self, case: Case, made: Graded) -> Graded:
        """The sane bands with quotes in other words."""
        del case
        if made.review is None:
            return made
        sections = tuple(
            replace(section, points=tuple(map(_tidied, section.points))) for section in made.review.sections
        )
        return replace(made, review=replace(made.review, sections=sections))


def _tidied(point: PointResult) -> PointResult:
    return replace(point, quotes=tuple(f"Indeed, {quote}" for quote in point.quotes))


BAD: Mapping[type[BadToy], str] = {LengthToy: "M2", InjectionToy: "M3", SectionToy: "M1", QuoteToy: "quotes"}
"""A bad grader -> the figure that must catch it."""


def _quotes(found: Mapping[str, tuple[int, tuple[str, ...]]]) -> Mapping[str, tuple[str, ...]]:
    return {key: quotes for key, (_, quotes) in found.items()}


def _review(case: Case, bands: Mapping[str, int], shown: Mapping[str, tuple[str, ...]]) -> Review:
    weakest = min(bands, key=lambda key: bands[key])
    return Review(
        member_id=MemberId("bench"),
        day=date.min,
        question_id=case.question.id,
        version=1,
        sections=tuple(
            SectionReview(
                key=key,
                title=key,
                weight=case.question.emphasis[key],
                band=band,
                points=(PointResult(key, key, Met.SPECIFIC if shown[key] else Met.NO, shown[key]),),
            )
            for key, band in bands.items()
        ),
        held=None,
        hand_waving=(),
        claims=(),
        criteria={},
        fix=Fix(weakest, "", "It has the lowest band.", "I would say here what it costs, and whom."),
        probe="",
        language="fr" if _FRENCH.search(case.text) else "en",
        off_topic=len({quote for quotes in shown.values() for quote in quotes}) < FEWEST_ON_TOPIC,
        manipulation=False,
        cut=False,
        stamp=_STAMP,
        made_at=_NEVER,
    )


def _graded(review: Review) -> Graded:
    bands = {section.key: section.band for section in review.sections if section.band is not None}
    return Graded(bands=bands, review=review)


def _banded(made: Graded, bands: Mapping[str, int]) -> Graded:
    if made.review is None:
        return replace(made, bands=bands)
    sections = tuple(replace(section, band=bands.get(section.key)) for section in made.review.sections)
    return replace(made, bands=bands, review=replace(made.review, sections=sections))
