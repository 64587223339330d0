"""The Bank port: the packaged questions, and what each group has changed of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.group import GroupId
from bot.domain.question import RETIRED, Question
from bot.infra.library.alike import alike
from bot.infra.library.doubles import resembled
from bot.ports import Library, Shelves


class GroupBank:
    """The Bank port on a library, which is read anew each time: it may be loaded again, and on the groups' shelves."""

    def __init__(self, library: Library, shelves: Shelves) -> None:
        self._library = library
        self._shelves = shelves

    async def of(self, group_id: GroupId) -> Mapping[str, Question]:
        shelf = await self._shelves.get(group_id)
        packaged = self._library.questions
        retired = {name: replace(packaged[name], status=RETIRED) for name in shelf.retired if name in packaged}
        return {**shelf.own, **packaged, **retired}

    async def question(self, group_id: GroupId, question_id: str) -> Question | None:
        packaged = self._library.questions.get(question_id)
        return packaged or (await self._shelves.get(group_id)).own.get(question_id)

    async def alike(self, group_id: GroupId, text: str, most: int) -> Sequence[Question]:
        """At most `most` questions that ask nearly the same; the comparing is done in a thread."""
        bank = await self.of(group_id)
        found = await asyncio.to_thread(alike, text, bank.values(), most)
        return [question for question, _ in found]

    async def double_of(self, group_id: GroupId, question: Question) -> Question | None:
        """The nearest question that is nearly the same; the comparing is done in a thread."""
        bank = await self.of(group_id)
        others = [each for each in bank.values() if each.id != question.id]
        found = await asyncio.to_thread(lambda: next(resembled([question], others), None))
        return found.first if found else None
