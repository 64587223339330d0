"""A review of one answer: what the model read, and what code makes of it.

The model cites numbered sentences; code prints the member's own words and computes the bands (DESIGN 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.group import MemberId
from bot.domain.question import Facet


class Met(StrEnum):
    """How far a point is met."""

    NO = "no"
    NAMED = "named"
    SPECIFIC = "specific"
    NOT_CHECKED = "not checked"


class Soundness(StrEnum):
    """Whether the reasoning of a section holds."""

    SOUND = "sound"
    SHAKY = "shaky"
    UNSOUND = "unsound"


class Verdict(StrEnum):
    """A claim held against a fact that was supplied."""

    MATCHES = "matches"
    DIFFERS = "differs from"
    NO_SOURCE = "no source at hand"


# What the model gives. Sentence numbers start at 1.


@dataclass(frozen=True, slots=True)
class PointReading:
    """One look-for, decided. `gist` says the move, or what is missing, in a few words of the answer's language."""

    id: str
    met: Met
    sentences: tuple[int, ...]
    gist: str = ""


@dataclass(frozen=True, slots=True)
class AlsoGood:
    """A good move that no note foresaw; it counts as a point."""

    move: str
    met: Met
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReading:
    """One weighed section as the model read it.

    Attributes:
        line: one short sentence for the thread: what is there, and what is missing.
        reading: two sentences on the reasoning, for the member alone.
    """

    key: str
    line: str = ""
    reading: str
    points: tuple[PointReading, ...]
    also_good: tuple[AlsoGood, ...] = ()
    facets: Mapping[Facet, tuple[int, ...]] = field(default_factory=dict)
    soundness: Soundness = Soundness.SOUND
    soundness_reason: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence of the answer and what to say of it."""

    sentence: int
    why: str


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """A claim held against a supplied fact (`fact_id`), or against none."""

    sentence: int
    verdict: Verdict
    fact_id: str | None
    note: str


@dataclass(frozen=True, slots=True)
class FixReading:
    """The one thing to fix next. `sentence` 0 means that it is missing from the answer."""

    section: str
    sentence: int
    why: str
    rewrite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that the model gave for one answer.

    Attributes:
        verdict: what an interviewer would say first: is the asked decision made, and does it stand against the givens.
        slips: sentences that conflict with a given, with another sentence or with their own sums.
        held: the sentence that holds best; in an answer to another question, the one whose habit is worth keeping.
    """

    verdict: str = ""
    slips: tuple[Remark, ...] = ()
    sections: tuple[SectionReading, ...]
    held: Remark | None
    hand_waving: tuple[Remark, ...]
    claims: tuple[ClaimReading, ...]
    criteria: Mapping[str, bool]
    fix: FixReading
    probe_point: str | None
    probe: str
    language: str
    off_topic: bool
    instructions_to_judge: tuple[int, ...]


# What is stored and shown. Quotes are the member's own words.


@dataclass(frozen=True, slots=True)
class PointResult:
    """One point with the words that earned it.

    Attributes:
        point: as the notes say it.
        also_good: whether it is a move that no note foresaw.
        gist: the same in a few words, in the language of the answer; empty if the reader gave none.
    """

    id: str
    point: str
    met: Met
    quotes: tuple[str, ...]
    also_good: bool = False
    gist: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReview:
    """One section. `band` is 0 to 4; None when it was not asked today (weight 0) or nothing of it could be checked."""

    key: str
    title: str
    weight: int
    band: int | None
    line: str = ""
    reading: str = ""
    points: tuple[PointResult, ...] = ()
    facets: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    soundness: Soundness = Soundness.SOUND
    soundness_reason: str = ""


@dataclass(frozen=True, slots=True)
class QuotedRemark:
    """A quote and what to say of it."""

    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, the verdict, and the source that it was held against (title and link, or both empty)."""

    quote: str
    verdict: Verdict
    note: str
    fact_id: str | None = None
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """The one thing to fix next, with a rewritten sentence. `quote` is empty when the thing is missing.

    In an answer to another question there is nothing to fix: `quote`, `why` and `rewrite` are empty.
    """

    section: str
    quote: str
    why: str
    rewrite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of all the calls that one review took."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What made a review, so that any feedback can be traced."""

    model: str
    prompt: str
    prompt_version: int
    prompt_hash: str
    usage: Usage
    cost_usd: float
    rung: str
    """Which rung of the ladder gave it: `schema`, `prompt` or `other model`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A stored review of version `version` of an answer.

    Attributes:
        verdict, slips: as in a reading; empty in a review made before prompt version 2.
        cut: the answer was longer than the reviewer reads.
    """

    member_id: MemberId
    day: date
    question_id: str
    version: int
    verdict: str = ""
    slips: tuple[QuotedRemark, ...] = ()
    sections: tuple[SectionReview, ...]
    held: QuotedRemark | None
    hand_waving: tuple[QuotedRemark, ...]
    claims: tuple[Claim, ...]
    criteria: Mapping[str, bool]
    fix: Fix
    probe: str
    language: str
    off_topic: bool
    manipulation: bool
    cut: bool
    stamp: Stamp
    made_at: datetime


# The last rung: no model.


@dataclass(frozen=True, slots=True)
class SelfCheckPoint:
    """A point (`id` and `point` as in the notes) as a question to oneself, and the sentences that may speak to it."""

    section: str
    ask: str
    found: tuple[str, ...]
    id: str = ""
    point: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """What a member gets when no model judged: it does not judge either.

    Attributes:
        reason: one plain sentence for the member on why no model judged.
        retried: whether a review is still owed and will follow.
        weights: weight of each section that the question weighs.
    """

    member_id: MemberId
    day: date
    question_id: str
    version: int
    points: tuple[SelfCheckPoint, ...]
    probe: str
    reason: str
    retried: bool
    made_at: datetime
    weights: Mapping[str, int] = field(default_factory=dict)
