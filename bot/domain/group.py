"""A study group, its members, and where both live on a chat platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One channel with its schedule and rules.

    Attributes:
        name: the channel's name as people write it, without `#`.
        admin_ids: who may change settings and data.
        facilitator_ids: who may run questions, queue and disputes.
        skips: local dates on which no question is posted.
        paused: no question is posted until somebody resumes.
        seed: chooses the order of questions; the same seed gives the same order in every process.
    """

    id: GroupId
    place: Place
    name: str
    schedule: Schedule
    feedback: FeedbackMode = FeedbackMode.THREAD
    admin_ids: frozenset[MemberId] = frozenset()
    facilitator_ids: frozenset[MemberId] = frozenset()
    skips: frozenset[date] = frozenset()
    paused: bool = False
    created_at: datetime
    seed: str

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
    """

    id: MemberId
    name: str
    joined_at: datetime
    remind_at: time | None = None
    quiet: QuietHours | None = None
    away: tuple[AwayRange, ...] = field(default=())
    auto_feedback: bool = True

    def is_away(self, day: date) -> bool:
        """Whether the member said to be away on `day`."""
        return any(stay.covers(day) for stay in self.away)
