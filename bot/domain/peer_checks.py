"""The checks of a peer review before it is sent. They ask; they never rewrite, and they go silent with practice.

What blocks is plain: a text is missing or too long, a band is no band. Everything else is a doubt, asked once: the
reviewer may send the same words again. The doubts know English only; in other languages they ask nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.framework import Section
from bot.domain.peer_english import (
    ASKING_WORD,
    FUNCTION,
    PLACE,
    PRAISE,
    QUESTION_MARK,
    QUOTATION,
    TOKEN,
    WRITES_FOR_THEM,
)
from bot.domain.peer_review import (
    CHANGE,
    HIGHEST_BAND,
    LOWEST_BAND,
    MOST_TEXT_CHARS,
    PROBE,
    STRONGEST,
    TEXTS,
)
from bot.domain.prose import clean
from bot.domain.words import stems

GOOD_REVIEWS = 5
"""After so many good reviews the doubts are silent: help that stays makes people lean on it (features.md (c) 10)."""
QUOTED_WORDS = 3
"""So many words in a row that stand in the answer too are a quote of it."""
SHARED_STEMS = 2
"""A change that shares so many content words with the answer speaks of something in it."""
FEWEST_CHANGE_STEMS = 2
"""A change with less to say than this names nothing."""
LONGEST_PROBE_WORDS = 80
ENGLISH_SHARE = 0.15
FEWEST_TO_TELL = 4
"""Words that a language is told by; "Great answer" alone is told by its words of praise."""


class Remark(StrEnum):
    """What a check says of one field. Its words are in bot/views."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    NO_BAND = "no-band"
    NO_QUOTE = "no-quote"
    """The strongest point quotes nothing of the answer."""
    ONLY_PRAISE = "only-praise"
    """The change praises and changes nothing."""
    NO_PLACE = "no-place"
    """The change does not say where in the answer."""
    NO_QUESTION = "no-question"
    """The probe asks nothing."""
    REWRITES = "rewrites"
    """The probe tells the author what to write."""


BLOCKING = frozenset({Remark.EMPTY, Remark.TOO_LONG, Remark.NO_BAND})


@dataclass(frozen=True, slots=True)
class Remarked:
    """A remark on the form field `field`: a key of TEXTS, or the key of a rated section."""

    field: str
    remark: Remark

    @property
    def blocks(self) -> bool:
        """Whether the review cannot be sent like this."""
        return self.remark in BLOCKING


def remarks(
    bands: Mapping[str, int | None],
    texts: Mapping[str, str],
    *,
    rated: Collection[str],
    answer: str,
    sections: Sequence[Section],
    good_reviews: int,
) -> tuple[Remarked, ...]:
    """Everything to say about a review before it is sent, in the form's order; empty when it is fine.

    Args:
        bands: section key -> band as chosen, None where nothing was.
        texts: the texts by their key in TEXTS.
        rated: keys of the sections to rate.
        answer: the text of the answer.
        sections: those of the framework.
        good_reviews: how many good reviews this member gave; from five on only what blocks is said.
    """
    found = [Remarked(key, Remark.NO_BAND) for key in rated if not _is_band(bands.get(key))]
    read = {key: clean(texts.get(key, "")).strip() for key in TEXTS}
    for key, text in read.items():
        if not any(char.isalnum() for char in text):
            found.append(Remarked(key, Remark.EMPTY))
        elif len(text) > MOST_TEXT_CHARS:
            found.append(Remarked(key, Remark.TOO_LONG))
        elif good_reviews < GOOD_REVIEWS:
            found += [Remarked(key, doubt) for doubt in _doubts(key, text, clean(answer), sections)]
    return tuple(found)


def _is_band(band: int | None) -> bool:
    return band is not None and LOWEST_BAND <= band <= HIGHEST_BAND


def _doubts(key: str, text: str, answer: str, sections: Sequence[Section]) -> Iterator[Remark]:
    if not _is_english(text):
        return
    if key == STRONGEST and not _quotes(text, answer):
        yield Remark.NO_QUOTE
    elif key == CHANGE:
        if _only_praises(text):
            yield Remark.ONLY_PRAISE
        elif not _is_located(text, answer, sections):
            yield Remark.NO_PLACE
    elif key == PROBE:
        if _rewrites(text):
            yield Remark.REWRITES
        elif not _asks(text):
            yield Remark.NO_QUESTION


def _is_english(text: str) -> bool:
    """Whether the text is surely English; short praise counts as such, since that is what the checks look for."""
    tokens = [token.lower() for token in TOKEN.findall(text)]
    if not tokens or sum(token.isascii() for token in tokens) < len(tokens):
        return False
    if all(stem in PRAISE for stem in stems(text)) and any(stem in PRAISE for stem in stems(text)):
        return True
    hits = sum(token in FUNCTION for token in tokens)
    return len(tokens) >= FEWEST_TO_TELL and hits >= max(2, ENGLISH_SHARE * len(tokens))


def _quotes(text: str, answer: str) -> bool:
    """Whether it holds a quotation, or three words in a row of the answer."""
    return bool(QUOTATION.search(text)) or _shares_run(text, answer)


def _shares_run(text: str, answer: str) -> bool:
    theirs = [token.lower() for token in TOKEN.findall(answer)]
    runs = set(zip(*(theirs[start:] for start in range(QUOTED_WORDS)), strict=False))
    mine = [token.lower() for token in TOKEN.findall(text)]
    return any(run in runs for run in zip(*(mine[start:] for start in range(QUOTED_WORDS)), strict=False))


def _only_praises(text: str) -> bool:
    return not [stem for stem in stems(text) if stem not in PRAISE]


def _is_located(text: str, answer: str, sections: Sequence[Section]) -> bool:
    """Whether a change says where: it names a place or a section, quotes the answer, or speaks of what is in it."""
    words = set(stems(text))
    if len(words) < FEWEST_CHANGE_STEMS and not PLACE.search(text):
        return False
    named = {stem for section in sections for stem in stems(section.short)}
    spoken = words & (set(stems(answer)) - PRAISE)
    return bool(PLACE.search(text) or words & named or len(spoken) >= SHARED_STEMS or _quotes(text, answer))


def _asks(text: str) -> bool:
    return bool(QUESTION_MARK.search(text) or ASKING_WORD.search(text))


def _rewrites(text: str) -> bool:
    """Whether it says what to write; more words than a question takes do so, too, whatever mark ends them."""
    tells = WRITES_FOR_THEM.search(text) and not QUESTION_MARK.search(text)
    return bool(tells) or len(TOKEN.findall(text)) > LONGEST_PROBE_WORDS
