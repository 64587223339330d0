"""What the core needs from the outside, as small Protocols, and the bundle that use cases take first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.cards import Card
from bot.domain.answer import Answer
from bot.domain.framework import Framework
from bot.domain.group import Group, GroupId, Member, MemberId, MessageRef, Place
from bot.domain.post import Post, PostState
from bot.domain.question import Fact, Question
from bot.domain.review import Reading, Review, SelfCheck, Stamp
from bot.domain.streak import Took


class Clock(Protocol):
    """Time is an argument. It comes from Redis, not from the host (or stands still in a script)."""

    def now(self) -> datetime:
        """The aware UTC instant."""
        ...


# Chat: everything that the bot starts by itself.


class Where(StrEnum):
    """What kind of place a message goes to."""

    CHANNEL = "channel"
    THREAD = "thread"
    DIRECT = "dm"
    ONLY_YOU = "only-you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a message goes.

    Attributes:
        thread: the post whose thread it is, for THREAD (and ONLY_YOU inside a thread).
        member: who it is for: required for DIRECT and ONLY_YOU, and names the addressee in a THREAD.
    """

    where: Where
    place: Place
    thread: MessageRef | None = None
    member: MemberId | None = None


class Chat(Protocol):
    """One chat platform. Every method may raise ChatBusy, ChatRefused or ChatUnsure."""

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        """Send once, never retry by itself. `key` travels with the message so that `find` can see it."""
        ...

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        """Every message that stands and was sent with `key` at or after `since`, oldest first."""
        ...

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Replace the message. A message that is gone is no error."""
        ...

    async def delete(self, message: MessageRef) -> None:
        """Remove the message. A message that is gone is no error."""
        ...

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        """Show a passing sign of work; an empty text clears it. Never raises: it is only a courtesy."""
        ...


# Store: one truth, in Redis. Every method may raise StoreDown.


class Groups(Protocol):
    """Groups and their members."""

    async def create(self, group: Group) -> bool:
        """Store a new group; False if its place already has one."""
        ...

    async def get(self, group_id: GroupId) -> Group | None: ...

    async def at(self, place: Place) -> GroupId | None: ...

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


class Posts(Protocol):
    """The daily posts of a group, keyed by local date."""

    async def choose(self, group_id: GroupId, day: date, due_at: datetime, question_id: str) -> Post:
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
        self, group_id: GroupId, day: date, message: MessageRef, opened_at: datetime, closes_at: datetime
    ) -> Post:
        """Record the post as sent (the first writer wins) and close the one before at `opened_at` at the latest."""
        ...

    async def settle(self, group_id: GroupId, day: date, state: PostState) -> Post:
        """Record MISSED or SKIPPED unless it was sent; the post that stands."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Something owed: an entry of the agenda, `kind:group:ref`."""

    kind: str
    group_id: GroupId
    ref: str


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
        took: the member's byte for this post; None leaves it.
        job, due_at: what becomes owed; None adds nothing.
    """

    member_id: MemberId
    day: date
    number: int
    event: str
    answer: Answer | None
    expected_version: int
    took: Took | None = None
    job: Job | None = None
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

    async def aside(
        self, group_id: GroupId, day: date, member_id: MemberId, message_id: str
    ) -> str | None: ...

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


# Jobs: the agenda.


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A claimed job. `fence` goes up with every claim; `tries` counts starts."""

    job: Job
    fence: int
    tries: int


class Jobs(Protocol):
    """What is owed, and when. Leases with fences; any number of processes."""

    async def add(self, job: Job, due_at: datetime) -> None:
        """Owe `job` at `due_at`; a job that is already owed moves there (its tries start anew)."""
        ...

    async def restore(self, jobs: Sequence[tuple[Job, datetime]]) -> int:
        """Owe each job that is not on the agenda; how many were missing."""
        ...

    async def drop(self, job: Job) -> None: ...

    async def claim(self, now: datetime, *, limit: int, lease: timedelta) -> Sequence[Lease]:
        """Take jobs that are due; until `now + lease` nobody else can."""
        ...

    async def renew(self, leases: Sequence[Lease], now: datetime, *, lease: timedelta) -> None: ...

    async def settle(self, lease: Lease, *, again_at: datetime | None = None, fresh: bool = False) -> bool:
        """Done, or owed again at `again_at` (`fresh`: tries start anew). False if the fence has moved."""
        ...

    async def bury(self, lease: Lease, why: str) -> bool:
        """Stop trying; it stays in the list of the dead."""
        ...

    async def dead(self) -> Sequence[tuple[Job, str]]: ...

    async def next_due(self) -> datetime | None: ...

    async def owed(self, job: Job) -> datetime | None: ...


# Reviewer, library, money.


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """One answer to be read. `sentences` are its numbered sentences, first is number 1; `facts` what claims are held against."""

    question: Question
    sentences: Sequence[str]
    facts: Sequence[Fact]
    member_key: str
    """An opaque hash of the member, for the model's abuse checks; no name, no platform id."""


class Reviewer(Protocol):
    """Reads an answer. Raises ReviewerBusy, ReviewerDeclined or ReviewerDown."""

    def estimate_usd(self, request: ReviewRequest) -> float:
        """What a review of this request is expected to cost."""
        ...

    async def read(self, request: ReviewRequest) -> tuple[Reading, Stamp]: ...


class Library(Protocol):
    """Framework, questions and facts. Reading it never fails after start."""

    @property
    def framework(self) -> Framework: ...

    @property
    def questions(self) -> Mapping[str, Question]:
        """The bank by id, retired ones included (an old post may need its question)."""
        ...

    @property
    def facts(self) -> Mapping[str, Fact]: ...

    async def nearest_facts(self, text: str, count: int) -> Sequence[Fact]: ...


class SelfChecker(Protocol):
    """The last rung of feedback: the question's points as questions to oneself. It judges nothing and never fails."""

    def __call__(
        self, question: Question, answer: Answer, *, reason: str, retried: bool, made_at: datetime
    ) -> SelfCheck: ...


class Purse(Protocol):
    """What the model may cost on one UTC day."""

    async def take(self, day: date, member: MemberId, usd: float) -> bool:
        """Set `usd` aside; False (and nothing taken) if the day's or the member's budget would be passed."""
        ...

    async def adjust(self, day: date, member: MemberId, usd: float) -> None:
        """Add `usd` (may be negative) when the true cost is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of `doctor`. `fix` says what to do; it is empty when `ok`."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything a use case may need.

    Attributes:
        reviewer: None when no model is set up.
        wake: says that fresh work is on the agenda.
        checks: what `doctor` looks at outside the group: settings, Redis, the model endpoint, the clock.
    """

    clock: Clock
    chat: Chat
    groups: Groups
    posts: Posts
    answers: Answers
    outbox: Outbox
    jobs: Jobs
    library: Library
    purse: Purse
    reviewer: Reviewer | None
    self_check: SelfChecker
    wake: Callable[[], None]
    checks: Callable[[], Awaitable[Sequence[Check]]]
    member_key: Callable[[GroupId, MemberId], str]
