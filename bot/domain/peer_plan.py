"""What one answer's reviews need now, and when to look again. The agenda looks; this decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.duty import Duty, DutyState

INBOX_AFTER = timedelta(hours=36)
"""An answer that has no review so long after it was given goes to the facilitator, and nobody else is asked."""
RELIEF_AFTER = timedelta(hours=9)
"""An answer without any review asks one person more, so long after somebody was last asked (docs/peers.md: why)."""
TRY_AGAIN_AFTER = timedelta(hours=1)
"""When nobody could be asked: somebody may be back, or join."""


class Standing(StrEnum):
    """Where an answer's reviews stand, as its author sees it at any time."""

    WAITING = "waiting"
    """The next round will give it reviewers."""
    ASKED = "asked"
    """Somebody owes a review."""
    SEARCHING = "searching"
    """Nobody owes one now; others will be asked as soon as there are any."""
    REVIEWED = "reviewed"
    """There is a review; more may come."""
    WITH_FACILITATOR = "with-facilitator"
    """No review came in time; the facilitators have it in their inbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done now about one answer.

    Attributes:
        remind: duties whose reminder is due.
        expire: duties whose time is over.
        ask: how many further reviewers to ask; `draw` or `stand_ins` finds them.
        to_inbox: the facilitators are to be told (once: the inbox knows the entry).
        look_at: when something may be due next; None when nothing will be.
    """

    remind: tuple[Duty, ...]
    expire: tuple[Duty, ...]
    ask: int
    to_inbox: bool
    look_at: datetime | None


def plan(duties: Sequence[Duty], *, answered_at: datetime, wanted: int, now: datetime) -> Plan:
    """What an answer that stands needs at `now`, given all its duties after its first round.

    Doing what the plan says and planning again at the same instant plans nothing more, unless nobody could be asked;
    then it looks again in an hour. Nobody is asked later than 36 hours after the answer, so 60 hours after it every
    duty has ended.

    Args:
        duties: every duty of this answer, ended ones too.
        answered_at: when the answer was first given.
        wanted: how many reviews it is to get.
        now: the present.
    """
    expire = tuple(duty for duty in duties if duty.is_open and now >= duty.expires_at)
    remind = tuple(duty for duty in duties if duty not in expire and _reminder_due(duty, now))
    live = [duty for duty in duties if duty.is_open and duty not in expire]
    reviews = sum(duty.state is DutyState.GIVEN for duty in duties)
    over = now >= answered_at + INBOX_AFTER
    relief = _relief_at(duties, live, reviews)
    ask = 0 if over else max(wanted - reviews - len(live), 0)
    if not over and relief is not None and now >= relief:
        ask = max(ask, 1)
    looks = [duty.expires_at for duty in live]
    looks += [duty.remind_at for duty in live if duty.remind_at and duty.remind_at > now]
    if not over:
        looks += [answered_at + INBOX_AFTER]
        looks += [now + TRY_AGAIN_AFTER] if ask else [relief] if relief else []
    return Plan(remind=remind, expire=expire, ask=ask, to_inbox=over and not reviews, look_at=min(looks, default=None))


def standing(duties: Sequence[Duty], *, answered_at: datetime, now: datetime) -> Standing:
    """What the author is told."""
    if any(duty.state is DutyState.GIVEN for duty in duties):
        return Standing.REVIEWED
    if now >= answered_at + INBOX_AFTER:
        return Standing.WITH_FACILITATOR
    if any(duty.is_open for duty in duties):
        return Standing.ASKED
    return Standing.SEARCHING if duties else Standing.WAITING


def _reminder_due(duty: Duty, now: datetime) -> bool:
    return duty.state is DutyState.ASSIGNED and duty.remind_at is not None and now >= duty.remind_at


def _relief_at(duties: Sequence[Duty], live: Sequence[Duty], reviews: int) -> datetime | None:
    """When one person more is asked for an answer that has no review but is owed some."""
    if reviews or not live:
        return None
    return max(duty.assigned_at for duty in duties) + RELIEF_AFTER
