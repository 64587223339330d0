from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.schedule import Schedule

EVERY_DAY = frozenset(range(1, 8))
ZONES = (
    "Africa/Cairo",
    "America/New_York",
    "America/Nuuk",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
)
# (zone, local date, local time, UTC instant): reference reliability.md 2.4.
VECTORS = [
    ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30"),
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),
    ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
    ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:30"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),
    ("America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T03:00"),
]

times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
dates = st.dates(date(1990, 1, 1), date(2037, 12, 30))
weekdays = st.frozensets(st.integers(1, 7), min_size=1)
schedules = st.builds(Schedule, st.sampled_from(ZONES), times, weekdays)
moments = st.datetimes(datetime(1990, 1, 2), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  naive by contract


def at(zone: str, clock: str) -> Schedule:
    return Schedule(zone, time.fromisoformat(clock), EVERY_DAY)


@pytest.mark.parametrize(("zone", "day", "clock", "instant"), VECTORS)
def test_clock_changes_follow_rfc_5545(zone: str, day: str, clock: str, instant: str) -> None:
    """A time in a gap keeps the offset before the gap, and a time that exists twice is the first of the two."""
    assert at(zone, clock).instant(date.fromisoformat(day)) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_a_time_that_exists_twice_is_due_once() -> None:
    """On the night on which 02:30 comes twice there is one post."""
    schedule = at("Europe/Berlin", "02:30")
    first = schedule.next_due(datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert schedule.next_due(first[1]) == (date(2026, 10, 26), datetime(2026, 10, 26, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Fakaofo", date(2011, 12, 30)),
        ("Pacific/Kiritimati", date(1994, 12, 31)),
        ("Pacific/Kwajalein", date(1993, 8, 21)),
    ],
)
@given(clock=times)
def test_a_date_that_does_not_exist_has_no_post(zone: str, day: date, clock: time) -> None:
    """A date that a zone jumped over has no instant, and the search goes on with the date after it."""
    schedule = Schedule(zone, clock, EVERY_DAY)
    assert schedule.instant(day) is None
    before = schedule.instant(day - timedelta(days=1))
    assert before is not None
    assert schedule.next_due(before) == (day + timedelta(days=1), schedule.instant(day + timedelta(days=1)))


def test_a_gap_up_to_midnight_moves_the_post_into_the_next_date() -> None:
    """Where 23:30 does not exist the post of that day is due half an hour after midnight, and is found there."""
    schedule = at("America/Nuuk", "23:30")
    due_at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert schedule.instant(date(2026, 3, 28)) == due_at
    assert schedule.local_day(due_at) == date(2026, 3, 29)
    assert schedule.next_due(due_at - timedelta(minutes=10)) == (date(2026, 3, 28), due_at)


@given(schedule=schedules, day=dates)
@example(schedule=at("Pacific/Apia", "09:00"), day=date(2011, 12, 29))
@example(schedule=at("America/Nuuk", "23:30"), day=date(2026, 3, 28))
def test_instants_strictly_increase(schedule: Schedule, day: date) -> None:
    """Each date that exists has one instant, and it lies after that of the date before."""
    pair = [schedule.instant(day), schedule.instant(day + timedelta(days=1))]
    found = [instant for instant in pair if instant is not None]
    assert found
    assert found == sorted(set(found))


@given(schedule=schedules, day=dates)
def test_an_instant_shows_the_wanted_time_unless_a_gap_ate_it(schedule: Schedule, day: date) -> None:
    """Local clocks show the schedule's time at the instant, or a later one when that time does not exist."""
    instant = schedule.instant(day)
    if instant is None:
        return
    zone = ZoneInfo(schedule.zone)
    local = instant.astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(day, schedule.at)
    exists = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wanted
    assert local == wanted if exists else wanted < local <= wanted + timedelta(hours=2)


@given(schedule=schedules, after=moments, skips=st.frozensets(dates, max_size=3))
def test_next_due_is_the_first_that_a_slow_search_finds(
    schedule: Schedule, after: datetime, skips: frozenset[date]
) -> None:
    """The next post is the earliest instant after the moment, over all dates of the week that are not skipped."""
    skips |= {schedule.local_day(after) + timedelta(days=1)}
    near = [after.date() + timedelta(days=offset) for offset in range(-3, 25)]
    wanted = [day for day in near if day.isoweekday() in schedule.days and day not in skips]
    found = sorted(
        (instant, day) for day in wanted if (instant := schedule.instant(day)) is not None and instant > after
    )
    assert schedule.next_due(after, skips=skips) == (found[0][1], found[0][0])


def test_next_due_is_strictly_after() -> None:
    """At the instant of a post the next post is tomorrow's."""
    schedule = at("Europe/Paris", "09:00")
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert schedule.next_due(now - timedelta(microseconds=1)) == (date(2026, 11, 23), now)
    assert schedule.next_due(now) == (date(2026, 11, 24), now + timedelta(days=1))


def test_the_search_ends_after_400_days() -> None:
    """A schedule whose next 400 dates are all skipped has no next post; one date more, and it has."""
    schedule = at("Europe/Paris", "09:00")
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    skips = frozenset(date(2026, 11, 23) + timedelta(days=offset) for offset in range(401))
    assert schedule.next_due(now, skips=skips) is None
    assert schedule.next_due(now, skips=skips - {max(skips)}) is not None


@settings(max_examples=30)
@given(zone=st.sampled_from(ZONES), clock=times, year=st.integers(2020, 2030))
def test_a_year_of_daily_posts_has_every_date_once(zone: str, clock: time, year: int) -> None:
    """A walk from post to post through a year meets each date once, over leap days and clock changes."""
    schedule = Schedule(zone, clock, EVERY_DAY)
    moment = schedule.instant(date(year - 1, 12, 31))
    assert moment is not None
    days: list[date] = []
    while (upcoming := schedule.next_due(moment)) is not None and upcoming[0].year == year:
        days.append(upcoming[0])
        moment = upcoming[1]
    assert days == [date(year, 1, 1) + timedelta(days=offset) for offset in range(len(days))]
    assert days[-1] == date(year, 12, 31)


def test_the_day_is_the_groups_not_utcs() -> None:
    """The same moment is Monday in Honolulu and Tuesday on Kiritimati."""
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert at("Pacific/Honolulu", "09:00").local_day(moment) == date(2026, 11, 23)
    assert at("Pacific/Kiritimati", "09:00").local_day(moment) == date(2026, 11, 24)


def test_a_moment_without_a_zone_is_refused() -> None:
    """A naive moment is a fault of the program, not the host's local time."""
    with pytest.raises(ValueError, match="no zone"):
        at("Europe/Paris", "09:00").local_day(datetime(2026, 11, 24, 9))  # noqa: DTZ001  naive on purpose
