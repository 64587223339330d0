"""A duty: one member is asked to review one answer. Its life as data and pure transitions.

A transition that does not apply gives back the same object, so whatever arrives twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.group import MemberId, QuietHours
from bot.domain.schedule import Schedule

LIFE = timedelta(hours=24)
"""How long a reviewer has. Feedback that came a day late moved no grades (PeerStudio, reference/features.md (c) 8)."""
REMIND_AFTER = timedelta(hours=12)
_EVERY_DAY = frozenset(range(1, 8))


class DutyState(StrEnum):
    """Where a duty stands. The last four end it."""

    ASSIGNED = "assigned"
    REMINDED = "reminded"
    GIVEN = "given"
    DECLINED = "declined"
    EXPIRED = "expired"
    CALLED_OFF = "called-off"


class CallOff(StrEnum):
    """Why a duty ended without anybody's fault."""

    WITHDRAWN = "withdrawn"
    """The author took the answer back."""
    LEFT = "left"
    """The reviewer left the channel, or was removed."""
    AWAY = "away"
    """The reviewer said to be away."""
    SWITCHED_OFF = "switched-off"
    """The group turned peer review off."""
    UNREADABLE = "unreadable"
    """The reviewer may not read the answer any more: it is sealed, and they took back their own."""


OPEN = frozenset({DutyState.ASSIGNED, DutyState.REMINDED})


@dataclass(frozen=True, slots=True, order=True)
class AnswerId:
    """Names one answer of a group."""

    day: date
    author_id: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One for an answer and reviewer.

    Attributes:
        day: of the post that was answered.
        remind_at: when the one reminder is due, outside the reviewer's quiet hours; None for no reminder.
        ended_at: when it was given, declined, expired or called off.
        reason: what the reviewer said when declining.
        version: goes up with every change.
    """

    day: date
    author_id: MemberId
    reviewer_id: MemberId
    assigned_at: datetime
    expires_at: datetime
    remind_at: datetime | None = None
    state: DutyState = DutyState.ASSIGNED
    ended_at: datetime | None = None
    called_off: CallOff | None = None
    reason: str = ""
    version: int = 1

    @property
    def answer_id(self) -> AnswerId:
        """Which answer it is about."""
        return AnswerId(self.day, self.author_id)

    @property
    def is_open(self) -> bool:
        """Whether a review is still owed."""
        return self.state in OPEN


def assigned(
    answer: AnswerId,
    reviewer_id: MemberId,
    *,
    now: datetime,
    quiet: QuietHours | None,
    zone: str,
    before: Duty | None = None,
) -> Duty:
    """A new duty. `before`: one of the same reviewer for this answer that was called off, which it takes the place of.

    Args:
        answer: what is to be reviewed.
        reviewer_id: by whom.
        now: when they are asked.
        quiet: the reviewer's quiet hours, local to `zone`.
        zone: the group's IANA zone.
        before: see above.
    """
    remind_at = awake_from(now + REMIND_AFTER, quiet, zone)
    return Duty(
        day=answer.day,
        author_id=answer.author_id,
        reviewer_id=reviewer_id,
        assigned_at=now,
        expires_at=now + LIFE,
        remind_at=remind_at if remind_at < now + LIFE else None,
        version=before.version + 1 if before else 1,
    )


def volunteered(answer: AnswerId, reviewer_id: MemberId, *, now: datetime) -> Duty:
    """The duty of somebody who reviews without being asked: not stored yet (version 0), made to be given at once."""
    return Duty(
        day=answer.day,
        author_id=answer.author_id,
        reviewer_id=reviewer_id,
        assigned_at=now,
        expires_at=now,
        version=0,
    )


def reminded(duty: Duty) -> Duty:
    """The one reminder was sent."""
    if duty.state is not DutyState.ASSIGNED:
        return duty
    return replace(duty, state=DutyState.REMINDED, version=duty.version + 1)


def given(duty: Duty, now: datetime) -> Duty:
    """The review was given. It is welcome late as well: what was declined, expired or called off ends as given."""
    return duty if duty.state is DutyState.GIVEN else _ended(duty, DutyState.GIVEN, now)


def declined(duty: Duty, now: datetime, reason: str = "") -> Duty:
    """The reviewer said no; that is no fault."""
    return replace(_ended(duty, DutyState.DECLINED, now), reason=reason) if duty.is_open else duty


def expired(duty: Duty, now: datetime) -> Duty:
    """The reviewer's time is over."""
    return _ended(duty, DutyState.EXPIRED, now) if duty.is_open and now >= duty.expires_at else duty


def called_off(duty: Duty, now: datetime, why: CallOff) -> Duty:
    """Nobody owes it any more, and nobody is to blame."""
    return replace(_ended(duty, DutyState.CALLED_OFF, now), called_off=why) if duty.is_open else duty


def awake_from(moment: datetime, quiet: QuietHours | None, zone: str) -> datetime:
    """`moment`, or the end of the quiet hours that cover it in `zone`."""
    if quiet is None or not quiet.covers(moment.astimezone(ZoneInfo(zone)).time()):
        return moment
    ends = Schedule(zone, quiet.end, _EVERY_DAY).next_due(moment - timedelta(microseconds=1))
    return ends[1] if ends else moment


def _ended(duty: Duty, state: DutyState, now: datetime) -> Duty:
    return replace(duty, state=state, ended_at=now, called_off=None, reason="", version=duty.version + 1)
