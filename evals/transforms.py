"""What is done to a text to make a case of it. Pure: the same text and draw give the same result.

Positions are sentences as the reviewer numbers them, so a removal takes exactly what a label points at.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection
from functools import lru_cache

from bot.domain.answer import measure, sentences

FLUFF = (
    "This is a really important topic and it deserves careful thought.",
    "At the end of the day, quality matters more than anything else.",
    "We should of course follow industry best practices here.",
    "There are many aspects to consider in a situation like this.",
    "A good product manager always keeps the big picture in mind.",
    "Alignment between all stakeholders is key to success.",
    "It is essential to be agile and to iterate quickly.",
    "Everything should be robust, scalable and future-proof.",
    "Communication with every team will be very important.",
    "We need to find the right balance between the different needs.",
    "Technology is changing fast and we must stay ahead of the curve.",
    "In conclusion, a holistic approach will bring the best result.",
    "We want to delight people and exceed their expectations.",
    "Every decision has advantages and disadvantages.",
    "It depends on many factors, as always.",
    "We would look at this from several perspectives.",
    "A strong vision and a clear strategy are needed.",
    "The team should be motivated and work closely together.",
    "Innovation is at the heart of what we do.",
    "We should make sure that nothing is forgotten.",
)
_BULLET = re.compile(r"^\s*(?:[-*+•–—]|\d{1,2}[.)])\s+")  # noqa: RUF001  people type these dashes
_TOPICS = ("Overview", "Context", "Approach", "Details", "Considerations", "Plan", "Next steps", "Summary")
_LEARNER = (
    (re.compile(r"\b(?:the|a|an) ", re.IGNORECASE), "", 0.6),
    (re.compile(r"\bdoes not\b"), "do not", 1.0),
    (re.compile(r"\bdoesn't\b"), "don't", 1.0),
    (re.compile(r"\bhas\b"), "have", 1.0),
    (re.compile(r"\bdepends on\b"), "depends of", 1.0),
    (re.compile(r"\binformation\b"), "informations", 1.0),
    (re.compile(r"\bfeedback\b"), "feedbacks", 1.0),
    (re.compile(r"\bI would\b"), "I will", 0.7),
    (re.compile(r"\bthere are\b"), "it exists", 0.5),
    (re.compile(r"\bmuch\b"), "many", 1.0),
)
TYPO_SHARE = 0.08
FEWEST_TYPO_CHARS = 5


@lru_cache(maxsize=256)
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence of a cleaned `text` begins and ends."""
    found = []
    at = 0
    for sentence in sentences(text):
        begin = text.index(sentence, at)
        at = begin + len(sentence)
        found.append((begin, at))
    return tuple(found)


def without(text: str, numbers: Collection[int]) -> str:
    """`text` without these sentences, and without the bullets and blank lines that they leave behind."""
    where = spans(text)
    for number in sorted(set(numbers), reverse=True):
        begin, end = where[number - 1]
        text = text[:begin].rstrip(" ") + text[end:] if text[end : end + 1] in ("", "\n") else text[:begin] + text[end:]
    lines = [line.strip() if _BULLET.match(line) is None else line.rstrip() for line in text.split("\n")]
    kept = [line for line in lines if not line or any(map(str.isalnum, _BULLET.sub("", line + " ")))]
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" {2,}", " ", "\n".join(kept))).strip()


def inserted(text: str, addition: str, after: int) -> str:
    """`text` with `addition` as lines of its own, after the line of sentence `after` (0: before everything)."""
    if after <= 0:
        return f"{addition}\n{text}"
    where = spans(text)
    end = where[min(after, len(where)) - 1][1] if where else len(text)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    return f"{text[:line_end]}\n{addition}{text[line_end:]}"


def padded(text: str, share: float, draw: random.Random) -> str:
    """`text` with empty sentences between its own, `share` of its words more."""
    missing = measure(text).words * share
    pool = draw.sample(FLUFF, len(FLUFF))
    chosen: list[str] = []
    while missing > 0:
        chosen.append(pool[len(chosen) % len(pool)])
        missing -= measure(chosen[-1]).words
    places = sorted((draw.randint(0, len(spans(text))) for _ in chosen), reverse=True)
    for place, fluff in zip(places, chosen, strict=True):  # from the end, so that the places before stay what they are
        text = inserted(text, fluff, place)
    return text


def repeated(text: str) -> str:
    """Everything said twice."""
    return f"{text}\n\nTo say it again:\n{text}"


def headed(text: str) -> str:
    """A bold heading that says nothing before every line or paragraph."""
    lines = [line for line in text.split("\n") if line.strip()]
    return "\n\n".join(f"**{_TOPICS[at % len(_TOPICS)]}**\n{line}" for at, line in enumerate(lines))


def reordered(text: str, draw: random.Random) -> str:
    """The lines in another order; of a text of one or two lines, the second half of its sentences first."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) <= 2:  # noqa: PLR2004  two lines have one other order, which may be no more than a swapped greeting
        whole = sentences(text)
        return " ".join((*whole[len(whole) // 2 :], *whole[: len(whole) // 2]))
    before = list(lines)
    while lines == before:
        draw.shuffle(lines)
    return "\n".join(lines)


def mistyped(text: str, draw: random.Random) -> str:
    """Every twelfth long word or so with one slip of the finger; numbers stay as they are."""

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if draw.random() > TYPO_SHARE:
            return word
        at = draw.randint(1, len(word) - 3)
        return draw.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[: at + 1] + word[at:],
            )
        )

    return re.sub(rf"\b[a-z]{{{FEWEST_TYPO_CHARS},}}\b", slip, text)


def as_learner(text: str, draw: random.Random) -> str:
    """Mistakes that learners of English make: articles, agreement, plurals. No word that carries the content goes."""
    for pattern, instead, share in _LEARNER:
        text = pattern.sub(lambda match: instead if draw.random() < share else match[0], text)  # noqa: B023  used at once
    return text


def as_bullets(text: str) -> str:
    """One bullet a sentence."""
    return "\n".join(f"- {sentence}" for sentence in sentences(text))


def as_prose(text: str) -> str:
    """One paragraph; lines that end without a stop get one."""
    bare = (_BULLET.sub("", line).strip() for line in text.split("\n"))
    return " ".join(line if line[-1] in ".!?:;" else f"{line}." for line in bare if line)
