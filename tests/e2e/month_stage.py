"""The stage of the month of peer reviews: a platform with its people, and a look at what is kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from bot.domain.calibration import choose
from bot.domain.duty import Duty
from bot.domain.group import GroupId, MemberId, Place
from bot.domain.peer_review import rated_sections
from bot.infra.library import packaged_library
from bot.infra.redis.store import Store
from bot.usecases.peers.peer_post import review_key

Form = Mapping[str, str]
"""Field -> what is typed or chosen."""


class Month(ABC):
    """The stage. People act by their names, each through the front door of the platform."""

    place: ClassVar[Place]

    @abstractmethod
    async def at(self, moment: datetime) -> None:
        """Make it `moment`, and let happen what is due."""

    @abstractmethod
    async def settled(self, expected: Expected | None = None) -> None:
        """Until all is done that is due; or, where a program runs by itself, until the store is as `expected`.

        Such a program hears a moment late that the clock was moved, and would seem to have nothing to do.
        """

    @abstractmethod
    async def say(self, name: str, text: str) -> None:
        """Answer in the newest thread."""

    @abstractmethod
    async def act(self, name: str, command: str, *steps: str | Form, **options: str) -> None:
        """Give a command; then press the button with each label on the newest card, and send each form."""

    @abstractmethod
    async def leave(self, name: str) -> None:
        """Leave the channel."""

    @abstractmethod
    async def come_back(self, name: str) -> None:
        """Come into the channel again."""

    @abstractmethod
    async def streaks(self, *names: str) -> dict[str, str]:
        """Give /tpm-streak, each of them; the first line that is shown."""

    @abstractmethod
    def opened(self) -> AbstractAsyncContextManager[Store]:
        """The store, when all that was done is in it."""

    @asynccontextmanager
    async def looked(self) -> AsyncIterator[Look]:
        """What is kept of the group."""
        async with self.opened() as store:
            group_id = await store.groups.at(self.place)
            assert group_id is not None
            names = {member.id: member.name.lower() for member in await store.groups.members(group_id)}
            yield Look(store, group_id, names)


@dataclass(frozen=True, slots=True)
class Look:
    """A look into the store."""

    store: Store
    group_id: GroupId
    names: Mapping[MemberId, str]

    async def duties(self, day: date) -> list[Duty]:
        """Every duty for answers of a day, in the order of asking."""
        return sorted(await self.store.peers.duties(self.group_id, [day]), key=lambda duty: duty.assigned_at)

    async def owed(self, day: date) -> list[str]:
        """Who owes a review of an answer of that day."""
        return [self.names[duty.reviewer_id] for duty in await self.duties(day) if duty.is_open]

    async def shown(self, day: date) -> dict[str, tuple[int, int]]:
        """Author -> how many reviews their answer of that day got, and how many of them stand in the chat."""
        found: dict[str, tuple[int, int]] = {}
        for review in await self.store.peers.given(self.group_id, [day]):
            stands = await self.store.outbox.get(self.group_id, review_key(review)) is not None
            given, standing = found.get(self.names[review.author_id], (0, 0))
            found[self.names[review.author_id]] = (given + 1, standing + stands)
        return found

    async def practises(self, day: date) -> bool:
        """Whether there is practice for the sections that reviews of that day rate."""
        post = await self.store.posts.get(self.group_id, day)
        assert post is not None
        library = packaged_library()
        sections = [section.key for section in library.framework.sections]
        rated = rated_sections(library.questions[post.question_id].emphasis, sections)
        return choose(library.calibrations, rated) is not None


Expected = Callable[[Look], Awaitable[bool]]
