"""An answer: what a member wrote for one post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain.group import MemberId
from bot.domain.prose import Measure, clean, measure, sentences

__all__ = [
    "FEWEST_CJK_CHARS",
    "FEWEST_WORDS",
    "FREE_TEXT",
    "JOIN_WITHIN",
    "JUDGED_CHARS",
    "MOST_CHARS",
    "SKEW",
    "Answer",
    "Measure",
    "Part",
    "as_form_parts",
    "as_form_values",
    "clean",
    "edited",
    "is_anew",
    "joined",
    "measure",
    "qualifies",
    "sentences",
    "with_message",
    "without",
]

SKEW = timedelta(seconds=60)
"""An answer carries the platform's time and what comes of it ours; the two may differ by so much."""
JOIN_WITHIN = timedelta(minutes=10)
FEWEST_WORDS = 40
FEWEST_CJK_CHARS = 80
MOST_CHARS = 40_000
"""Longer text is refused whole, never cut."""
JUDGED_CHARS = 12_000
"""The reviewer reads this much; the card says so when there is more."""
FREE_TEXT = "answer"
"""Key of the form field that is not a section."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an answer. `section` is the form field that the text came from: a section key, or FREE_TEXT."""

    message_id: str
    text: str
    sent_at: datetime
    section: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One for a member and post.

    Attributes:
        parts: in the order in which they were sent; a thread answer may have several messages.
        late: sent after the window: it gets feedback and reviewers, but no streak.
        version: goes up with every change of the text.
        begun_at: when it was first given, where its parts no longer say so; see `answered_at`.
    """

    member_id: MemberId
    day: date
    parts: tuple[Part, ...]
    late: bool = False
    version: int = 1
    begun_at: datetime | None = field(default=None, compare=False)

    @property
    def answered_at(self) -> datetime:
        """When it was first given, whatever was changed since."""
        return self.begun_at or self.parts[0].sent_at

    @property
    def by_form(self) -> bool:
        """Whether it came by form; each part then belongs to a field."""
        return any(part.section is not None for part in self.parts)

    @property
    def text(self) -> str:
        """The whole answer as one text."""
        return "\n".join(part.text for part in self.parts)


def qualifies(text: str) -> bool:
    """Whether a message is long enough to be an answer: 40 words, 80 CJK characters, or a mix that adds up to it."""
    if sum(token.isascii() and token.isalnum() for token in text.split()) >= FEWEST_WORDS:
        return True  # each plain token is a word; the closer look below takes ten times as long
    size = measure(text)
    return size.words * FEWEST_CJK_CHARS + size.cjk_chars * FEWEST_WORDS >= FEWEST_WORDS * FEWEST_CJK_CHARS


def as_form_parts(values: Mapping[str, str], message_id: str, sent_at: datetime) -> tuple[Part, ...]:
    """The filled fields of a form, in the form's order; empty when nothing readable was written."""
    return tuple(Part(message_id, text, sent_at, section=key) for key, text in values.items() if not _is_blank(text))


def as_form_values(answer: Answer) -> Mapping[str, str]:
    """What stands, as form values: by section where it came by form, else as one free text."""
    if answer.by_form:
        return {part.section: part.text for part in answer.parts if part.section is not None}
    return {FREE_TEXT: answer.text}


def with_message(values: Mapping[str, str], text: str, older: str | None = None) -> Mapping[str, str]:
    """Form values with a thread message added: as free text, or to the shortest field of a form that is begun.

    `older` is what the message said before, if it was added already: its new text takes that place. The same values
    when the text stands there.
    """
    begun = {key: value for key, value in values.items() if value.strip()}
    known = next((key for key, value in begun.items() if older and older in value), None)
    if known is not None and older is not None:
        return {**begun, known: begun[known].replace(older, text, 1)}
    if any(text in value for value in begun.values()):
        return begun
    key = min(begun, key=lambda each: len(begun[each]), default=FREE_TEXT)
    return {**begun, key: f"{begun[key]}\n\n{text}" if key in begun else text}


def joined(answer: Answer, part: Part) -> Answer:
    """`answer` with one more part at its place in time; the same object when that message is in it already."""
    if any(known.message_id == part.message_id and known.section == part.section for known in answer.parts):
        return answer
    return _changed(answer, tuple(sorted((*answer.parts, part), key=lambda each: each.sent_at)))


def edited(answer: Answer, message_id: str, text: str) -> Answer | None:
    """`answer` with the message's text replaced; None when nothing is left.

    The same object when nothing changes: the same text again, or a message that is no part of the answer. A message
    whose text becomes blank is left out; one that was several form fields becomes one text.
    """
    mine = [part for part in answer.parts if part.message_id == message_id]
    if not mine or (len(mine) == 1 and mine[0].text == text):
        return answer
    if _is_blank(text):
        return without(answer, message_id)
    new = replace(mine[0], text=text, section=mine[0].section if len(mine) == 1 else None)
    kept = (new if part is mine[0] else part for part in answer.parts if part is mine[0] or part not in mine)
    return _changed(answer, tuple(kept))


def without(answer: Answer, message_id: str) -> Answer | None:
    """`answer` without the message; None when nothing is left, the same object when the message is no part."""
    kept = tuple(part for part in answer.parts if part.message_id != message_id)
    if len(kept) == len(answer.parts):
        return answer
    return _changed(answer, kept) if kept else None


def is_anew(newest: Answer, read: Answer) -> bool:
    """Whether `newest` was given after `read` was withdrawn: it holds nothing of it, though versions may agree."""
    if newest.version <= read.version:
        return newest.parts != read.parts
    kept = {part.message_id for part in newest.parts} & {part.message_id for part in read.parts}
    return not kept and not newest.by_form


def _changed(answer: Answer, parts: tuple[Part, ...]) -> Answer:
    return replace(answer, parts=parts, version=answer.version + 1, begun_at=answer.answered_at)


def _is_blank(text: str) -> bool:
    return not clean(text).strip()
