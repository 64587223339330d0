from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.duty import (
    LIFE,
    REMIND_AFTER,
    CallOff,
    Duty,
    DutyState,
    assigned,
    awake_from,
    called_off,
    declined,
    expired,
    reminded,
    volunteered,
)
from bot.domain.duty import given as review_given
from bot.domain.group import QuietHours
from tests.unit.peers_case import HOUR, NOW, answer, duty, member

PARIS = "Europe/Paris"
LATER = NOW + LIFE
Step = Callable[[Duty], Duty]
STEPS: dict[str, Step] = {
    "remind": reminded,
    "give": lambda known: review_given(known, LATER),
    "decline": lambda known: declined(known, LATER, "no time"),
    "expire": lambda known: expired(known, LATER),
    "call off": lambda known: called_off(known, LATER, CallOff.AWAY),
}
steps = st.lists(st.sampled_from(list(STEPS.values())), max_size=8)


@given(steps)
def test_a_step_taken_twice_changes_nothing_more(path: list[Step]) -> None:
    """Whatever was done before, doing the same thing again gives the same object back."""
    known = duty()
    for step in path:
        known = step(known)
        assert step(known) is known


@given(steps)
def test_a_duty_that_ended_stays_ended(path: list[Step]) -> None:
    """Once ended, only a review that comes late after all changes a duty; once given, nothing does."""
    known = duty()
    for step in path:
        before, known = known, step(known)
        assert known.version == before.version + (known is not before)
        if before.state is DutyState.GIVEN:
            assert known is before
        elif not before.is_open:
            assert known is before or known.state is DutyState.GIVEN
        assert known.is_open == (known.ended_at is None)


def test_a_duty_expires_after_a_day_and_not_before() -> None:
    """The reviewer's time is over 24 hours after being asked, to the instant."""
    known = duty()
    assert expired(known, NOW + 24 * HOUR - timedelta(microseconds=1)) is known
    assert expired(known, NOW + 24 * HOUR).state is DutyState.EXPIRED


def test_a_late_review_is_welcome() -> None:
    """A review that comes after declining, expiring or calling off ends the duty as given, without the old reason."""
    for step in ("decline", "expire", "call off"):
        late = review_given(STEPS[step](duty()), LATER + HOUR)
        assert (late.state, late.ended_at, late.reason, late.called_off) == (DutyState.GIVEN, LATER + HOUR, "", None)


def test_a_volunteer_owes_nothing() -> None:
    """Who reviews unasked has a duty that is given at once and never reminded of."""
    known = volunteered(answer(0), member(5), now=NOW)
    assert (known.remind_at, known.version) == (None, 0)
    assert review_given(known, NOW).state is DutyState.GIVEN


def test_a_new_duty_follows_one_that_was_called_off() -> None:
    """Asked again after a stay away, the reviewer's new duty takes the place of the old one."""
    old = called_off(duty(), NOW + HOUR, CallOff.AWAY)
    new = assigned(answer(0), member(1), now=NOW + 2 * HOUR, quiet=None, zone=PARIS, before=old)
    assert (new.version, new.state, new.expires_at) == (old.version + 1, DutyState.ASSIGNED, NOW + 26 * HOUR)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis adds the zone
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(moments, st.none() | st.builds(QuietHours, times, times), st.sampled_from([PARIS, "Africa/Cairo", "UTC"]))
def test_a_reminder_comes_in_the_reviewers_own_hours(now: datetime, quiet: QuietHours | None, zone: str) -> None:
    """A reminder is due between 12 hours after the asking and the end, outside quiet hours; else there is none."""
    made = assigned(answer(0), member(1), now=now, quiet=quiet, zone=zone)
    if made.remind_at is None:
        assert quiet is not None
        assert quiet.covers((now + REMIND_AFTER).astimezone(ZoneInfo(zone)).time())
    else:
        assert now + REMIND_AFTER <= made.remind_at < made.expires_at
        assert quiet is None or not quiet.covers(made.remind_at.astimezone(ZoneInfo(zone)).time())


@pytest.mark.parametrize(("hour", "expected"), [(21, 21), (22, 31), (26, 31), (31, 31)])
def test_quiet_hours_may_pass_midnight(hour: int, expected: int) -> None:
    """From 22:00 to 07:00 in Paris whatever would disturb waits until 07:00."""
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo(PARIS))
    quiet = QuietHours(time(22), time(7))
    assert awake_from(midnight + hour * HOUR, quiet, PARIS) == midnight + expected * HOUR
