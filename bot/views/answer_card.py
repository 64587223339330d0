"""What a member hears about their answer, and how a form answer looks in the thread."""

from __future__ import annotations

from datetime import date

from bot.cards import MOST_CARD_CHARS, Attachment, Block, Bold, Button, Buttons, Card, Own, Quote, Text
from bot.domain.answer import Answer, Measure
from bot.domain.framework import Framework
from bot.domain.group import Member
from bot.views.cut import cut
from bot.views.notices import found

ROOM_CHARS = MOST_CARD_CHARS - 400


def saved(day: date, *, changed: bool, late: bool, feedback_follows: bool) -> Card:
    """After a form was sent."""
    if changed:
        text = "Saved. Your answer is changed; its feedback still speaks of the old text."
        return Card("saved", (Text((text,)), Buttons((Button("Review my edit", f"again:{day}"),))))
    first = "Saved, after the window: it gets feedback, but no streak." if late else "Saved. It counts for today."
    then = _then(feedback_follows=feedback_follows)
    return Card("saved", (Text((first + then,)),), data={"day": day.isoformat(), "late": late})


def counted(day: date, *, joined_existing: bool, late: bool, feedback_follows: bool) -> Card:
    """After [Count as my answer]."""
    if joined_existing:
        text = "Added to your answer."
        return Card("saved", (Text((text,)), Buttons((Button("Review my edit", f"again:{day}"),))))
    first = "Counted as your answer, after the window: no streak." if late else "Counted as your answer."
    return Card("saved", (Text((first + _then(feedback_follows=feedback_follows),)),))


def _then(*, feedback_follows: bool) -> str:
    return " Feedback comes in about a minute." if feedback_follows else " For feedback, type /tpm-feedback again."


def not_counted(day: date, message_id: str, size: Measure, *, answered: bool, addressed: bool) -> Card:
    """Once a day: why a message was read as talk, and how to count it."""
    if addressed:
        text = "You address another member, so I read this as talk."
    elif answered:
        text = "You have answered already, so I read this as talk."
    elif size.words == 0 and size.cjk_chars == 0:
        return Card("not-counted", (Text(("I found no words in that message, so it is not an answer.",)),))
    else:
        text = f"{found(size)} So I read this as talk. Write your answer in one message, or count this one."
    button = Button("Count as my answer", f"count:{day}:{message_id}")
    return Card("not-counted", (Text((text,)), Buttons((button,))), data={"words": size.words})


def shared(answer: Answer, member: Member, framework: Framework) -> Card:
    """A form answer, shown in the thread; what does not fit goes along as a file."""
    titles = {section.key: section.short for section in framework.sections}
    blocks: list[Block] = [Text((Bold("Answer by "), Own(member.name)))]
    room = ROOM_CHARS
    for part in answer.parts:
        title = titles.get(part.section or "")
        if title:
            blocks.append(Text((Bold(title),)))
        shown = cut(part.text, max(80, room))
        room -= len(shown) + 2 * shown.count("\n") + len(title or "")
        blocks.append(Quote(shown))
    whole = "\n\n".join(f"## {titles.get(part.section or '', 'Answer')}\n{part.text}" for part in answer.parts)
    fits = sum(len(part.text) + 2 * part.text.count("\n") for part in answer.parts) < ROOM_CHARS
    file = None if fits else Attachment(f"answer-{answer.day}.md", whole.encode())
    data = {"day": answer.day.isoformat(), "member": member.name, "version": answer.version}
    return Card("answer", tuple(blocks), data=data, file=file)
