"""A week of six members, played against the installed program on any platform; and what stands when it is over."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.group import GroupId, MemberId, Place
from bot.domain.review import Review
from bot.infra.redis.store import Store, open_store
from tests.conftest import emptied
from tests.e2e.crash_scene import until
from tests.e2e.run_scene import ANSWER, Running, running
from tests.servers.anthropic import AnthropicServer, Reply
from tests.servers.redis_clock import RedisDoor

MONDAY = datetime.fromisoformat("2026-11-23T08:30:00+01:00")
POST_AT = timedelta(minutes=31)
DAYS = 7
KILL_DAY = 2
KEY = "sk-ant-of-the-test"
NAMES = ("asha", "ben", "chen", "dana", "elif", "femi")
SHORT = "I would set the limit at 16,000 tokens and watch the queue."


class Week(ABC):
    """The stage: a platform with its people, a model, a Redis whose clock can be moved, and the program.

    What people do is done by their names; posts and messages are whatever the platform has for them.
    """

    place: Place

    def __init__(self, folder: Path, model: AnthropicServer, door: RedisDoor, env: Mapping[str, str]) -> None:
        """`env`: what the program needs to reach the platform."""
        self.model, self.door = model, door
        self._folder, self._starts = folder, 0
        own = {"TPM_REDIS_URL": door.url, "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url}
        self._env = {**own, **env}
        self._program = AsyncExitStack()
        self.bot: Running

    @abstractmethod
    async def set_up(self) -> None:
        """Asha makes the group by its form, with a question each day at nine in Paris."""

    @abstractmethod
    def posts(self) -> list[Any]:
        """The questions that stand in the channel, oldest first."""

    @abstractmethod
    async def say(self, name: str, text: str, post: Any) -> Any:
        """Write in the thread of a post; the message."""

    @abstractmethod
    async def edit(self, name: str, message: Any, text: str) -> None:
        """Give a message another text."""

    @abstractmethod
    async def delete(self, name: str, message: Any) -> None:
        """Remove a message."""

    @abstractmethod
    async def count(self, name: str, message: Any) -> None:
        """Choose Count as my answer in a message's menu."""

    @abstractmethod
    async def fill(self, name: str, text: str, post: Any) -> None:
        """Press Answer, and send the form with a text in its first field."""

    @abstractmethod
    async def streak(self, name: str) -> str:
        """Give /tpm-streak; what is shown."""

    @abstractmethod
    def replies(self, post: Any) -> list[tuple[str, str]]:
        """Who said what in the thread of a post, oldest first; the bot is `bot`."""

    @abstractmethod
    def shown(self, post: Any) -> str:
        """The words of a post."""

    @abstractmethod
    def faults(self) -> list[str]:
        """What went wrong for a person, or what the program did that the platform finds odd."""

    @abstractmethod
    async def brought(self) -> int:
        """Wait until everything that happened is with the program; how much that the program did was seen."""

    @abstractmethod
    def move(self, ahead: timedelta) -> None:
        """Set the platform's clock so far ahead of the host's."""

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
        self.door.set(MONDAY + timedelta(days=day) + after)
        self.move(self.door.ahead)

    async def settled(self) -> None:
        """Until the program has everything, and has nothing to do that is due."""
        quiet, before = 0, None
        async with asyncio.timeout(40):
            while quiet < 3:
                seen = await self.brought()
                await asyncio.sleep(0.1)
                measured = await self.bot.measured()
                idle = not measured["tpm_jobs_running",] and not measured["tpm_agenda_lag_seconds",]
                quiet = quiet + 1 if idle and seen == before else 0
                before = seen

    @staticmethod
    async def until(true: Callable[[], Any]) -> None:
        """Wait until something is so."""
        await until(true, within_s=20)


@asynccontextmanager
async def surroundings(valkey_url: str) -> AsyncIterator[tuple[AnthropicServer, RedisDoor]]:
    """A model, and an empty Redis."""
    await emptied(valkey_url)
    async with AnthropicServer(key=KEY).running() as model, RedisDoor(valkey_url).running() as door:
        yield model, door


@asynccontextmanager
async def begun(week: Week) -> AsyncIterator[None]:
    """The program runs, on the Monday; it is killed at the end."""
    await week.at(0, timedelta())
    try:
        await week.start()
        yield
    finally:
        await week.kill()


async def play(week: Week, *, killed: bool) -> None:
    """The whole week; with a kill -9 on the Wednesday while an answer is being judged, or without."""
    await week.set_up()
    for day in range(DAYS):
        await week.at(day, POST_AT)
        await week.until(lambda: len(week.posts()) > day)  # noqa: B023  it is awaited here
        await _morning(week, day, killed=killed and day == KILL_DAY)
        await week.at(day, timedelta(hours=3))
        await week.settled()
        await _afternoon(week, day)
        await week.at(day, timedelta(hours=6))
        await week.settled()


async def _morning(week: Week, day: int, *, killed: bool) -> None:
    """Who answers at once; the program may die in the middle of it."""
    posts, before = week.posts(), len(week.model.requests)
    if killed:
        week.model.script(Reply(delay_s=5.0))
    await week.say("ben", f"{ANSWER} That is for day {day}.", posts[day])
    if killed:
        await week.until(lambda: len(week.model.requests) > before)
        await week.kill()
    # too short on that day, until it is edited: what is judged does not depend on who is quicker
    said = await week.say("elif", SHORT if day == KILL_DAY else f"{ANSWER} So says elif.", posts[day])
    if day == KILL_DAY:
        await week.edit("elif", said, f"{ANSWER} So says elif, after some thought.")
    if day == 4:
        await week.delete("elif", said)
    if day:
        await week.say("dana", f"{ANSWER} Late, but here it is.", posts[day - 1])
    if killed:
        await week.start()


async def _afternoon(week: Week, day: int) -> None:
    """Forms and menus."""
    post = week.posts()[day]
    if day % 2 == 0:
        await week.fill("chen", ANSWER, post)
    said = await week.say("femi", SHORT, post)
    if day in (1, 2, 3):
        await week.count("femi", said)


async def outcome(week: Week, valkey_url: str) -> dict[str, Any]:
    """Everything that must be the same whether the program died or not."""
    threads = {week.shown(post): sorted(week.replies(post)) for post in week.posts()}
    async with open_store(valkey_url, daily_usd=1.0, member_daily_usd=1.0) as store:
        return {
            "threads": threads,
            "streaks": {name: await week.streak(name) for name in NAMES},
            "dead": list(await store.jobs.dead()),
            **await _kept(store, week.place),
        }


def everywhere(ended: Mapping[str, Any]) -> dict[str, Any]:
    """Of an outcome what must be the same on every platform: all but ids, looks, and which questions it were."""
    return {
        "posts": [(day, number, state) for day, number, _, state in ended["posts"]],
        "names": [name.lower() for name in ended["names"]],
        "records": ended["records"],
        "answers": [[(_common(answer), made is not None) for _, answer, made in each] for each in ended["answers"]],
        "streaks": {name: shown.split("\n")[0].strip("*# ") for name, shown in ended["streaks"].items()},
        "replies": [[author for author, _ in replies] for replies in ended["threads"].values()],
    }


def _common(answer: tuple[str, bool, bool] | None) -> tuple[str, bool, bool] | None:
    """Without the text of a form, which names the sections that its question asks for."""
    return answer and ("" if answer[2] else answer[0], *answer[1:])


async def _kept(store: Store, place: Place) -> dict[str, Any]:
    group_id = await store.groups.at(place)
    assert group_id is not None
    posts = await store.posts.all(group_id)
    members = sorted(await store.groups.members(group_id), key=lambda member: member.id)
    ids = [member.id for member in members]
    return {
        "posts": [(post.day, post.number, post.question_id, post.state) for post in posts],
        "names": [member.name for member in members],
        "records": [await store.answers.record(group_id, member_id) for member_id in ids],
        "answers": [await _answers(store, group_id, post.day, ids) for post in posts],
    }


async def _answers(store: Store, group_id: GroupId, day: date, members: list[MemberId]) -> list[Any]:
    found = []
    for member in members:
        answer = await store.answers.get(group_id, day, member)
        made = await store.answers.review(group_id, day, member)
        bands = [section.band for section in made.sections] if isinstance(made, Review) else made
        found.append((member, answer and (answer.text, answer.late, answer.by_form), bands))
    return found
