from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.group import AwayRange
from bot.domain.post import Post, PostState
from bot.domain.streak import Streak, Took, streak_of
from tests.unit.streak_case import sent

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def daily(count: int, start: datetime = START) -> list[Post]:
    """One post a day, each open for a day."""
    return [sent(n + 1, start + timedelta(days=n), start + timedelta(days=n + 1)) for n in range(count)]


def recount(
    posts: list[Post],
    record: bytes,
    *,
    now: datetime | None = None,
    away: tuple[AwayRange, ...] = (),
    joined_at: datetime = LONG_AGO,
) -> Streak:
    """By default everything is closed."""
    now = now or START + timedelta(days=len(posts) + 1)
    return streak_of(posts, record, away=away, joined_at=joined_at, zone=PARIS, now=now)


def marks(streak: Streak) -> str:
    return " ".join(line.mark for line in streak.ledger)


def test_taking_part_counts_one_post_each() -> None:
    """An answer and a review count the same, and both for one post count once."""
    streak = recount(daily(3), bytes([Took.ANSWERED, Took.REVIEWED, Took.ANSWERED | Took.REVIEWED]))
    assert (streak.current, streak.best, marks(streak)) == (3, 3, "answered reviewed answered")


def test_the_open_post_neither_breaks_nor_waits() -> None:
    """While a post is open the run stands without it, and grows at once with it."""
    posts = daily(2)
    now = START + timedelta(days=1, hours=5)
    assert recount(posts, b"\x01", now=now).current == 1
    assert marks(recount(posts, b"\x01", now=now)) == "answered open"
    assert recount(posts, b"\x01\x01", now=now).current == 2


def test_the_window_is_closed_at_its_end() -> None:
    """At the very instant of the close a post without an answer is no longer open."""
    assert marks(recount(daily(1), b"", now=START + timedelta(days=1))) == "missed"


def test_two_freezes_a_month_keep_a_run() -> None:
    """The first two missed closes of a month keep a run and add nothing, the third ends it."""
    streak = recount(daily(5), b"\x01\0\0\0\x01")
    assert marks(streak) == "answered frozen frozen missed answered"
    assert [line.run for line in streak.ledger] == [1, 1, 1, 0, 1]
    assert (streak.current, streak.best, streak.freezes_left) == (1, 1, 0)


def test_a_freeze_needs_a_run() -> None:
    """A missed post without a run before it takes no freeze."""
    streak = recount(daily(3), b"")
    assert (marks(streak), streak.freezes_left) == ("missed missed missed", 2)


def test_the_month_of_a_freeze_is_that_of_the_close_in_the_groups_zone() -> None:
    """A close at 23:30 UTC on 30 November is one of December in Paris, so that December's freezes pay for it."""
    closing = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    streak = recount(daily(4, closing - timedelta(days=4)), b"\x01", now=closing + timedelta(minutes=1))
    assert marks(streak) == "answered frozen frozen frozen"
    assert streak.freezes_left == 1


def test_a_late_answer_alone_does_not_count() -> None:
    """A late answer is shown as late and ends a run, unless a freeze keeps it or it came beside a review in time."""
    assert marks(recount(daily(1), bytes([Took.LATE]))) == "late"
    assert marks(recount(daily(2), bytes([Took.ANSWERED, Took.LATE]))) == "answered frozen"
    assert recount(daily(4), bytes([1, 0, 0, Took.LATE])).current == 0
    assert marks(recount(daily(1), bytes([Took.LATE | Took.REVIEWED]))) == "reviewed"


def test_away_days_are_neutral() -> None:
    """A day away takes no freeze and ends no run; whoever takes part all the same has it counted."""
    away = (AwayRange(START.date() + timedelta(days=1), START.date() + timedelta(days=3)),)
    streak = recount(daily(6), b"\x01\0\x01\0\x01\x01", away=away)
    assert marks(streak) == "answered away answered away answered answered"
    assert (streak.current, streak.freezes_left) == (4, 2)


def test_posts_before_a_member_joined_are_not_theirs() -> None:
    """A post that closed before the member joined has no line; the one that was open then has."""
    posts = daily(3)
    streak = recount(posts, b"\0\x01\x01", joined_at=START + timedelta(days=1))
    assert [line.day for line in streak.ledger] == [posts[1].day, posts[2].day]
    assert marks(recount(posts, b"", joined_at=START + timedelta(days=1, hours=1))) == "missed missed"


def test_an_answer_that_made_its_author_a_member_counts() -> None:
    """An answer in time counts although its author was recorded as a member only after the close."""
    assert recount(daily(1), b"\x01", joined_at=START + timedelta(days=2)).current == 1


@pytest.mark.parametrize("state", [PostState.CHOSEN, PostState.MISSED, PostState.SKIPPED])
def test_a_day_without_a_post_is_neutral(state: PostState) -> None:
    """A post that was never sent is no line of the ledger."""
    posts = daily(3)
    posts[1] = replace(posts[1], state=state, opened_at=None, closes_at=None)
    assert marks(recount(posts, b"\x01\0\x01")) == "answered answered"


def test_earlier_runs_spend_the_freezes_of_a_month() -> None:
    """Freezes go to the first closes that need them, so one more early answer can leave a later run without any."""
    later = b"\0\0\x01\x01\x01\0\x01\x01"
    assert recount(daily(9), b"\0" + later).best == 5
    assert recount(daily(9), b"\x01" + later).best == 4
