"""How hard a short English text is to read, measured the same way for everybody.

LIX (Björnsson, 1968): the mean number of words in a sentence, plus the words of more than six letters in a hundred. It
needs no list of words and no syllables, so it is a few lines of our own: under 30 is very easy, 40 to 50 a newspaper,
over 60 hard. A member should understand a question at about B2, so it stays below a newspaper's.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from bot.domain.prose import measure, sentences

MOST_LIX = 45
"""The packaged bank has 17 to 37, with 27 in the middle."""
MOST_SENTENCE_WORDS = 40
"""The longest sentence of the packaged bank has 39."""
LONG_WORD_CHARS = 6
_WORD = regex.compile(r"\p{L}[\p{L}\p{Pd}'\u2019]*")
_CLAUSE = regex.compile(r"[:;]")


def lix(texts: Iterable[str]) -> float:
    """LIX of `texts` together; 0 without words. As Björnsson has it, a colon ends a sentence; a semicolon does, too."""
    clauses = [_WORD.findall(clause) for text in _whole(texts) for clause in _CLAUSE.split(text)]
    clauses = [words for words in clauses if words]
    words = [word for clause in clauses for word in clause]
    if not words:
        return 0.0
    return len(words) / len(clauses) + 100 * sum(len(word) > LONG_WORD_CHARS for word in words) / len(words)


def longest_sentence(texts: Iterable[str]) -> int:
    """Words of the longest sentence."""
    return max((measure(text).words for text in _whole(texts)), default=0)


def _whole(texts: Iterable[str]) -> list[str]:
    return [sentence for text in texts for sentence in sentences(text) or (text,)]
