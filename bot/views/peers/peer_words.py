"""What is said about peer reviews in a sentence or two: refusals, doubts, where the reviews of an answer stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.cards import Span
from bot.domain.group import Group
from bot.domain.peer_checks import Remark
from bot.domain.peer_plan import INBOX_AFTER
from bot.domain.peer_review import MOST_TEXT_CHARS
from bot.views.when import moment

BANDS = ("nothing on it", "only named", "one point is specific", "several points are specific", "specific and weighed")
"""A band in words; its index is the band."""
CHOICES = (
    ("nothing", "Nothing on it (0)"),
    ("named", "Named, and no more (1)"),
    ("one", "One point is specific (2)"),
    ("several", "Several points are specific (3)"),
    ("weighed", "Also weighed or counted, with its effect (4)"),
)
"""The same as choices in a form, by band. Words, for a keyboard numbers the choices from 1 and bands begin at 0."""

REMARKS: Mapping[Remark, str] = {
    Remark.EMPTY: "This is empty. One or two sentences are enough.",
    Remark.TOO_LONG: f"This is longer than {MOST_TEXT_CHARS:,} characters. What you typed is kept; please shorten it.",
    Remark.NO_BAND: "Please choose how far this section came.",
    Remark.NO_QUOTE: "Which words of the answer show this? A quote helps. If you mean it as it is, send it again.",
    Remark.ONLY_PRAISE: "What could be tried? So far this only praises. If you mean it as it is, send it again.",
    Remark.NO_PLACE: "Where in the answer is this? Name the place. If you mean it as it is, send it again.",
    Remark.NO_QUESTION: "I see no question here. What would you ask? If you mean it as it is, send it again.",
    Remark.REWRITES: "Can this ask, and leave the writing to them? If you mean it as it is, send it again.",
}

NOBODY_FREE: tuple[Span, ...] = ("nobody is free to review it yet; I look again every hour.",)
OFF = "Peer reviews are off in this group."
NOT_YET_ON = "Peer reviews begin by themselves when three members take part."
NOTHING_OWED = "You owe no review."
NO_SUCH_ANSWER = "That answer is no longer here: its author took it back, or it is too old. You owe nothing for it."
OWN_ANSWER = "That is your own answer. Others review it."
NOT_YOURS_TO_REVIEW = "You cannot review that answer. /tpm-review shows what you can review."
AFTER_THE_CLOSE = (
    "This question is sealed: you can review it when your own answer is in, or when the question closes. "
    "Whatever you typed is kept."
)
GIVEN_BEFORE = "You have given your review of this answer. Thank you; there is nothing more to do."
ALREADY_GIVEN = (
    "You gave your review of this answer already, and that one stands. What you typed now is in the file, "
    "so that it is not lost."
)
DECLINED = "Thank you for saying so. I ask somebody else now."
NOTHING_TO_DECLINE = "You owe no review of that answer any more, so there is nothing to decline."
REVIEW_GONE = "That review is no longer here."
OWN_REVIEW = "That is your own review."
ONLY_AUTHOR = "Only the author of the answer can say that a review was used."
NOTED_BEFORE = "I noted that before."
NO_REVIEWS = "No member has reviewed this answer yet."
NOT_WITH_FORM = "Name one member, such as /tpm-me not-with ben. The same again takes them off. Nothing was changed."
NOT_WITH_SELF = "You never review yourself. Nothing was changed."
CHOOSE_BAND = "Please choose a band for each excerpt."
NOT_READY = "That calibration is no longer here. /tpm-review goes on."


def standing(given: int, asked: int, group: Group, *, next_by: datetime | None, held: bool) -> tuple[Span, ...]:
    """How many of the reviews of an answer are in. `next_by`: when the next one that is owed is due at the latest."""
    if held:
        them = "1 is in, and opens" if given == 1 else f"{given} are in, and open"
        return (f"{them} when you have given one for this question: /tpm-review",)
    if given and given == asked:
        return ("1 is in." if given == 1 else f"{given} are in.",)
    by: tuple[Span, ...] = (moment(next_by, group),) if next_by else ("soon",)
    if given:
        other = "the other" if asked - given == 1 else "the others"
        return (f"{given} of {asked} {'is' if given == 1 else 'are'} in, {other} by ", *by, ".")
    who = f"{asked} members are asked, the first review is" if asked > 1 else "one member is asked, the review is"
    return (f"{who} due by ", *by, ".")


def waiting(round_at: datetime | None, group: Group) -> tuple[Span, ...]:
    """Nobody was asked yet."""
    if round_at is None:
        return ("reviewers will be asked soon.",)
    return ("reviewers are asked by ", moment(round_at, group), ".")


def searching() -> tuple[Span, ...]:
    """Nobody owes one now."""
    return ("nobody has it now; I am looking for somebody to review it.",)


def with_facilitator() -> tuple[Span, ...]:
    """It took too long."""
    return (f"none came in {int(INBOX_AFTER.total_seconds() // 3600)} hours, so a facilitator has it now.",)
