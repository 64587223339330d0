"""A variant: the question of a day with one thing changed, put again a week later to a member who was weak there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.domain.answer import FEWEST_CJK_CHARS, FEWEST_WORDS, Answer, Part, measure
from bot.domain.duty import awake_from
from bot.domain.group import Member, MemberId, QuietHours
from bot.domain.needs import WANTED
from bot.domain.question import Question, lot
from bot.domain.review import Review, SectionReview, SelfCheck, Stamp
from bot.domain.schedule import Schedule
from bot.domain.second_shot import restricted

AFTER, UNTIL = timedelta(days=7), timedelta(days=10)
"""So long after the feedback it is put (issue 7, item 3); later than that it is dropped."""
SPAN_DAYS = 7
MOST_IN_SPAN = 2
"""At most two in any seven days (issue 7, item 3)."""
WEAK_BAND = 1
MOST_VARIANT_CHARS = 3_000
"""What a form field holds on every platform."""
SHORTER = 4
"""One section in five minutes: a quarter of the words that a whole answer needs."""
FIRST_HOUR, HOURS = 9, 11
"""For who set no time of their own it comes from 09:00 to 19:59, spread so that not all come in one hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One for an answer.

    Attributes:
        section: the section that was thin, and `before` its band then (0 or 1).
        change: what is different, as the question's notes say it.
        thin_at: when the feedback was made that found it thin.
        due_at: when it is to be put.
        asked_at: when it was; None until then.
        text, event, at: what the member wrote, the idempotency key of its form, and when; empty and None until then.
        after: the section as it was judged; None until then.
        check: what the member got instead, or meanwhile, when no model could judge.
        language: of the newest feedback, as a BCP 47 tag.
        stamp: what made `after`, with its cost.
    """

    member_id: MemberId
    day: date
    section: str
    before: int
    change: str
    thin_at: datetime
    due_at: datetime
    asked_at: datetime | None = None
    text: str = ""
    event: str = ""
    at: datetime | None = None
    after: SectionReview | None = None
    check: SelfCheck | None = None
    language: str = "en"
    stamp: Stamp | None = None
    made_at: datetime | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the member has tried it."""
        return self.at is not None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will come: it was judged, or a model will not judge it any more."""
        return self.after is not None or (self.check is not None and not self.check.retried)

    @property
    def is_owed(self) -> bool:
        """Whether the bot has something to do: put it, or judge it."""
        return self.asked_at is None or (self.is_answered and not self.is_settled)


def thin(review: Review) -> SectionReview | None:
    """The section that a member was weak in, of those that the question wants: the heaviest, then the weakest.

    None if there is none, and for an answer to another question, which says nothing of this one.
    """
    if review.off_topic:
        return None
    weak = [each for each in review.sections if each.weight >= WANTED and each.band is not None]
    weak = [each for each in weak if (each.band or 0) <= WEAK_BAND]
    return max(weak, key=lambda each: (each.weight, -(each.band or 0)), default=None)


def planned(review: Review, question: Question, member: Member, quiet: QuietHours, zone: str) -> Variant | None:
    """What is to be put to `member` after `review`, the same in every process; None if there is nothing to put.

    `quiet`: local hours in `zone` in which nothing is put.
    """
    section = thin(review)
    if section is None or not question.variants:
        return None
    seed = f"{member.id}|{review.day}"
    return Variant(
        member_id=member.id,
        day=review.day,
        section=section.key,
        before=section.band or 0,
        change=min(question.variants, key=lambda change: lot(seed, change)),
        thin_at=review.made_at,
        due_at=due_at(review, member, quiet, zone),
        language=review.language,
    )


def due_at(review: Review, member: Member, quiet: QuietHours, zone: str) -> datetime:
    """A week or a day more after `review`, at the member's own reminder time or at a drawn one, when they are awake."""
    draw = int.from_bytes(lot(f"{member.id}|{review.day}", "variant"), "big")
    drawn = time(FIRST_HOUR + draw // 2 % HOURS, draw // (2 * HOURS) % 60)
    start = review.made_at + AFTER + timedelta(days=draw % 2)
    daily = Schedule(zone=zone, at=member.remind_at or drawn, days=frozenset(range(1, 8)))
    upcoming = daily.next_due(start - timedelta(microseconds=1))
    return awake_from(upcoming[1] if upcoming else start, quiet, zone)


def varied(question: Question, variant: Variant) -> Question:
    """`question`, which has points for the section, as it is put: one thing changed, and no other section asked for."""
    changed = f"{question.prompt}\n\nDifferent this time, and above all that is given: {variant.change}."
    return replace(restricted(question, variant.section), prompt=changed)


def as_answer(variant: Variant, at: datetime) -> Answer:
    """What the member wrote, as it is judged; `at` stands in where nothing says when."""
    part = Part(variant.event, variant.text, variant.at or at)
    return Answer(member_id=variant.member_id, day=variant.day, parts=(part,))


def is_long_enough(text: str) -> bool:
    """Whether there is something to judge: 10 words, 20 CJK characters, or a mix that adds up to it."""
    size = measure(text)
    enough = size.words * FEWEST_CJK_CHARS + size.cjk_chars * FEWEST_WORDS
    return enough * SHORTER >= FEWEST_WORDS * FEWEST_CJK_CHARS
