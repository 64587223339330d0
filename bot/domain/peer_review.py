"""A peer review: what one member writes about another's answer, and what others make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.duty import AnswerId
from bot.domain.group import MemberId

LOWEST_BAND, HIGHEST_BAND = 0, 4
RATED = 2
"""Sections that a review rates: two choices and three texts are the five fields of a modal everywhere."""
STRONGEST, CHANGE, PROBE = "strongest", "change", "probe"
TEXTS = (STRONGEST, CHANGE, PROBE)
"""Keys of a review's texts: the strongest point, the one change, the probing question."""
MOST_TEXT_CHARS = 2_000
"""Of one text. Three of them with two quotes fit into a few messages anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerReview:
    """One for an answer and reviewer.

    Attributes:
        version: of the answer when the review was given.
        bands: section key -> 0 to 4, for the sections of `rated_sections`.
        texts: one for each key of TEXTS.
        good: it was fine as first written: the checks asked nothing.
        token: stands for its writer wherever a platform could show it to others; random, so that it tells nothing.
        anonymous: its writer was promised not to be named; what the group decides later changes nothing about that.
    """

    day: date
    author_id: MemberId
    reviewer_id: MemberId
    version: int
    bands: Mapping[str, int]
    texts: Mapping[str, str]
    given_at: datetime
    good: bool = False
    token: str = ""
    anonymous: bool = False

    @property
    def answer_id(self) -> AnswerId:
        """Which answer it is about."""
        return AnswerId(self.day, self.author_id)


class ReactionKind(StrEnum):
    """What a button under a review says."""

    USED = "used"
    """Its author's advice changed what I do: for the answer's author alone."""
    THANKS = "thanks"
    UNCLEAR = "unclear"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One for a review, person and kind: pressing again changes nothing."""

    day: date
    author_id: MemberId
    reviewer_id: MemberId
    by: MemberId
    kind: ReactionKind
    at: datetime


KEPT, REMOVED, CHANGED, LEFT, REVIEWED = "kept", "removed", "changed", "left", "reviewed"
"""Outcomes: a band or a review stays; a review leaves the chat; another band; the answer stays without a review, or has
one after all."""


class InboxKind(StrEnum):
    """What the facilitators are asked to look at."""

    UNREVIEWED = "unreviewed"
    FLAG = "flag"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How an entry of the inbox ends; the attributes are those of `InboxEntry`."""

    at: datetime
    outcome: str
    by: MemberId | None = None
    named: bool = False
    decided: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """Something for the facilitators.

    Attributes:
        author_id: whose answer it is about.
        reviewer_id: whose review it is about; None if it is about no review.
        section, version: of a dispute, which section of the feedback on which version of the answer.
        note: what was said: the reason of a dispute.
        band: of a dispute, the one that the model gave.
        closed_at, outcome: when and how a facilitator settled it; None and empty while it is open.
        decided: of a dispute, the band that the facilitator decided on; it may be the model's.
        reply: what the facilitator said to the member.
        closed_by: who settled it; None if the bot did, or who did was forgotten.
        named: whether whom it concerns may be told who settled it: as the group showed names at that time.
        kept_at, kept_by: of a flag that came after a facilitator had let the review stay: when that was, and who did.
    """

    kind: InboxKind
    day: date
    author_id: MemberId
    reviewer_id: MemberId | None = None
    section: str = ""
    version: int = 0
    note: str = ""
    band: int | None = None
    at: datetime
    closed_at: datetime | None = None
    outcome: str = ""
    decided: int | None = None
    reply: str = ""
    closed_by: MemberId | None = None
    named: bool = False
    kept_at: datetime | None = None
    kept_by: MemberId | None = None

    @property
    def id(self) -> str:
        """One for each thing to look at: a storm of flags on one review is one entry. It names whom it is about."""
        parts = (self.kind.value, self.day.isoformat(), self.author_id, self.reviewer_id or "")
        return "|".join((*parts, f"{self.section}:{self.version}") if self.section else parts)

    @property
    def answer_id(self) -> AnswerId:
        """Which answer it is about."""
        return AnswerId(self.day, self.author_id)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a facilitator."""
        return self.closed_at is None


def unreviewed(answer: AnswerId, at: datetime) -> InboxEntry:
    """The entry for an answer that got no review in time; one for an answer."""
    return InboxEntry(kind=InboxKind.UNREVIEWED, day=answer.day, author_id=answer.author_id, at=at)


def settled(entry: InboxEntry, how: Settled) -> InboxEntry:
    """The entry as it ends; one that ended before stays as it is."""
    if not entry.is_open:
        return entry
    return replace(
        entry, closed_at=how.at, outcome=how.outcome, closed_by=how.by, named=how.named,
        decided=how.decided, reply=how.reply,
    )  # fmt: skip


def flagged_again(entry: InboxEntry, at: datetime) -> InboxEntry:
    """The entry of a review that somebody else flags at `at`: open again if it had been kept, but only once.

    Each person flags a review once, so whoever flags it after the decision is somebody who had no part in it.
    """
    if entry.closed_at is None or entry.outcome != KEPT or entry.kept_at is not None or at <= entry.closed_at:
        return entry
    return replace(
        entry, at=at, closed_at=None, outcome="", closed_by=None, named=False,
        kept_at=entry.closed_at, kept_by=entry.closed_by,
    )  # fmt: skip


def without_decider(entry: InboxEntry, member_id: MemberId) -> InboxEntry:
    """The entry without the name of who settled it, if that was this member: what was decided stays."""
    return replace(
        entry,
        closed_by=None if entry.closed_by == member_id else entry.closed_by,
        kept_by=None if entry.kept_by == member_id else entry.kept_by,
    )


def rated_sections(emphasis: Mapping[str, int], sections: Sequence[str]) -> tuple[str, ...]:
    """Keys of the sections that a review rates: the two heaviest of the question; one, if it weighs only one.

    Args:
        emphasis: section key -> weight of the question; empty for a question without notes, which weighs all alike.
        sections: all keys in the framework's order, which decides between equal weights and gives the order.
    """
    weights = emphasis or dict.fromkeys(sections, 1)
    heaviest = sorted((key for key in sections if weights.get(key, 0) > 0), key=lambda key: -weights[key])[:RATED]
    return tuple(key for key in sections if key in heaviest)
