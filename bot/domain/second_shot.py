"""A second shot: one section of an answer, written again after its feedback; that section alone is judged again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.answer import FREE_TEXT, JUDGED_CHARS, SKEW, Answer, Part, clean, sentences
from bot.domain.group import MemberId
from bot.domain.question import Question
from bot.domain.review import Review, SectionReview, SelfCheck, Stamp

LIFE = timedelta(hours=48)
"""So long after its feedback a section can be written again (issue 6)."""
MOST_SHOT_CHARS = 3_000
"""What a form field holds on every platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondShot:
    """One for an answer.

    Attributes:
        section: which one was written again.
        text: its new text.
        event: the idempotency key of the form that brought it.
        before: the section as it was judged, in the feedback of answer version `version`.
        language: of that feedback, as a BCP 47 tag.
        after: the section as it was judged again; None until then.
        check: what the member got instead, or meanwhile, when no model could judge.
        stamp: what made `after`, with its cost.
    """

    member_id: MemberId
    day: date
    section: str
    version: int
    text: str
    event: str
    at: datetime
    before: SectionReview
    language: str = "en"
    after: SectionReview | None = None
    check: SelfCheck | None = None
    stamp: Stamp | None = None
    made_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will come: it was judged, or a model will not judge it any more."""
        return self.after is not None or (self.check is not None and not self.check.retried)


def is_about(shot: SecondShot, answer: Answer) -> bool:
    """Whether it belongs to this answer, in whatever version: not to one that was taken back before it was given."""
    return shot.at >= answer.answered_at - SKEW


def closes_at(review: Review) -> datetime:
    """Until when a section can be written again."""
    return review.made_at + LIFE


def sections_of(review: Review) -> tuple[SectionReview, ...]:
    """Those that may be written again: all that the question weighs."""
    return tuple(section for section in review.sections if section.weight > 0)


def own_text(answer: Answer, section: SectionReview) -> str:
    """What the member wrote for a section: its field of a form, else the sentences that its feedback quotes."""
    if _has_fields(answer):
        return "\n".join(part.text for part in answer.parts if part.section == section.key)
    quoted = _quoted(section)
    return "\n".join(each for each in sentences(answer.text) if each in quoted)


def rewritten(answer: Answer, section: SectionReview, text: str) -> Answer:
    """`answer` as it is judged now: the new text in place of what `own_text` gives, and the rest as it stands.

    Of an answer that is longer than a reviewer reads, the new text comes first.
    """
    if _has_fields(answer):
        kept = [part.text for part in answer.parts if part.section != section.key]
        places = [number for number, part in enumerate(answer.parts) if part.section == section.key]
    else:
        quoted, every = _quoted(section), sentences(answer.text)
        kept = [each for each in every if each not in quoted]
        places = [number for number, each in enumerate(every) if each in quoted]
    at = min(places, default=len(kept))
    if len(clean(answer.text)) + len(text) > JUDGED_CHARS:
        at = 0
    whole = "\n".join((*kept[:at], text, *kept[at:]))
    first = answer.parts[0]
    return replace(answer, parts=(Part(first.message_id, whole, first.sent_at),), begun_at=answer.answered_at)


def restricted(question: Question, key: str) -> Question:
    """`question`, which has points for its section `key`, asking for that section and no other."""
    points = question.look_for.get(key, ())
    ids = {point.id for point in points}
    return replace(
        question,
        emphasis={name: weight if name == key else 0 for name, weight in question.emphasis.items()},
        look_for={key: points},
        probes=tuple(probe for probe in question.probes if probe.point_id in ids),
    )


def quotes(section: SectionReview) -> tuple[str, ...]:
    """The member's own words that earned a section something, each once."""
    return tuple(dict.fromkeys(quote for point in section.points for quote in point.quotes))


def _has_fields(answer: Answer) -> bool:
    """Whether the answer came in a form with a field for each section."""
    return answer.by_form and all(part.section != FREE_TEXT for part in answer.parts)


def _quoted(section: SectionReview) -> frozenset[str]:
    facets: Iterable[str] = (quote for found in section.facets.values() for quote in found)
    return frozenset((*quotes(section), *facets))
