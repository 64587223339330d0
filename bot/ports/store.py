"""Store: one truth, in Redis. Every method may raise StoreDown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.answer import Answer
from bot.domain.group import Group, GroupId, Member, MemberId, MessageRef, Place
from bot.domain.picks import Pick
from bot.domain.post import Post, PostState
from bot.domain.review import Review, SelfCheck
from bot.domain.streak import Took
from bot.ports.jobs import Job


class Groups(Protocol):
    """Groups and their members."""

    async def create(self, group: Group) -> bool:
        """Store a new group; False if its place already has one."""
        ...

    async def get(self, group_id: GroupId) -> Group | None: ...

    async def at(self, place: Place) -> GroupId | None: ...

    async def of(self, platform: str, workspace: str, member_id: MemberId) -> Sequence[Group]:
        """The groups of a workspace in which somebody is a member or an admin, in no order."""
        ...

    def all_ids(self) -> AsyncIterator[GroupId]: ...

    async def update(self, group_id: GroupId, change: Callable[[Group], Group]) -> Group:
        """Change without losing a concurrent change (`change` may run again). Raises KeyError if absent."""
        ...

    async def join(self, group_id: GroupId, member: Member) -> Member:
        """Store `member` unless known; the stored one, with a changed name followed."""
        ...

    async def member(self, group_id: GroupId, member_id: MemberId) -> Member | None: ...

    async def members(self, group_id: GroupId) -> Sequence[Member]: ...

    async def update_member(
        self, group_id: GroupId, member_id: MemberId, change: Callable[[Member], Member]
    ) -> Member: ...

    async def forget(self, group_id: GroupId, member_id: MemberId) -> Mapping[str, int]:
        """Erase everything of a member; what was erased: thing -> how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLook:
    """What one read says before a question is posted.

    Attributes:
        group: None if it is gone.
        posts: all of the group, oldest first.
        decided: what facilitators have decided, as `Queue.picks` gives it.
    """

    group: Group | None
    posts: Sequence[Post]
    decided: Mapping[date, Pick]


class Posts(Protocol):
    """The daily posts of a group, keyed by local date."""

    async def look(self, group_id: GroupId) -> PostLook:
        """Everything about a group that its next post depends on, in one round trip."""
        ...

    async def choose(
        self, group_id: GroupId, day: date, due_at: datetime, question_id: str, *, sealed: bool = False
    ) -> Post:
        """The post of `day`: the one that stands, else a new one with the next number."""
        ...

    async def get(self, group_id: GroupId, day: date) -> Post | None: ...

    async def all(self, group_id: GroupId) -> Sequence[Post]:
        """Every post, oldest first."""
        ...

    async def opened_by(self, group_id: GroupId, message_id: str) -> date | None:
        """The day whose post is the message `message_id`."""
        ...

    async def sent(
        self, group_id: GroupId, day: date, message: MessageRef, opened_at: datetime, closes_at: datetime,
        *, known: Sequence[Post] = (),
    ) -> Post:  # fmt: skip
        """Record the post as sent (the first writer wins) and close the one before at `opened_at` at the latest.

        `known`: all posts of the group as they were read a while ago, that of `day` among them. They are read again
        only if that is not how they stand.
        """
        ...

    async def settle(self, group_id: GroupId, day: date, state: PostState) -> Post:
        """Record MISSED or SKIPPED unless it was sent; the post that stands."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one read says before an answer is taken."""

    seen: bool
    post: Post | None
    member: Member | None
    answer: Answer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWrite:
    """One torn-proof write of an answer.

    Attributes:
        answer: the new state, or None to remove the text.
        expected_version: what stood before (0: nothing); the write is refused if it has changed.
        took: how the member answered this post: in their byte for it, ANSWERED and LATE become as they are here, and
            whatever else it holds stays; None leaves it as it is.
        job, due_at: what becomes owed; None adds nothing.
        second_job: what becomes owed with it, at the same time.
    """

    member_id: MemberId
    day: date
    number: int
    event: str
    answer: Answer | None
    expected_version: int
    took: Took | None = None
    job: Job | None = None
    second_job: Job | None = None
    due_at: datetime | None = None


class Answers(Protocol):
    """Answers, drafts, asides, records and reviews."""

    async def look(self, group_id: GroupId, day: date, member_id: MemberId, event: str) -> Look:
        """Everything needed to take an answer, in one round trip."""
        ...

    async def write(self, group_id: GroupId, change: AnswerWrite) -> bool:
        """Write once for each event, in one round trip; False if the version had moved (look again)."""
        ...

    async def get(self, group_id: GroupId, day: date, member_id: MemberId) -> Answer | None: ...

    async def of_day(self, group_id: GroupId, day: date) -> Mapping[MemberId, Answer]: ...

    async def record(self, group_id: GroupId, member_id: MemberId) -> bytes:
        """One byte a post, the byte of post number n at index n - 1; may be shorter than the number of posts."""
        ...

    async def save_draft(
        self, group_id: GroupId, day: date, member_id: MemberId, values: Mapping[str, str]
    ) -> None: ...

    async def draft(self, group_id: GroupId, day: date, member_id: MemberId) -> Mapping[str, str]: ...

    async def set_aside(self, group_id: GroupId, day: date, member_id: MemberId, message_id: str, text: str) -> bool:
        """Keep talk for a while so that it can still be counted; False if this member had talk kept this day."""
        ...

    async def aside(self, group_id: GroupId, day: date, member_id: MemberId, message_id: str) -> str | None: ...

    async def asides(self, group_id: GroupId, day: date, member_id: MemberId) -> Mapping[str, str]:
        """All talk of a member that is kept: message id -> text."""
        ...

    async def put_review(self, group_id: GroupId, review: Review | SelfCheck) -> None:
        """Keep the newest review of an answer; a SelfCheck never replaces a Review of the same version."""
        ...

    async def review(self, group_id: GroupId, day: date, member_id: MemberId) -> Review | SelfCheck | None: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The state of one message that the bot owes.

    Attributes:
        message: where it stands, once sent.
        look_first: it may already stand (an earlier try broke off, or memory was lost): find before sending.
        contested: it ever had two owners: look again after 3 minutes.
    """

    message: MessageRef | None
    look_first: bool
    contested: bool
    begun_at: datetime


class Outbox(Protocol):
    """Messages that must stand exactly once: `(nothing) -> sending -> sent`."""

    async def begin(self, group_id: GroupId, key: str, now: datetime) -> Outgoing:
        """Note that `key` is about to be sent."""
        ...

    async def release(self, group_id: GroupId, key: str) -> None:
        """A definite no: it was not sent."""
        ...

    async def sent(self, group_id: GroupId, key: str, message: MessageRef) -> MessageRef:
        """Record where it stands; the first writer wins, and its message is returned."""
        ...

    async def get(self, group_id: GroupId, key: str) -> MessageRef | None: ...

    async def drop(self, group_id: GroupId, key: str) -> None:
        """Forget it: its message was removed."""
        ...
