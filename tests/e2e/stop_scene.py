"""A stop while reviews run, on any platform."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import timedelta
from typing import Any

from bot.infra.redis.store import open_store
from tests.e2e.run_scene import ANSWER
from tests.e2e.study_week import NAMES, POST_AT, Week
from tests.servers.anthropic import Reply

QUICK_S, SLOW_S = 3.0, 120.0
"""A model that answers before the program must end, and one that does not."""


async def stopped_amid_reviews(week: Week, valkey_url: str) -> None:
    """Five answers are being judged when SIGTERM comes, three of them quickly; a sixth is said during the stop."""
    post = await _question(week)
    await _answered(week, post)
    assert _feedback(week, post) == []
    week.bot.process.send_signal(signal.SIGTERM)
    await week.bot.turns(503)
    await week.say("femi", f"{ANSWER} So says femi.", post)
    code, took_s = await week.bot.ended(within_s=32)
    assert (code, took_s < 30) == (0, True)
    assert week.bot.logged()[-1]["event"] == "stopped"
    assert len(_feedback(week, post)) == 3
    await week.kill()
    await week.at(0, POST_AT + timedelta(minutes=2))
    await week.start()
    await week.settled()
    await week.until(lambda: _about(week, post) == dict.fromkeys(NAMES, 1))
    assert week.faults() == []
    async with open_store(valkey_url, daily_usd=1.0, member_daily_usd=1.0) as store:
        assert list(await store.jobs.dead()) == []


async def _question(week: Week) -> Any:
    await week.set_up()
    await week.at(0, POST_AT)
    await week.until(week.posts)
    return week.posts()[0]


async def _answered(week: Week, post: Any) -> None:
    """All but femi answer."""
    week.model.script(*[Reply(delay_s=QUICK_S)] * 3, *[Reply(delay_s=SLOW_S)] * 2)
    before = len(week.model.requests)
    for name in NAMES[:-1]:
        await week.say(name, f"{ANSWER} So says {name}.", post)
    await week.until(lambda: len(week.model.requests) == before + 5)


def _feedback(week: Week, post: Any) -> list[str]:
    return [text for author, text in week.replies(post) if author == "bot"]


def _about(week: Week, post: Any) -> Counter[str]:
    """How many messages of feedback there are about whom."""
    texts = _feedback(week, post)
    return Counter(name for name in NAMES for text in texts if name in text.partition("\n")[0].lower())
