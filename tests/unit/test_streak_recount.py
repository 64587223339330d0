"""The streak against a recount from a log of events, over generated histories."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.group import AwayRange
from bot.domain.post import Post, PostState, window_end
from bot.domain.schedule import Schedule
from bot.domain.streak import Mark, Streak, Took, streak_of
from tests.unit.streak_case import sent

# First days near clock changes, a leap day, a year's end, a date that does not exist.
PLACES = (
    ("Europe/Paris", date(2026, 3, 20)),
    ("Europe/Paris", date(2026, 10, 16)),
    ("Australia/Lord_Howe", date(2026, 9, 25)),
    ("Africa/Cairo", date(2026, 4, 15)),
    ("America/New_York", date(2028, 2, 20)),
    ("Asia/Kolkata", date(2026, 12, 20)),
    ("Pacific/Apia", date(2011, 12, 20)),
    ("Pacific/Honolulu", date(2026, 5, 25)),
)


@dataclass(frozen=True)
class Event:
    """`kind`: answer, review, edit or withdraw. The same `key` is the same event, delivered again."""

    key: int
    kind: str
    number: int
    at: datetime


@dataclass(frozen=True)
class History:
    zone: ZoneInfo
    posts: list[Post]
    events: list[Event]
    away: tuple[AwayRange, ...]
    joined_at: datetime
    now: datetime

    def is_away(self, day: date) -> bool:
        return any(stay.first <= day <= stay.last for stay in self.away)

    def record(self) -> bytes:
        """The bytes that the log leaves behind, each event taken once."""
        took = bytearray(len(self.posts))
        seen: set[int] = set()
        for event in self.events:
            if event.key in seen:
                continue
            seen.add(event.key)
            in_time = self.posts[event.number - 1].is_open(event.at)
            if event.kind == "answer":
                took[event.number - 1] |= Took.ANSWERED if in_time else Took.LATE
            elif event.kind == "review" and in_time:
                took[event.number - 1] |= Took.REVIEWED
            elif event.kind == "withdraw" and in_time:
                took[event.number - 1] &= ~Took.ANSWERED
        return bytes(took)

    def streak(self, record: bytes | None = None, now: datetime | None = None) -> Streak:
        record = self.record() if record is None else record
        return streak_of(
            self.posts, record, away=self.away, joined_at=self.joined_at, zone=self.zone, now=now or self.now
        )


def naive(history: History) -> tuple[int, int, int]:
    """(current, best, freezes left) by the words of the rule, from events alone."""
    run = best = 0
    frozen: Counter[str] = Counter()
    events = list(dict.fromkeys(history.events))
    for post in history.posts:
        if post.opened_at is None or post.closes_at is None or post.opened_at > history.now:
            continue
        inside = [e for e in events if e.number == post.number and post.opened_at <= e.at < post.closes_at]
        words = [event.kind for event in sorted(inside, key=lambda e: e.at) if event.kind in ("answer", "withdraw")]
        if words[-1:] == ["answer"] or any(event.kind == "review" for event in inside):
            run += 1
        elif post.closes_at <= history.joined_at or history.now < post.closes_at or history.is_away(post.day):
            continue
        elif run and frozen[f"{post.closes_at.astimezone(history.zone):%Y-%m}"] < 2:
            frozen[f"{post.closes_at.astimezone(history.zone):%Y-%m}"] += 1
        else:
            run = 0
        best = max(best, run)
    return run, best, 2 - frozen[f"{history.now.astimezone(history.zone):%Y-%m}"]


@st.composite
def histories(draw: st.DrawFn) -> History:
    zone, first = draw(st.sampled_from(PLACES))
    clock = draw(st.sampled_from([time(0), time(0, 30), time(2, 15), time(9), time(23, 30)]))
    schedule = Schedule(zone, clock, draw(st.sampled_from([frozenset(range(1, 8)), frozenset(range(1, 6))])))
    paused = st.dates(first, first + timedelta(days=40))
    posts = _posts(schedule, first, draw(st.integers(1, 25)), draw(st.frozensets(paused, max_size=6)))
    for index in draw(st.sets(st.integers(0, len(posts) - 1), max_size=3)):
        posts[index] = replace(posts[index], state=PostState.MISSED, opened_at=None, closes_at=None)
    begin, end = posts[0].due_at, posts[-1].due_at + timedelta(days=3)
    moments = st.integers(0, int((end - begin).total_seconds())).map(lambda s: begin + timedelta(seconds=s))
    now = draw(moments)
    log = st.lists(_events(posts, moments), max_size=50, unique_by=lambda event: event.key)
    events = [event for event in draw(log) if event.at <= now]
    events.sort(key=lambda event: event.at)
    replays = draw(st.lists(st.sampled_from(events), max_size=10)) if events else []
    stays = draw(st.lists(st.tuples(paused, st.integers(0, 5)), max_size=2))
    away = tuple(AwayRange(day, day + timedelta(days=length)) for day, length in stays)
    joined_at = min(now, draw(st.just(begin) | moments))
    return History(ZoneInfo(zone), posts, [*events, *replays], away, joined_at, now)


def _posts(schedule: Schedule, first: date, count: int, pauses: frozenset[date]) -> list[Post]:
    posts: list[Post] = []
    upcoming = schedule.next_due(datetime.combine(first, time(), tzinfo=UTC), skips=pauses)
    while upcoming is not None and len(posts) < count:
        day, due_at = upcoming
        upcoming = schedule.next_due(due_at, skips=pauses)
        posts.append(sent(len(posts) + 1, due_at, window_end(due_at, upcoming[1] if upcoming else None), day))
    return posts


@st.composite
def _events(draw: st.DrawFn, posts: list[Post], moments: st.SearchStrategy[datetime]) -> Event:
    post = draw(st.sampled_from(posts))
    in_window = post.due_at + timedelta(hours=draw(st.integers(0, 23)))
    kind = draw(st.sampled_from(["answer", "answer", "answer", "review", "edit", "withdraw"]))
    return Event(draw(st.integers(0, 10**9)), kind, post.number, draw(st.just(in_window) | moments))


@settings(max_examples=400)
@given(histories())
def test_the_streak_equals_a_recount_of_the_events(history: History) -> None:
    """Over zones, clock changes, leap days, pauses, away days, replays, edits and withdrawals, both counts agree."""
    streak = history.streak()
    assert (streak.current, streak.best, streak.freezes_left) == naive(history)


@given(histories())
def test_the_ledger_explains_the_streak(history: History) -> None:
    """The last line's run is the streak, the highest is the best, and each line follows from the one before."""
    streak = history.streak()
    runs = [0, *(line.run for line in streak.ledger)]
    assert (runs[-1], max(runs)) == (streak.current, streak.best)
    for before, line in zip(runs, streak.ledger, strict=False):
        step = {Mark.ANSWERED: before + 1, Mark.REVIEWED: before + 1, Mark.MISSED: 0, Mark.LATE: 0}
        assert line.run == step.get(line.mark, before)


@given(histories(), st.data())
def test_neutral_posts_change_nothing(history: History, data: st.DataObject) -> None:
    """A post that was not sent, or whose day is away, may stand anywhere without changing the numbers."""
    at = data.draw(st.integers(0, len(history.posts)))
    moment = history.posts[min(at, len(history.posts) - 1)].due_at
    day = moment.date() - timedelta(days=5_000)
    extra = sent(at + 1, moment, moment + timedelta(minutes=1), day)
    if data.draw(st.booleans()):
        extra = replace(extra, state=PostState.SKIPPED)
    later = [replace(post, number=post.number + 1) for post in history.posts[at:]]
    posts = [*history.posts[:at], extra, *later]
    record = history.record()
    away = (*history.away, AwayRange(day, day))
    widened = replace(history, posts=posts, away=away).streak(record[:at] + b"\0" + record[at:])
    before = history.streak()
    assert (widened.current, widened.best) == (before.current, before.best)
    assert widened.freezes_left == before.freezes_left


@given(histories())
def test_answering_an_open_post_never_lowers_anything(history: History) -> None:
    """Taking part in the post that is open adds one to the run, or nothing where the member had taken part already."""
    record = bytearray(history.record())
    before = history.streak(bytes(record))
    open_posts = [post for post in history.posts if post.is_open(history.now)]
    for post in open_posts:
        record[post.number - 1] |= Took.ANSWERED
        gained = history.streak(bytes(record)).current - before.current
        assert gained == any(line.mark is Mark.OPEN for line in before.ledger)
    assert history.streak(bytes(record)).best >= before.best


@given(histories(), st.integers(0, 24))
def test_taking_part_lifts_the_run_at_that_post(history: History, index: int) -> None:
    """The run right after a post is never lower for having taken part in it, and nothing before it changes."""
    index %= len(history.posts)
    record = history.record()
    more = record[:index] + bytes([record[index] | Took.ANSWERED]) + record[index + 1 :]
    runs = {line.day: line.run for line in history.streak(record).ledger}
    lifted = {line.day: line.run for line in history.streak(more).ledger}
    for post in history.posts[: index + 1]:
        if post.day in runs:
            assert lifted[post.day] >= runs[post.day]
            assert post is history.posts[index] or lifted[post.day] == runs[post.day]


@given(histories(), st.integers(0, 30))
def test_a_short_or_long_record_is_read_alike(history: History, extra: int) -> None:
    """Missing bytes at the end are posts without anything, and bytes beyond the last post do not matter."""
    record = history.record()
    assert history.streak(record.rstrip(b"\0")) == history.streak(record + bytes(extra)) == history.streak(record)
