from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.infra.clock import RedisClock, SteppedClock

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Server:
    """A Redis whose clock shows what it is told."""

    def __init__(self, shows: datetime) -> None:
        self.shows = shows

    async def time(self) -> datetime:
        """The time that it shows."""
        return self.shows


async def test_time_comes_from_redis_and_goes_on() -> None:
    """The clock begins at the time of Redis, whatever the host thinks, and runs on at the pace of the host."""
    clock = await RedisClock.start(Server(START))
    first = clock.now()
    await asyncio.sleep(0.05)
    assert START <= first < START + timedelta(seconds=2)
    assert timedelta(seconds=0.05) <= clock.now() - first < timedelta(seconds=2)


async def test_setting_it_again_follows_redis() -> None:
    """When Redis shows another time, so does the clock from the next sync on."""
    server = Server(START)
    clock = await RedisClock.start(server)
    server.shows = START + timedelta(hours=3)
    await clock.sync(server)
    assert server.shows <= clock.now() < server.shows + timedelta(seconds=2)


@pytest.mark.parametrize(("off_s", "warned"), [(3600, True), (-40, True), (5, False), (-5, False)])
async def test_a_host_that_is_off_is_logged(caplog: pytest.LogCaptureFixture, off_s: int, warned: bool) -> None:
    """A host whose clock is more than 30 s from that of Redis is warned of, with the seconds."""
    host = await RedisClock.start(Server(START))
    skew = await host.sync(Server(START))
    of_the_host = START + skew
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        await host.sync(Server(of_the_host - timedelta(seconds=off_s)))
    assert [record.args for record in caplog.records] == ([(off_s,)] if warned else [])


def test_a_stepped_clock_stands_still() -> None:
    """In a script time moves only when it is told to."""
    clock = SteppedClock(START)
    assert clock.now() == clock.now() == START
    clock.move_to(START + timedelta(days=1))
    assert clock.now() == START + timedelta(days=1)


def test_a_stepped_clock_does_not_go_back() -> None:
    """Moving to the past is refused and changes nothing."""
    clock = SteppedClock(START)
    with pytest.raises(ValueError, match="does not go back"):
        clock.move_to(START - timedelta(seconds=1))
    assert clock.now() == START
