"""The bank of a group: the packaged questions and its own, and what stands in its queue. Methods may raise StoreDown.

A group's own question never has the id of a packaged one. To change a packaged question a group retires it and adds a
question of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bot.domain.choosing import Pick
from bot.domain.group import GroupId
from bot.domain.question import Question


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a group has changed of the packaged bank.

    Attributes:
        own: id -> the group's own questions, its retired ones too.
        retired: ids of packaged questions that it does not want to be asked.
    """

    own: Mapping[str, Question] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()


class Shelves(Protocol):
    """Where the shelves of all groups are kept."""

    async def get(self, group_id: GroupId) -> Shelf:
        """The shelf of a group; an empty one if it has changed nothing."""
        ...

    async def put(self, group_id: GroupId, questions: Sequence[Question]) -> None:
        """Store questions of the group's own, all or none; those that stood under their ids are replaced."""
        ...

    async def add(self, group_id: GroupId, question: Question) -> bool:
        """Store a question of the group's own; False, and nothing is changed, if its id is taken there."""
        ...

    async def retire(self, group_id: GroupId, question_id: str, *, on: bool = True) -> None:
        """Retire a packaged question, or take that back."""
        ...


class Bank(Protocol):
    """All questions of a group. An old post may need a retired one, so they are here too."""

    async def of(self, group_id: GroupId) -> Mapping[str, Question]:
        """Id -> question. What the packaged bank or the group has retired has the status `retired`."""
        ...

    async def question(self, group_id: GroupId, question_id: str) -> Question | None:
        """One question, as it was asked: retiring it changes nothing here. Packaged ones cost no round trip."""
        ...

    async def alike(self, group_id: GroupId, text: str, most: int) -> Sequence[Question]:
        """At most `most` questions that ask nearly the same as `text`, the most alike first; maybe none."""
        ...

    async def double_of(self, group_id: GroupId, question: Question) -> Question | None:
        """The question that `question` is nearly the same as, by prompt or givens; not itself, and no retired one."""
        ...


class Queue(Protocol):
    """What facilitators have decided for days to come: local date -> pick. Other days are chosen when they come."""

    async def picks(self, group_id: GroupId) -> Mapping[date, Pick]:
        """Everything that is decided, days that are over too until they are removed."""
        ...

    async def put(self, group_id: GroupId, picks: Sequence[Pick]) -> None:
        """Decide these days; what stood there is replaced. All of them or none."""
        ...

    async def remove(self, group_id: GroupId, days: Sequence[date]) -> None:
        """Leave these days to be chosen when they come."""
        ...

    async def propose(self, group_id: GroupId, first: date, picks: Sequence[Pick]) -> Sequence[Pick]:
        """Keep the proposal for the week that begins on `first`. The first one wins; the one that stands."""
        ...

    async def proposal(self, group_id: GroupId, first: date) -> Sequence[Pick]:
        """The proposal for that week; empty if there is none."""
        ...
