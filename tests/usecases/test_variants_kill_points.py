from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.inbound import Submission
from bot.infra.redis.keys import Keys
from tests.servers.anthropic import AnthropicServer
from tests.usecases.dying import Fuse, dying
from tests.usecases.study import MINUTE, MONDAY, Study, working
from tests.usecases.varying import DAY, TRY, put, ready, send, told, variant, weak


async def killed(study: Study, fuse: Fuse, *, wait: timedelta = 2 * MINUTE) -> None:
    """Work until the process is dead, then go on with another one."""
    alive = study.ports
    study.worker = working(dying(alive, fuse))
    with suppress(asyncio.CancelledError):
        await study.worker.drain()
    assert fuse.is_burnt
    study.worker.abandon()
    await asyncio.sleep(0)
    study.worker = working(alive)
    await study.advance(wait)


TO_PLAN, TO_PUT, TO_TAKE, TO_JUDGE = 8, 7, 4, 5
"""How many writes each takes; a fuse that is too long fails its test."""


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_PLAN + 1))
async def test_planning_survives_death_at_every_write(judged: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it gives feedback, one variant is put in the end."""
    await judged.say("ben")
    await killed(judged, Fuse(left, done))
    await judged.advance(11 * DAY)
    assert len(put(judged)) == 1


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_PUT + 1))
async def test_putting_survives_death_at_every_write(judged: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it puts a variant, it stands once, and took one place of the week."""
    await weak(judged)
    kept = await variant(judged)
    assert kept is not None
    await judged.until(kept.due_at - MINUTE)
    judged.sleep(MINUTE)
    await killed(judged, Fuse(left, done))
    assert len(put(judged)) == 1
    places = await judged.store.client.call("HKEYS", Keys.outbox(await judged.group_id()))
    assert sum(b"variant-place" in each for each in places) == 1
    kept = await variant(judged)
    assert kept is not None
    assert kept.asked_at is not None


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_TAKE + 1))
async def test_taking_survives_death_at_every_write(
    judged: Study, model: AnthropicServer, left: int, done: bool
) -> None:
    """Wherever a process dies while it takes a try, the same form again makes it one, judged once."""
    await ready(judged)
    before, alive, fuse = len(model.requests), judged.ports, Fuse(left, done)
    sent = Submission(judged.caller("ben"), f"variant:{MONDAY}", {"text": TRY})
    judged.ports = dying(alive, fuse)
    with suppress(asyncio.CancelledError):
        await judged.do(sent)
    assert fuse.is_burnt
    judged.ports = alive
    await judged.do(sent)
    await judged.settle()
    assert len(model.requests) - before == len(told(judged)) == 1


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_JUDGE + 1))
async def test_judging_survives_death_at_every_write(judged: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it judges a try, its result stands once."""
    await ready(judged)
    await send(judged)
    await killed(judged, Fuse(left, done))
    assert len(told(judged)) == 1
