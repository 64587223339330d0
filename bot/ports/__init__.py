"""What the core needs from the outside, as small Protocols, and the bundle that use cases take first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.group import GroupId, MemberId
from bot.ports.bank import Bank, Queue, Shelf, Shelves
from bot.ports.chat import Chat, Target, Where
from bot.ports.jobs import ERASURE, MOST_STARTS, NO_LIMITS, REFUSED, Job, Jobs, Lease
from bot.ports.meter import Meter, Unmetered
from bot.ports.model import Library, Purse, Reviewer, ReviewRequest, SelfChecker
from bot.ports.peers import Peers, ReviewerNotes, ReviewWrite
from bot.ports.research import Doing, Researcher, ResearchRequest, Step, Told, Walkthroughs, Written
from bot.ports.second_shots import SecondShots
from bot.ports.store import Answers, AnswerWrite, Groups, Look, Outbox, Outgoing, PostLook, Posts
from bot.ports.suggestions import FormDrafts, HintsTaken, Suggestions
from bot.ports.variants import Variants

__all__ = [
    "ERASURE", "MOST_STARTS", "NO_LIMITS", "REFUSED", "AnswerWrite", "Answers", "Bank", "Chat", "Check", "Clock",
    "Doing", "FormDrafts", "Groups", "HintsTaken", "Job", "Jobs", "Lease", "Library", "Look", "Meter", "Outbox",
    "Outgoing", "Peers", "Ports", "PostLook", "Posts", "Purse", "Queue", "ResearchRequest", "Researcher",
    "ReviewRequest", "ReviewWrite", "Reviewer", "ReviewerNotes", "SecondShots", "SelfChecker", "Shelf", "Shelves",
    "Step", "Suggestions", "Target", "Told", "Unmetered", "Variants", "Walkthroughs", "Where", "Written",
]  # fmt: skip


class Clock(Protocol):
    """Time is an argument. It comes from Redis, not from the host (or stands still in a script)."""

    def now(self) -> datetime:
        """The aware UTC instant."""
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
        reviewer, researcher: None when no model is set up.
        wake: says that fresh work is on the agenda.
        checks: what `doctor` looks at outside the group: settings, Redis, the model endpoint, the clock.
    """

    clock: Clock
    chat: Chat
    groups: Groups
    posts: Posts
    answers: Answers
    peers: Peers
    shots: SecondShots
    variants: Variants
    outbox: Outbox
    jobs: Jobs
    library: Library
    bank: Bank
    queue: Queue
    shelves: Shelves
    suggestions: Suggestions
    drafts: FormDrafts
    hints: HintsTaken
    purse: Purse
    reviewer: Reviewer | None
    self_check: SelfChecker
    wake: Callable[[], None]
    checks: Callable[[], Awaitable[Sequence[Check]]]
    member_key: Callable[[GroupId, MemberId], str]
    walkthroughs: Walkthroughs
    researcher: Researcher | None = None
    meter: Meter = field(default_factory=Unmetered)
