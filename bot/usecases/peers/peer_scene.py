"""What is known of a group's peer reviews at one instant, read together: whoever decides about them decides on this."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from bot.domain.answer import SKEW, Answer
from bot.domain.duty import AnswerId, Duty, DutyState
from bot.domain.group import Group, Member, MemberId, QuietHours
from bot.domain.peer_plan import INBOX_AFTER
from bot.domain.peers import ACTIVE_POSTS, Circle, Pair, is_active, is_unwilling, mutual
from bot.domain.post import Post
from bot.ports import Ports

FEWEST_ACTIVE = 3
"""With so many members who take part, away or not, a group reviews by itself, unless somebody turned it off."""
OVERLOOKED_FOR = timedelta(days=3)
"""An answer that is older than this is nobody's work any more."""
NIGHT = QuietHours(time(22), time(8))
"""When nobody is told of reviews who has not set quiet hours of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One group at `now`.

    Attributes:
        rounds: how often reviewers were assigned before all else was read.
        posts: the last five that were sent, oldest first.
        members: everybody who is known here.
        active: who took part in one of these posts and is not away.
        regulars: by post, how many took part in it or in the four before, away or not.
        answers: to these posts; withdrawn ones are not there.
        duties: for answers to these posts, ended ones too.
        not_with: confidential, see `Circle`.
        met: see `Circle`.
    """

    group: Group
    now: datetime
    rounds: int
    posts: Sequence[Post]
    members: Mapping[MemberId, Member]
    active: frozenset[MemberId]
    regulars: Mapping[date, int]
    answers: Mapping[AnswerId, Answer]
    duties: Sequence[Duty]
    not_with: frozenset[frozenset[MemberId]]
    met: Mapping[Pair, int]

    @property
    def is_on(self) -> bool:
        """Whether reviewers are asked: as somebody decided, or because enough members take part."""
        return is_on(self.group, self.taking_part)

    @property
    def taking_part(self) -> int:
        """How many members take part these days, away or not."""
        return self.regulars[self.posts[-1].day] if self.posts else 0

    def close_after(self, moment: datetime) -> datetime | None:
        """The first close of a post after `moment`, which may be over by now."""
        closes = (post.closes_at for post in self.posts if post.closes_at is not None)
        return min((at for at in closes if at > moment), default=None)

    def waiting(self) -> dict[AnswerId, datetime]:
        """The answers that nobody was asked to review and that are not too old for it, and since when each waits."""
        over = self.now - INBOX_AFTER
        return {each: at for each, at in self._never_asked().items() if at > over}

    def overlooked(self) -> list[AnswerId]:
        """Answers that were to be reviewed and that nobody was asked about in time: the bot was away.

        None that was given while the group did not review, or before reviews were turned on.
        """
        since = self.now - OVERLOOKED_FOR
        if self.group.peers.on_since is not None:
            since = max(since, self.group.peers.on_since)
        late = [each for each, at in self._never_asked().items() if since < at <= self.now - INBOX_AFTER]
        return [each for each in late if is_on(self.group, self.regulars[each.day])]

    def _never_asked(self) -> dict[AnswerId, datetime]:
        return {each: answer.answered_at for each, answer in self.answers.items() if not self.of(each)}

    def of(self, answer_id: AnswerId) -> list[Duty]:
        """The duties for an answer as it stands: not those for one that its author took back before giving it."""
        answer = self.answers.get(answer_id)
        if answer is None:
            return []
        return current((duty for duty in self.duties if duty.answer_id == answer_id), answer)

    def may_read(self, reader: MemberId, answer_id: AnswerId) -> bool:
        """Whether `reader` may see the answer now: one to a sealed post only when their own is in."""
        post = next((post for post in self.posts if post.day == answer_id.day), None)
        answered = AnswerId(answer_id.day, reader) in self.answers
        return post is not None and (answered or not post.is_sealed(self.now))

    def circle(self, day: date) -> Circle:
        """Who may be asked about answers to the post of `day`."""
        by_reviewer = {who: list(theirs) for who, theirs in groupby(sorted(self.duties, key=_reviewer), key=_reviewer)}
        todays = [duty for duty in self.duties if duty.day == day]
        before = max((post.day for post in self.posts if post.day < day), default=None)
        return Circle(
            reviewers=self.active,
            not_with=self.not_with,
            barred={answer: self._barred(answer) for answer in self.answers},
            load={who: len(theirs) for who, theirs in by_reviewer.items()},
            unwilling=frozenset(who for who, theirs in by_reviewer.items() if is_unwilling(theirs)),
            met=self.met,
            mutual_before=mutual(_pair(duty) for duty in self.duties if duty.day == before),
            already=frozenset(map(_pair, todays)),
        )

    def standing(self, answer_id: AnswerId, reviewer: MemberId) -> Duty | None:
        """The duty that stands for this pair, ended or not."""
        pair = (answer_id, reviewer)
        return next((duty for duty in self.duties if (duty.answer_id, duty.reviewer_id) == pair), None)

    def _barred(self, answer: AnswerId) -> frozenset[MemberId]:
        """Who was asked before, but for those whose duty was called off; and who may not read."""
        asked = {duty.reviewer_id for duty in self.duties if duty.answer_id == answer and not _may_be_asked_again(duty)}
        return frozenset(asked | {reader for reader in self.active if not self.may_read(reader, answer)})


async def read(ports: Ports, group: Group, *, also: date | None = None) -> Scene:
    """Everything about the last five posts, and about that of the day `also`."""
    rounds = await ports.peers.rounds(group.id)  # first: an assignment rests on all that is read after it
    sent = [post for post in await ports.posts.all(group.id) if post.opened_at is not None]
    posts = [post for post in sent if post in sent[-ACTIVE_POSTS:] or post.day == also]
    days = [post.day for post in posts]
    members = {member.id: member for member in await ports.groups.members(group.id)}
    records, answers, duties, not_with, met = await asyncio.gather(
        _records(ports, group, list(members.values())),
        _answers(ports, group, days),
        ports.peers.duties(group.id, days),
        ports.peers.not_with(group.id),
        ports.peers.met(group.id),
    )
    return Scene(
        group=group,
        now=ports.clock.now(),
        rounds=rounds,
        posts=posts,
        members=members,
        active=_active(ports, group, members, taking_part(records, sent[-1].number)) if sent else frozenset(),
        regulars={post.day: len(taking_part(records, post.number)) for post in posts},
        answers=answers,
        duties=duties,
        not_with=frozenset(map(frozenset, not_with)),
        met=met,
    )


async def _records(ports: Ports, group: Group, members: Sequence[Member]) -> dict[MemberId, bytes]:
    """What is known of when each member who is here took part."""
    here = [member.id for member in members if not member.has_left]
    records = await asyncio.gather(*(ports.answers.record(group.id, member_id) for member_id in here))
    return dict(zip(here, records, strict=True))


def taking_part(records: Mapping[MemberId, bytes], number: int) -> frozenset[MemberId]:
    """Who took part in post `number` or the four before it."""
    return frozenset(member_id for member_id, record in records.items() if is_active(record, number))


def _active(
    ports: Ports, group: Group, members: Mapping[MemberId, Member], regulars: frozenset[MemberId]
) -> frozenset[MemberId]:
    today = group.schedule.local_day(ports.clock.now())
    return frozenset(member_id for member_id in regulars if not members[member_id].is_away(today))


async def reviews_now(ports: Ports, group: Group) -> bool:
    """Whether the group reviews, without reading more than that takes."""
    if group.peers.on is not None:
        return group.peers.on
    sent = [post for post in await ports.posts.all(group.id) if post.opened_at is not None]
    records = await _records(ports, group, await ports.groups.members(group.id))
    return is_on(group, len(taking_part(records, sent[-1].number)) if sent else 0)


def is_on(group: Group, regulars: int) -> bool:
    """Whether a group in which so many members take part reviews."""
    return regulars >= FEWEST_ACTIVE if group.peers.on is None else group.peers.on


def current(duties: Iterable[Duty], answer: Answer) -> list[Duty]:
    """Of the duties for an answer, those that came after it was given: it may have been taken back and given anew."""
    return [duty for duty in duties if (duty.ended_at or duty.expires_at) >= answer.answered_at - SKEW]


async def _answers(ports: Ports, group: Group, days: Sequence[date]) -> dict[AnswerId, Answer]:
    of_days = await asyncio.gather(*(ports.answers.of_day(group.id, day) for day in days))
    return {AnswerId(day, who): each for day, found in zip(days, of_days, strict=True) for who, each in found.items()}


def _may_be_asked_again(duty: Duty) -> bool:
    return duty.state is DutyState.CALLED_OFF


def _reviewer(duty: Duty) -> MemberId:
    return duty.reviewer_id


def _pair(duty: Duty) -> Pair:
    return duty.author_id, duty.reviewer_id
