"""A week of six members on Slack, played against the installed program; and what stands when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.commands import COMMANDS
from bot.domain.group import GroupId, MemberId, Place
from bot.domain.review import Review
from bot.infra.redis.store import Store, open_store
from handlers.slack.manifest import COUNT_AS_ANSWER, manifest
from tests.conftest import emptied
from tests.e2e.crash_scene import until
from tests.e2e.run_scene import Running, running
from tests.servers.anthropic import AnthropicServer, Reply
from tests.servers.redis_clock import RedisDoor
from tests.servers.slack import SlackServer
from tests.servers.slack_people import User
from tests.servers.slack_world import Channel, Message

MONDAY = datetime.fromisoformat("2026-11-23T08:30:00+01:00")
POST_AT = timedelta(minutes=31)
DAYS = 7
KILL_DAY = 2
KEY = "sk-ant-of-the-test"
ANSWER = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens, 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole."
)
SHORT = "I would set the limit at 16,000 tokens and watch the queue."


class Week:
    """The stage: a Slack, a model, a Redis whose clock can be moved, and the program."""

    def __init__(
        self, folder: Path, mode: str, port: int, slack: SlackServer, model: AnthropicServer, door: RedisDoor
    ) -> None:
        self.slack, self.model, self.door = slack, model, door
        self._folder, self._starts = folder, 0
        way = (
            {"SLACK_APP_TOKEN": slack.app_token} if mode == "socket" else {"SLACK_SIGNING_SECRET": slack.signing_secret}
        )
        self._env = {
            "SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.api_url, "TPM_HTTP_PORT": str(port), **way,
            "TPM_REDIS_URL": door.url, "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url,
        }  # fmt: skip
        names = ("asha", "ben", "chen", "dana", "elif", "femi")
        self.people = {name: slack.user(f"U{number}", name=name) for number, name in enumerate(names, start=1)}
        self.study: Channel = slack.channel("C1", *self.people.values(), name="study")
        self._program = AsyncExitStack()
        self.bot: Running

    async def start(self) -> None:
        """Start the program, each time with a log of its own, and wait until it is ready."""
        self._starts += 1
        folder = self._folder / f"start-{self._starts}"
        folder.mkdir(parents=True)
        self.bot = await self._program.enter_async_context(running(folder, env=self._env, small=False))
        await self.bot.turns(200)

    async def kill(self) -> None:
        """As kill -9 does."""
        await self._program.aclose()
        self._program = AsyncExitStack()

    async def at(self, day: int, after: timedelta) -> None:
        """Make it so long after half past eight on that day."""
        moment = MONDAY + timedelta(days=day) + after
        self.door.set(moment)
        self.slack.hub.ahead = self.door.ahead

    async def settled(self) -> None:
        """Until Slack has brought everything, and the program has nothing to do that is due."""
        await self.slack.settled()
        quiet = 0
        async with asyncio.timeout(40):
            while quiet < 3:
                await asyncio.sleep(0.1)
                measured = await self.bot.measured()
                is_quiet = not measured["tpm_jobs_running",] and not measured["tpm_agenda_lag_seconds",]
                quiet = quiet + 1 if is_quiet else 0

    def posts(self) -> list[Message]:
        """The questions that stand in the channel."""
        return [each for each in self.study.messages.values() if "Answer" in each.labels]

    @staticmethod
    async def until(true: Callable[[], Any]) -> None:
        """Wait until something is so."""
        await until(true, within_s=20)


@asynccontextmanager
async def stage(folder: Path, mode: str, port: int, valkey_url: str) -> AsyncIterator[Week]:
    """An empty one, on the Monday."""
    await emptied(valkey_url)
    async with (
        SlackServer().running() as slack,
        AnthropicServer(key=KEY).running() as model,
        RedisDoor(valkey_url).running() as door,
    ):
        slack.courier.retry_after_s = (0.2, 1.0, 3.0, 5.0, 8.0)
        slack.install(manifest(COMMANDS, socket=mode == "socket", url="https://bot.example.org"))
        if mode == "http":
            slack.courier.events_url = f"http://127.0.0.1:{port}/slack/events"
        week = Week(folder, mode, port, slack, model, door)
        await week.at(0, timedelta())
        try:
            await week.start()
            yield week
        finally:
            await week.kill()


async def play(week: Week, *, killed: bool) -> None:
    """The whole week; with a kill -9 on the Wednesday while an answer is being judged, or without."""
    await _set_up(week)
    for day in range(DAYS):
        await week.at(day, POST_AT)
        await week.until(lambda: len(week.posts()) > day)  # noqa: B023  it is awaited here
        await _morning(week, day, killed=killed and day == KILL_DAY)
        await week.at(day, timedelta(hours=3))
        await week.settled()
        await _afternoon(week, day)
        await week.at(day, timedelta(hours=6))
        await week.settled()


async def _set_up(week: Week) -> None:
    asha = week.people["asha"]
    await asha.command("/tpm-admin", "setup", week.study)
    await week.until(lambda: asha.view)
    await asha.submit(None, {"days": "daily"})
    await week.until(lambda: asha.whispers(week.study))


async def _morning(week: Week, day: int, *, killed: bool) -> None:
    """Who answers at once; the program may die in the middle of it."""
    ben, elif_, dana, posts = week.people["ben"], week.people["elif"], week.people["dana"], week.posts()
    before = len(week.model.requests)
    if killed:
        week.model.script(Reply(delay_s=5.0))
    await ben.say(week.study, f"{ANSWER} That is for day {day}.", thread=posts[day])
    if killed:
        await week.until(lambda: len(week.model.requests) > before)
        await week.kill()
    said = await elif_.say(week.study, f"{ANSWER} So says elif.", thread=posts[day])
    if day == KILL_DAY:
        await elif_.edit(said, f"{ANSWER} So says elif, after some thought.")
    if day == 4:
        await elif_.delete(said)
    if day:
        await dana.say(week.study, f"{ANSWER} Late, but here it is.", thread=posts[day - 1])
    if killed:
        await week.start()


async def _afternoon(week: Week, day: int) -> None:
    """Forms, shortcuts, commands."""
    chen, femi, post = week.people["chen"], week.people["femi"], week.posts()[day]
    if day % 2 == 0:
        await _by_form(week, chen, post)
    said = await femi.say(week.study, SHORT, thread=post)
    if day in (1, 2, 3):
        await femi.shortcut(COUNT_AS_ANSWER, said)
    if day == DAYS - 1:
        for person in week.people.values():
            seen = len(person.whispers(week.study))
            await person.command("/tpm-streak", "", week.study)
            await week.until(lambda: len(person.whispers(week.study)) > seen)  # noqa: B023  it is awaited here


async def _by_form(week: Week, person: User, post: Message) -> None:
    await person.press(post, "Answer")
    await week.until(lambda: person.view)
    view = person.view
    assert view is not None
    keys = [block["block_id"] for block in view.blocks if block["type"] == "input"]
    await person.submit(view, {keys[0]: ANSWER})
    await week.until(lambda: person.view is None)


async def outcome(week: Week, valkey_url: str) -> dict[str, Any]:
    """Everything that must be the same whether the program died or not."""
    threads = {
        post.shown: sorted((each.user, each.shown) for each in week.study.replies(post.ts)) for post in week.posts()
    }
    async with open_store(valkey_url, daily_usd=1.0, member_daily_usd=1.0) as store:
        return {
            "threads": threads,
            "streaks": {name: person.whispers(week.study)[-1].shown for name, person in week.people.items()},
            "dead": list(await store.jobs.dead()),
            **await _kept(store),
        }


async def _kept(store: Store) -> dict[str, Any]:
    group_id = await store.groups.at(Place("slack", "T1", "C1"))
    assert group_id is not None
    posts = await store.posts.all(group_id)
    members = sorted(await store.groups.members(group_id), key=lambda member: member.id)
    return {
        "posts": [(post.day, post.number, post.question_id, post.state) for post in posts],
        "names": [member.name for member in members],
        "records": [await store.answers.record(group_id, member.id) for member in members],
        "answers": [await _answers(store, group_id, post.day, [each.id for each in members]) for post in posts],
    }


async def _answers(store: Store, group_id: GroupId, day: Any, members: list[MemberId]) -> list[Any]:
    found = []
    for member in members:
        answer = await store.answers.get(group_id, day, member)
        made = await store.answers.review(group_id, day, member)
        bands = [section.band for section in made.sections] if isinstance(made, Review) else made is not None
        found.append((member, answer and (answer.text, answer.late, answer.by_form), bands))
    return found
