"""The last rung: no model read the answer, so the member checks it alone, with the notes of the question's authors.

It finds the member's own sentences that may speak to a point and asks; it never says whether a point is met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import log, sqrt

from bot.domain.answer import Answer
from bot.domain.framework import Framework
from bot.domain.judge import FRAMEWORK_SPECIFIC, open_probe, with_framework_points
from bot.domain.question import LookFor, Question
from bot.domain.review import SelfCheck, SelfCheckPoint
from bot.domain.words import stems

FEWEST_SHARED = 3
FEWEST_SIZE = 6
"""A sentence with fewer content words counts as this long, so that a short one does not fit by two words."""
TOPIC_WEIGHT = 0.35
FEWEST_FIT = 0.7
"""Set by hand so that a wrong find is rare: with the outlines of the first 24 questions as answers, two points in five
get a sentence, and about nine in ten of those speak to their point (judged by reading them, once)."""


def self_check(
    question: Question,
    framework: Framework,
    *,
    sentences: Sequence[str],
    answer: Answer,
    reason: str,
    retried: bool,
    made_at: datetime,
) -> SelfCheck:
    """The points of `question` as questions to oneself, each with the sentence that may speak to it.

    `sentences` are the answer's, in order; `reason` tells the member why no model judged; `retried` says that a review
    is still owed and will follow.
    """
    question = with_framework_points(question, framework)
    looks = [(key, look) for key in question.weighed for look in question.look_for.get(key, ())]
    found = _found([look for _, look in looks], question, sentences)
    points = tuple(SelfCheckPoint(key, _ask(look), found[look.id], look.id, look.point) for key, look in looks)
    return SelfCheck(
        member_id=answer.member_id,
        day=answer.day,
        question_id=question.id,
        version=answer.version,
        points=points,
        probe=open_probe(question, {point.id for point in points if point.found}),
        reason=reason,
        retried=retried,
        made_at=made_at,
        weights={key: question.emphasis[key] for key in question.weighed},
    )


def _ask(look: LookFor) -> str:
    specific = "" if look.specific == FRAMEWORK_SPECIFIC else f" To be specific: {look.specific.rstrip('.')}."
    return f"{look.point.rstrip('.?')}?{specific}"


def _found(looks: Sequence[LookFor], question: Question, sentences: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Look-for id -> the sentence that fits it, if any; each sentence goes to the one point that it fits most."""
    points = [frozenset(stems(" ".join((look.point, look.specific, *_asked(question, look))))) for look in looks]
    said = [frozenset(stems(sentence)) for sentence in sentences]
    topic = frozenset(stems(" ".join((question.title, question.prompt, *question.givens))))
    weights = _weights(points, said, topic)
    fits = [
        (fit, at, number)
        for at, point in enumerate(points)
        for number, spoken in enumerate(said)
        if (fit := _fit(point, spoken, weights)) >= FEWEST_FIT
    ]
    found: dict[int, int] = {}
    for _, at, number in sorted(fits, key=lambda each: (-each[0], each[2])):
        if at not in found and number not in found.values():
            found[at] = number
    return {look.id: (sentences[found[at]],) if at in found else () for at, look in enumerate(looks)}


def _asked(question: Question, look: LookFor) -> list[str]:
    """The probes of a point: they say the same thing in further words."""
    return [probe.ask for probe in question.probes if probe.point_id == look.id]


def _weights(
    points: Sequence[frozenset[str]], said: Sequence[frozenset[str]], topic: frozenset[str]
) -> Mapping[str, float]:
    """Words that few points and few sentences have weigh more, words of the question itself less."""
    in_points = Counter(word for words in points for word in words)
    in_sentences = Counter(word for words in said for word in words)
    return {
        word: (log((1 + len(points)) / in_points[word]) + log((1 + len(said)) / in_sentences[word]))
        * (TOPIC_WEIGHT if word in topic else 1)
        for word in in_points.keys() & in_sentences.keys()
    }


def _fit(point: frozenset[str], spoken: frozenset[str], weights: Mapping[str, float]) -> float:
    """Weight of the shared words against the sizes of both; 0 if they share too few."""
    shared = point & spoken
    if len(shared) < FEWEST_SHARED:
        return 0.0
    return sum(weights[word] for word in shared) / sqrt(len(point) * max(FEWEST_SIZE, len(spoken)))
