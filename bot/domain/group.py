"""A study group, its members, and where both live on a chat platform."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType

from bot.domain.picks import ANY, Wants
from bot.domain.schedule import Schedule

GroupId = NewType("GroupId", str)
"""Opaque; safe in a Redis key: letters, digits and `-` only."""

MemberId = NewType("MemberId", str)
"""Opaque: the platform's own id of a person."""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel on a platform. All three are the platform's own opaque ids."""

    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message that stands on a platform."""

    place: Place
    message_id: str


class FeedbackMode(StrEnum):
    """How much of the feedback the thread shows."""

    THREAD = "thread"
    BRIEF = "brief"
    PRIVATE = "private"


class Mode(StrEnum):
    """How answers and feedback are shown, as one choice: open with a FeedbackMode, or sealed."""

    THREAD = "thread"
    BRIEF = "brief"
    PRIVATE = "private"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRules:
    """How members review each other's answers.

    Attributes:
        on: as somebody decided; None: by itself, as long as enough members take part.
        on_since: when it was last turned on, or left to itself, after it had been off; None if it never was.
        named: the thread says who wrote a review.
        give_to_get: reviews of an answer are shown once its author has given one for the same post.
    """

    on: bool | None = None
    named: bool = True
    give_to_get: bool = True
    on_since: datetime | None = None


LONGEST_WINDOW_H = 36
WINDOWS_H = (LONGEST_WINDOW_H, 24, 12, 8, 4)
"""What a group may choose from; the next post closes a window earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One channel with its schedule and rules.

    Attributes:
        name: the channel's name as people write it, without `#`.
        window_h: hours in which an answer counts; the next post ends them earlier.
        sealed: answers to the posts that come are hidden until each closes (a post keeps what it was posted with).
        peers: how its members review each other.
        admin_ids: who may change settings and data.
        facilitator_ids: who may run questions, queue and disputes.
        skips: local dates on which no question is posted.
        paused: no question is posted until somebody resumes.
        wants: levels and topics of its questions.
        seed: chooses the order of questions; the same seed gives the same order in every process.
    """

    id: GroupId
    place: Place
    name: str
    schedule: Schedule
    feedback: FeedbackMode = FeedbackMode.THREAD
    window_h: int = LONGEST_WINDOW_H
    sealed: bool = False
    peers: PeerRules = PeerRules()
    admin_ids: frozenset[MemberId] = frozenset()
    facilitator_ids: frozenset[MemberId] = frozenset()
    skips: frozenset[date] = frozenset()
    paused: bool = False
    wants: Wants = ANY
    created_at: datetime
    seed: str

    @property
    def mode(self) -> Mode:
        """How answers and feedback of the posts that come are shown."""
        return Mode.SEALED if self.sealed else Mode(self.feedback.value)

    def shown_as(self, mode: Mode) -> Group:
        """This group in another mode; feedback on sealed answers is private."""
        feedback = FeedbackMode.PRIVATE if mode is Mode.SEALED else FeedbackMode(mode.value)
        return replace(self, sealed=mode is Mode.SEALED, feedback=feedback)

    def is_admin(self, member: MemberId) -> bool:
        """Whether `member` may change settings and data."""
        return member in self.admin_ids

    def may_facilitate(self, member: MemberId) -> bool:
        """Whether `member` may run the questions: admins and facilitators."""
        return member in self.admin_ids or member in self.facilitator_ids


@dataclass(frozen=True, slots=True)
class AwayRange:
    """Local dates, both included, on which a member is away."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Whether `day` lies inside."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, local to the group's zone; may pass midnight."""

    start: time
    end: time

    def covers(self, moment: time) -> bool:
        """Whether a direct message at `moment` would disturb."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in one group, with their own settings.

    Attributes:
        remind_at: local time of a reminder on a day with an open question, or None for no reminders.
        auto_feedback: judge each answer without being asked.
        probes: put a variant of a question again, a week after a weak answer.
        left_at: when they last left the channel or were removed from it.
        back_at: when they last came into it, or were seen there after they had left.
    """

    id: MemberId
    name: str
    joined_at: datetime
    remind_at: time | None = None
    quiet: QuietHours | None = None
    away: tuple[AwayRange, ...] = field(default=())
    auto_feedback: bool = True
    probes: bool = True
    left_at: datetime | None = None
    back_at: datetime | None = None

    @property
    def has_left(self) -> bool:
        """Whether the member is no longer in the channel. Comings and goings may be told in any order, and twice."""
        return self.left_at is not None and (self.back_at is None or self.back_at < self.left_at)

    def is_away(self, day: date) -> bool:
        """Whether the member said to be away on `day`."""
        return any(stay.covers(day) for stay in self.away)
