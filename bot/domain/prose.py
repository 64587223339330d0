"""A member's text as the bot reads it: cleaned, counted and cut into sentences. All of it is linear in the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex

LONGEST_SENTENCE_CHARS = 400
MOST_MARKS = 8
"""Combining marks kept on one letter; real writing stacks four (pointed Hebrew), a flood stacks thousands."""

_LINE_END = regex.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNREADABLE = regex.compile(r"[\p{Cs}\p{Cc}--[\n\t]]", regex.V1)
# Zero-width and bidi characters, tags, fillers. Joiners and emoji selectors stay for now: some scripts need them.
_INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}--[\u200C\u200D\uFE0E\uFE0F]]+", regex.V1)
_JOINED_SCRIPTS = (
    r"\p{Arabic}\p{Syriac}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}"
    r"\p{Malayalam}\p{Sinhala}\p{M}"
)
_EMOJI = r"\p{Extended_Pictographic}\p{Emoji_Modifier}"
_STRAY_JOINER = regex.compile(rf"(?<![{_JOINED_SCRIPTS}{_EMOJI}\uFE0F])[\u200C\u200D]")
_STRAY_SELECTOR = regex.compile(rf"(?<![{_EMOJI}0-9#*])[\uFE0E\uFE0F]")
_MARK_FLOOD = regex.compile(rf"(\p{{M}}{{{MOST_MARKS}}})\p{{M}}+")

# Scripts written without blanks, where characters are counted instead of words.
_UNSPACED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\u30FC\uFF70"
)
_UNSPACED_CHAR = regex.compile(rf"[[{_UNSPACED}]&&\p{{L}}]", regex.V1)
_LETTER = rf"[[\p{{L}}\p{{Nd}}]--[{_UNSPACED}]]"
_IN_WORD = rf"[[\p{{L}}\p{{Nd}}\p{{M}}_\u200C\u200D]--[{_UNSPACED}]]"
# The word rule of Unicode (UAX 29) without its rare cases: don't, 3.5, v2.0, example.com and 1,000 are a word each.
_WORD = regex.compile(
    rf"(?!\p{{Nd}}\uFE0F?\u20E3){_LETTER}{_IN_WORD}*+"
    rf"(?:(?:(?<=[\p{{L}}\p{{M}}])['’.·:](?=\p{{L}})|(?<=\p{{Nd}})['’.,;](?=\p{{Nd}})){_IN_WORD}++)*+",  # noqa: RUF001
    regex.V1,
)

_LINE = regex.compile(r"[\n•‣◦▪●]")
_BULLET = regex.compile(r"\s*+(?:[-*+>–—]\s++)*+")  # noqa: RUF001  people type these dashes
# One run of sentence ends with the quotes and brackets that close behind it. It must not look further: a pattern that
# can fail after a run starts again inside it, and 40,000 dots then take minutes.
_END = regex.compile(r"[\p{Sentence_Terminal}…]++[\"'”’»)\]」』】》]*+")  # noqa: RUF001
MOST_TOKEN_CHARS = 12
"""An abbreviation is shorter than this."""

_ENDS_BEFORE_BLANK = frozenset(".!?…")
_ENUMERATOR = regex.compile(r"\(?(?:\d{1,3}|\p{L}|[ivxIVX]{2,4})\.")
_LAST_TOKEN = regex.compile(r"[^\s(\[\"'“]*$")
_NEVER_LAST = frozenset(
    {"e.g.", "i.e.", "vs.", "cf.", "dr.", "mr.", "mrs.", "ms.", "prof.", "approx.", "resp.", "viz."}
)
_LAST_BEFORE_CAPITAL = frozenset({"etc.", "a.m.", "p.m.", "al.", "inc.", "ltd.", "u.s.", "u.k.", "min.", "max.", "..."})
_LAST_BEFORE_NO_DIGIT = frozenset({"no.", "fig.", "nr.", "sec.", "ch.", "pp.", "p."})
_CLAUSE = regex.compile(r"[,;:،؛](?=\s)|[、，；：—]")  # noqa: RUF001
_CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Measure:
    """How much somebody wrote.

    Attributes:
        words: words with a letter or digit, in scripts that put blanks between words.
        cjk_chars: letters of scripts that do not, and of Korean, whose words hold two or three of ours (Chinese,
            Japanese, Thai, Lao, Khmer, Burmese, Tibetan).
    """

    words: int
    cjk_chars: int


def clean(text: str) -> str:
    r"""`text` as it is counted, judged and quoted: NFC, line ends as `\n`, nothing invisible, no floods of marks.

    NUL, other control characters and lone surrogates become U+FFFD. Zero-width characters, bidi controls and Unicode
    tags go; joiners stay where a script or an emoji needs one. Cleaning twice changes nothing more.
    """
    text = _INVISIBLE.sub("", _UNREADABLE.sub("\ufffd", _LINE_END.sub("\n", text)))
    while (settled := _settled(text)) != text:  # what a removal brings together may compose, once or twice
        text = settled
    return text


def _settled(text: str) -> str:
    text = _MARK_FLOOD.sub(r"\1", text)  # before NFC, which is quadratic in a run of marks
    text = _MARK_FLOOD.sub(r"\1", unicodedata.normalize("NFC", text))
    settled: str = _STRAY_JOINER.sub("", _STRAY_SELECTOR.sub("", text))
    return settled


def measure(text: str) -> Measure:
    """Words and unspaced characters of `text` after cleaning. Emoji and punctuation are neither."""
    cleaned = clean(text)
    return Measure(len(_WORD.findall(cleaned)), len(_UNSPACED_CHAR.findall(cleaned)))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, each a verbatim piece of `clean(text)`, in order; together they hold every word.

    Lines and bullets are pieces of their own. A piece is at most 400 characters: longer ones are cut after a clause,
    else at a blank, else between two characters. Pieces without any letter or digit are left out.
    """
    pieces = (piece for line in _LINE.split(clean(text)) for piece in _of_line(line[_bullet_end(line) :]))
    return tuple(piece for whole in pieces for piece in _cut(whole) if _has_word(piece))


def _bullet_end(line: str) -> int:
    match = _BULLET.match(line)
    end: int = match.end() if match else 0
    return end


def _has_word(piece: str) -> bool:
    return any(char.isalnum() for char in piece)


def _of_line(line: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(line):
        if _is_end(line, start, match.start(), match.end()):
            yield line[start : match.end()].strip()
            start = match.end()
    yield line[start:].strip()


def _is_end(line: str, start: int, mark: int, end: int) -> bool:
    """Whether the sentence from `start` ends with the marks from `mark` to `end`."""
    if line[mark] not in _ENDS_BEFORE_BLANK:
        return True
    if end < len(line) and not line[end].isspace():
        return False
    if end - start <= MOST_TOKEN_CHARS and _ENUMERATOR.fullmatch(line[start:end].strip()):
        return False
    return _may_end_with(line[max(start, end - MOST_TOKEN_CHARS) : end], line[end : end + 3].strip()[:1])


def _may_end_with(tail: str, following: str) -> bool:
    """Whether a sentence may end with the last token of `tail`, given the first character after it."""
    match = _LAST_TOKEN.search(tail)
    token = match[0].lower() if match else ""
    if token in _NEVER_LAST:
        return False
    if token in _LAST_BEFORE_CAPITAL or token.endswith(("...", "…")):
        return not (following.islower() or following.isdigit())
    return not (token in _LAST_BEFORE_NO_DIGIT and following.isdigit())


def _cut(piece: str) -> Iterator[str]:
    start = 0
    while len(piece) - start > LONGEST_SENTENCE_CHARS:
        end = start + _cut_at(piece[start : start + LONGEST_SENTENCE_CHARS + MOST_MARKS])
        yield piece[start:end].strip()
        start = end
    yield piece[start:].strip()


def _cut_at(window: str) -> int:
    """Where to cut: after the last clause in the second half, else after the last blank, else between two clusters."""
    limit = LONGEST_SENTENCE_CHARS
    clauses: list[int] = [match.end() for match in _CLAUSE.finditer(window) if limit // 2 <= match.end() <= limit]
    if clauses:
        return clauses[-1]
    blanks = [at for at, char in enumerate(window[:limit]) if at and char.isspace()]
    if blanks:
        return blanks[-1] + 1
    clusters: list[int] = [match.end() for match in _CLUSTER.finditer(window) if match.end() <= limit]
    return max(clusters, default=limit)
