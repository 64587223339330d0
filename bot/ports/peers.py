"""Peers: rounds, duties, peer reviews and what comes of them, in Redis. Every method may raise StoreDown.

An answer "waits" when it stands and no duty for it does; that is read from answers and duties, not kept anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.calibration import Calibrated
from bot.domain.duty import AnswerId, Duty
from bot.domain.group import GroupId, MemberId
from bot.domain.peer_review import InboxEntry, PeerReview, Reaction, Settled
from bot.domain.peers import Pair
from bot.ports.jobs import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWrite:
    """One torn-proof write of a review that was given.

    Attributes:
        event: the idempotency key, as for answers.
        duty: as it ends: made by `duty.given` from the one that stands, or from `duty.volunteered`.
        number: of the post that is open now, in which the reviewer took part by this; None if none is open.
        job, due_at: what becomes owed: posting the review.
    """

    event: str
    review: PeerReview
    duty: Duty
    number: int | None
    job: Job
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerNotes:
    """What is kept of a member as a reviewer; for their own eyes and the checks.

    Attributes:
        good_reviews: reviews that were fine as first written.
        calibrated: what they made of each calibration, oldest first; empty before the first review.
    """

    good_reviews: int = 0
    calibrated: tuple[Calibrated, ...] = ()


class Peers(Protocol):
    """Peer reviews of a group. Member ids hold no `|`."""

    async def rounds(self, group_id: GroupId) -> int:
        """How many times reviewers were assigned; read it before everything that an assignment rests on."""
        ...

    async def assign(
        self,
        group_id: GroupId,
        day: date,
        duties: Sequence[Duty],
        *,
        after: int,
        jobs: Sequence[tuple[Job, datetime]] = (),
    ) -> bool:
        """Store new duties for answers to the post of `day`, count their pairs, and owe `jobs`, in one round trip.

        False, and nothing is stored, if reviewers were assigned since `rounds` said `after`: look again. A duty is
        left out when its answer was withdrawn or its reviewer forgotten meanwhile, or another duty of the same
        reviewer stands in its place.
        """
        ...

    async def duties(self, group_id: GroupId, days: Sequence[date]) -> Sequence[Duty]:
        """Every duty for answers of these days, ended ones too, by day, author and reviewer."""
        ...

    async def duty(self, group_id: GroupId, answer: AnswerId, reviewer_id: MemberId) -> Duty | None: ...

    async def change(self, group_id: GroupId, duty: Duty) -> bool:
        """Store what a transition of bot/domain/duty.py made; False if another change came between (look again)."""
        ...

    async def give(self, group_id: GroupId, write: ReviewWrite) -> bool:
        """Keep a review, end its duty, note that the reviewer took part, and owe its posting, in one round trip.

        The draft goes, and a good review is counted. Once for each event: an event that comes again changes nothing,
        but owes the posting again, in case that was lost. False if the duty had moved, or a
        volunteer's answer was withdrawn (look again).
        """
        ...

    async def given(self, group_id: GroupId, days: Sequence[date]) -> Sequence[PeerReview]:
        """Every review of answers of these days, by day and then in the order in which they were given."""
        ...

    async def save_draft(
        self, group_id: GroupId, answer: AnswerId, reviewer_id: MemberId, values: Mapping[str, str]
    ) -> None:
        """Keep what stands in the review form for 8 days after the last draft of that day."""
        ...

    async def draft(self, group_id: GroupId, answer: AnswerId, reviewer_id: MemberId) -> Mapping[str, str]: ...

    async def react(self, group_id: GroupId, reaction: Reaction, entry: InboxEntry | None = None) -> bool:
        """Note a reaction and file `entry` with it; False if it was noted before or there is no such review.

        An entry that is there stays as it is, unless `flagged_again` opens it.
        """
        ...

    async def reactions(self, group_id: GroupId, days: Sequence[date]) -> Sequence[Reaction]:
        """Every reaction to reviews of answers of these days, oldest first."""
        ...

    async def met(self, group_id: GroupId) -> Mapping[Pair, int]:
        """How often each reviewer was asked to review each author, ever."""
        ...

    async def avoid(self, group_id: GroupId, member_id: MemberId, other_id: MemberId, *, on: bool = True) -> None:
        """Put `other_id` on the member's confidential list, or take them off it."""
        ...

    async def not_with(self, group_id: GroupId) -> frozenset[Pair]:
        """Everything on the lists: (whose list, who is on it). Never shown to anybody but whose list it is."""
        ...

    async def calibrate(self, group_id: GroupId, member_id: MemberId, made: Calibrated) -> None:
        """Keep what a member made of a calibration; the newest of each section."""
        ...

    async def reviewer(self, group_id: GroupId, member_id: MemberId) -> ReviewerNotes: ...

    async def file(self, group_id: GroupId, entry: InboxEntry) -> bool:
        """Put `entry` into the facilitators' inbox; False if one with its id is there, open or closed."""
        ...

    async def inbox(self, group_id: GroupId) -> Sequence[InboxEntry]:
        """Every entry, closed ones too, oldest first."""
        ...

    async def entries(self, group_id: GroupId, entry_ids: Sequence[str]) -> Sequence[InboxEntry]:
        """Those of the inbox that are there, open or closed, in the order of their ids here."""
        ...

    async def drop_entries(self, group_id: GroupId, answer: AnswerId, *, before: datetime | None = None) -> None:
        """Take all that is about an answer out of the inbox: its author took it back.

        `before`: only what was filed earlier, for its author has answered anew since.
        """
        ...

    async def close(self, group_id: GroupId, entry_id: str, how: Settled) -> InboxEntry | None:
        """Close an entry; as it stands then (the first to close it wins), or None if there is none."""
        ...
