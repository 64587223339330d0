"""A walkthrough of any question: what was asked, what a model wrote about it, and the sources that it rests on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from bot.domain.group import MemberId
from bot.domain.prose import clean, measure

MOST_QUESTION_CHARS = 1_500
FEWEST_QUESTION_WORDS = 3
FEWEST_QUESTION_CJK_CHARS = 5
_KEY_CHARS = 16


class Grounding(StrEnum):
    """What a walkthrough rests on."""

    WEB = "web"
    FACTS = "facts"


class Shape(StrEnum):
    """What a line is."""

    TEXT = "text"
    POINT = "point"
    HEADING = "heading"
    DIAGRAM = "diagram"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim can be checked: a search result that was cited, or the source of a fact."""

    url: str
    title: str

    @property
    def domain(self) -> str:
        """The site, without `www.`."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and the numbers (from 1) of the sources that carry them."""

    text: str
    cites: tuple[int, ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a bullet, a small heading or one line of a diagram."""

    shape: Shape
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is written on one section of the framework, by its key."""

    key: str
    lines: tuple[Line, ...]

    @property
    def words(self) -> int:
        """How long it is; two characters of a script without blanks are a word."""
        return words_in(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Who wrote it, and what it took.

    Attributes:
        rung: `web`, `facts` or `other model`.
        searches: web searches that were made.
    """

    model: str
    prompt_version: int
    prompt_hash: str
    rung: str
    searches: int
    input_tokens: int
    output_tokens: int
    cost_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a model wrote, taken apart.

    Attributes:
        short: the answer in a few sentences.
        chapters: in the framework's order; a section that was left out is missing here.
        sources: those that are cited, in the order of their numbers.
        no_question: the model found nothing to research in what was asked.
        strange_links: how many links it wrote that no search had found; they are left out.
    """

    short: tuple[Line, ...]
    chapters: tuple[Chapter, ...]
    sources: tuple[Source, ...]
    no_question: bool = False
    strange_links: int = 0

    @property
    def words(self) -> int:
        """How long it is."""
        return words_in(self.short) + sum(chapter.words for chapter in self.chapters)

    @property
    def domains(self) -> frozenset[str]:
        """The sites that it cites."""
        return frozenset(source.domain for source in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walkthrough:
    """A finished walkthrough, as it is kept.

    Attributes:
        key: of its question, see `key_of`.
        faults: what it should have had and has not, in words for its reader.
    """

    key: str
    question: str
    grounding: Grounding
    text: Text
    faults: tuple[str, ...]
    made: Made
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One member's wish for a walkthrough.

    Attributes:
        id: the same for the same event, however often it arrives.
        day: the UTC day that it counts on.
        fresh: not from what is kept.
        share: for everybody in the group's channel.
        near_day: the day of the question that it nearly is, if that was open.
        sketch: what the member wrote about it first.
        begun: the work is owed, or done.
        paid: a model was asked for it.
        starts: how often the model was asked and nobody heard the end of it.
        done: it was delivered, or its end was told.
    """

    id: str
    member_id: MemberId
    question: str
    key: str
    asked_at: datetime
    day: date
    fresh: bool = False
    share: bool = False
    near_day: date | None = None
    sketch: str = ""
    begun: bool = False
    paid: bool = False
    starts: int = 0
    done: bool = False


def key_of(question: str) -> str:
    """The same for questions that differ only in case, blanks and punctuation."""
    words = "".join(char.lower() if char.isalnum() or char in "%+#$€£" else " " for char in clean(question)).split()
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()[:_KEY_CHARS]


def ask_id(event: str) -> str:
    """The id of the ask that an event brings."""
    return hashlib.sha256(event.encode("utf-8", "replace")).hexdigest()[:_KEY_CHARS]


def is_too_little(question: str) -> bool:
    """Whether there is too little to look into: two words, or a few characters."""
    size = measure(question)
    return size.words < FEWEST_QUESTION_WORDS and size.cjk_chars < FEWEST_QUESTION_CJK_CHARS


def words_in(lines: tuple[Line, ...]) -> int:
    """Words of some lines; two characters of a script without blanks count as one."""
    size = measure("\n".join(line.text for line in lines))
    return size.words + size.cjk_chars // 2
