"""A group's own questions, and what its members suggested, left in forms and took as hints, in Redis."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.group import GroupId, MemberId
from bot.domain.question import Question
from bot.domain.suggestion import Suggestion, SuggestionState
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load, text
from bot.infra.redis.keys import TALK_S, Keys
from bot.infra.redis.scripts import Argument
from bot.ports import Shelf

MOST_KNOWN = 500
"""Shelves that a process keeps read; it forgets them all when there are more."""


class RedisShelves:
    """The `Shelves` port. A shelf is read again when its stamp has changed."""

    def __init__(self, client: Client) -> None:
        self._redis = client
        self._known: dict[GroupId, tuple[bytes, Shelf]] = {}

    async def get(self, group_id: GroupId) -> Shelf:
        stamp: bytes | None = await self._redis.call("HGET", Keys.shelf(group_id), "stamp")
        if stamp is None:
            return Shelf()
        known = self._known.get(group_id)
        if known is not None and known[0] == stamp:
            return known[1]
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.shelf(group_id))
        shelf = _shelf(stored)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[group_id] = (stored.get(b"stamp", b""), shelf)
        return shelf

    async def put(self, group_id: GroupId, questions: Sequence[Question]) -> None:
        """Store these, all or none, in one script; those that stood under their ids are replaced."""
        if questions:
            await self._write(group_id, "", [(_own(each.id), dump(Question, each)) for each in questions])

    async def add(self, group_id: GroupId, question: Question) -> bool:
        """Store one; False, and nothing is changed, if its id is taken."""
        return await self._write(group_id, _own(question.id), [(_own(question.id), dump(Question, question))])

    async def retire(self, group_id: GroupId, question_id: str, *, on: bool = True) -> None:
        """Retire a packaged question, or take that back."""
        await self._write(group_id, "", [(f"off|{question_id}", b"1" if on else b"")])

    async def _write(self, group_id: GroupId, absent: str, fields: Sequence[tuple[str, bytes]]) -> bool:
        arguments: list[Argument] = [part for pair in fields for part in pair]
        stamp = secrets.token_hex(8)
        return bool(await self._redis.script("shelve", [Keys.shelf(group_id)], absent, stamp, *arguments))


class RedisSuggestions:
    """The `Suggestions` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def keep(self, group_id: GroupId, suggestion: Suggestion) -> bool:
        field = f"{suggestion.id}|{suggestion.member_id}"
        raw = dump(Suggestion, suggestion)
        return bool(await self._redis.call("HSETNX", Keys.suggestions(group_id), field, raw))

    async def all(self, group_id: GroupId) -> Sequence[Suggestion]:
        stored: list[bytes] = await self._redis.call("HVALS", Keys.suggestions(group_id))
        found = [load(Suggestion, raw) for raw in stored]
        return sorted(found, key=lambda suggestion: (suggestion.at, suggestion.id))

    async def close(
        self, group_id: GroupId, suggestion_id: str, state: SuggestionState, closed_at: datetime, *,
        note: str = "", question_id: str = "",
    ) -> Suggestion | None:  # fmt: skip
        key = Keys.suggestions(group_id)
        while True:
            stored: dict[bytes, bytes] = await self._redis.call("HGETALL", key)
            field = next((raw for raw in stored if text(raw).partition("|")[0] == suggestion_id), None)
            if field is None:
                return None
            standing = load(Suggestion, stored[field])
            if standing.state is not SuggestionState.OPEN:
                return standing
            new = replace(standing, state=state, closed_at=closed_at, note=note, question_id=question_id)
            if await self._redis.script("swap", [key], field, stored[field], dump(Suggestion, new)):
                return new


class RedisFormDrafts:
    """The `FormDrafts` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def save(self, group_id: GroupId, member_id: MemberId, form: str, values: Mapping[str, str]) -> None:
        key = Keys.form_drafts(group_id, member_id)
        if values:
            raw = dump(dict[str, str], dict(values))
            await self._redis.batch([("HSET", key, form, raw), ("EXPIRE", key, TALK_S)])
        else:
            await self._redis.call("HDEL", key, form)

    async def get(self, group_id: GroupId, member_id: MemberId, form: str) -> Mapping[str, str]:
        """What was kept; empty if nothing is."""
        raw = await self._redis.call("HGET", Keys.form_drafts(group_id, member_id), form)
        return {} if raw is None else load(dict[str, str], raw)

    async def all(self, group_id: GroupId, member_id: MemberId) -> Mapping[str, Mapping[str, str]]:
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.form_drafts(group_id, member_id))
        return {text(form): load(dict[str, str], raw) for form, raw in sorted(stored.items())}


class RedisHints:
    """The `HintsTaken` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def see(self, group_id: GroupId, day: date, member_id: MemberId, level: int) -> int:
        return int(await self._redis.script("hint", [Keys.hints(group_id, day)], member_id, level))

    async def seen(self, group_id: GroupId, day: date, member_id: MemberId) -> int:
        return int(await self._redis.call("HGET", Keys.hints(group_id, day), member_id) or 0)


def _own(question_id: str) -> str:
    return f"own|{question_id}"


def _shelf(stored: dict[bytes, bytes]) -> Shelf:
    own = {text(field)[4:]: load(Question, raw) for field, raw in stored.items() if field.startswith(b"own|")}
    retired = frozenset(text(field)[4:] for field in stored if field.startswith(b"off|"))
    return Shelf(dict(sorted(own.items())), retired)
