"""A month of six members who review each other, played on any platform; and what stands when it is over.

Who is to review whom is drawn from ids, which differ between platforms. So the month looks at who was asked and does
what each person would: all give what they owe, but for one who stays away from reviews for half of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from bot.domain.calibration import choose
from bot.domain.duty import AnswerId
from bot.domain.group import GroupId, Place
from bot.domain.peer_review import rated_sections
from bot.infra.library import packaged_library
from bot.infra.redis.store import Store
from bot.usecases.peer_post import review_key

NAMES = ("asha", "ben", "chen", "dana", "elif", "femi")
DAYS = 20
FIRST_ROUND, SECOND_ROUND = NAMES[:3], NAMES[3:]
NO_SHOW, COMES_BACK = "femi", 12
"""Femi answers each day, and gives no review before that day."""
DECLINER, DECLINES = "elif", 6
LEAVER, LEAVES = "elif", 16
POSTED, LOOKED, LATER = timedelta(minutes=31), timedelta(minutes=50), timedelta(hours=10)
"""After half past eight: the post stands; what ran out since yesterday is over; the last round has begun."""
REVIEW = {
    "band1": "one",
    "band2": "several",
    "strongest": "“twelve people become one person and a queue” turns a number into what people feel.",
    "change": "In the last sentence, say how many files a night need that slot, and what one costs.",
    "probe": "What happens at ten in the morning when two of these files come at once?",
}
PRACTICE = {"band1": "named", "band2": "several"}
WORDS = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens, 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole. So says"
)


class Month(ABC):
    """The stage. What people do is done by their names."""

    place: ClassVar[Place]
    leaves_unnoticed: ClassVar[bool] = False
    """Whether the platform tells of somebody who left only when the bot next writes to them."""

    @abstractmethod
    async def at(self, day: int, after: timedelta) -> None:
        """Make it so long after half past eight on that day, and wait until all is done that is due."""

    @abstractmethod
    async def settled(self) -> None:
        """Wait until all is done."""

    @abstractmethod
    async def say(self, name: str, text: str) -> None:
        """Answer in the newest thread."""

    @abstractmethod
    async def act(self, name: str, *labels: str, forms: tuple[Mapping[str, str], ...] = ()) -> None:
        """Give /tpm-review and press the buttons with these labels, each on the newest card.

        A form that a button opens is sent with the next of `forms`.
        """

    @abstractmethod
    async def leave(self, name: str) -> None:
        """Leave the channel."""

    @abstractmethod
    async def streak(self, name: str) -> str:
        """Give /tpm-streak; the first line that is shown."""

    @abstractmethod
    def store(self) -> Any:
        """The store, as an async context."""


async def play(month: Month) -> None:
    """The whole month."""
    for day in range(DAYS):
        here = [name for name in NAMES if name != LEAVER or day < LEAVES]
        await month.at(day, POSTED)
        await month.at(day, LOOKED)
        if day <= COMES_BACK:  # others were asked for what Femi let run out
            await _reviews(month, day)
        if day == LEAVES and month.leaves_unnoticed:
            await month.leave(LEAVER)
        await _say(month, day, FIRST_ROUND)
        if day == LEAVES and not month.leaves_unnoticed:
            await month.leave(LEAVER)
            await month.settled()
        if day == DECLINES:
            await _decline(month)
        await _say(month, day, [name for name in SECOND_ROUND if name in here])
        if len(here) < len(NAMES):  # two answers wait for the evening
            await month.at(day, LATER)
        await _reviews(month, day)
    await month.at(DAYS, POSTED)


async def _say(month: Month, day: int, names: Sequence[str]) -> None:
    for name in names:
        await month.say(name, f"{WORDS} {name} on day {day}.")
    await month.settled()


async def _reviews(month: Month, day: int) -> None:
    """Everybody who was asked gives what they owe.

    On the first day the group grows while it answers, and giving one review has others asked: all look again each time.
    """
    away = {NO_SHOW} if day < COMES_BACK else set()
    while owed := {name: rows for name, rows in (await _owed(month)).items() if name not in away}:
        for name in list(owed)[: None if day else 1]:
            await _give(month, name, owed[name])
        await month.settled()
        if day:
            break


async def _give(month: Month, name: str, rows: Sequence[tuple[str, bool]]) -> None:
    for number, (author, practice) in enumerate(rows):
        read = (f"Read {author}",) if len(rows) - number > 1 else ()
        first = practice and not number
        labels = (*read, *(("Write my review",) * (2 if first else 1)))
        await month.act(name, *labels, forms=(PRACTICE, REVIEW) if first else (REVIEW,))


async def _decline(month: Month) -> None:
    rows = (await _owed(month))[DECLINER]
    labels = ("I cannot review this",) if len(rows) == 1 else (f"Read {rows[0][0]}", "I cannot review this")
    await month.act(DECLINER, *labels)
    await month.settled()


async def _owed(month: Month) -> dict[str, list[tuple[str, bool]]]:
    """Name -> (author, whether practice comes before the form), for each review that is owed now."""
    async with month.store() as store:
        group_id = await _group(store, month.place)
        names = {member.id: member.name.lower() for member in await store.groups.members(group_id)}
        posts = {post.day: post for post in (await store.posts.all(group_id))[-5:]}
        found: dict[str, list[tuple[str, bool]]] = {}
        for duty in sorted(await store.peers.duties(group_id, list(posts)), key=lambda duty: duty.expires_at):
            if duty.is_open:
                notes = await store.peers.reviewer(group_id, duty.reviewer_id)
                new = not notes.calibrated and not notes.good_reviews
                practice = new and _has_practice(posts[duty.day].question_id)
                found.setdefault(names[duty.reviewer_id], []).append((names[duty.author_id], practice))
        return dict(sorted(found.items()))


def _has_practice(question_id: str) -> bool:
    library = packaged_library()
    emphasis = library.questions[question_id].emphasis
    rated = rated_sections(emphasis, [section.key for section in library.framework.sections])
    return choose(library.calibrations, rated) is not None


async def outcome(month: Month) -> dict[str, Any]:
    """What must be the same on every platform."""
    streaks = {name: await month.streak(name) for name in NAMES if name != LEAVER}
    async with month.store() as store:
        group_id = await _group(store, month.place)
        members = sorted(await store.groups.members(group_id), key=lambda member: member.name.lower())
        days = [post.day for post in await store.posts.all(group_id)][:DAYS]
        return {
            "streaks": streaks,
            "records": {each.name.lower(): await store.answers.record(group_id, each.id) for each in members},
            "left": [each.name.lower() for each in members if each.has_left],
            "duties": [await _duties(store, group_id, day) for day in days],
            "reviews": [await _reviews_of(store, group_id, day) for day in days],
            "dead": list(await store.jobs.dead()),
        }


async def _duties(store: Store, group_id: GroupId, day: date) -> Counter[str]:
    """How many duties for answers of a day ended in each way."""
    return Counter(duty.state.value for duty in await store.peers.duties(group_id, [day]))


async def _reviews_of(store: Store, group_id: GroupId, day: date) -> dict[str, tuple[int, int]]:
    """Author -> how many reviews their answer got, and how many of them stand in the chat."""
    names = {member.id: member.name.lower() for member in await store.groups.members(group_id)}
    found: dict[str, tuple[int, int]] = {}
    for author in await store.answers.of_day(group_id, day):
        given = [each for each in await store.peers.given(group_id, [day]) if each.answer_id == AnswerId(day, author)]
        stand = [await store.outbox.get(group_id, review_key(each)) for each in given]
        found[names[author]] = (len(given), sum(each is not None for each in stand))
    return dict(sorted(found.items()))


async def _group(store: Store, place: Place) -> GroupId:
    group_id = await store.groups.at(place)
    assert group_id is not None
    return group_id


def moment(monday: datetime, day: int, after: timedelta) -> datetime:
    """So long after half past eight on a day of the month."""
    return monday + timedelta(days=day) + after
