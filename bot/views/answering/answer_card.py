"""What a member hears about their answer, and how a form answer looks in the thread."""

from __future__ import annotations

from datetime import date

from bot.cards import (
    MOST_CARD_CHARS,
    MOST_FIELD_CHARS,
    Attachment,
    Block,
    Bold,
    Button,
    Buttons,
    Card,
    Own,
    Quote,
    Text,
)
from bot.domain.answer import Answer, Measure
from bot.domain.framework import Framework
from bot.domain.group import Member
from bot.views.cut import cut
from bot.views.notices import found

ROOM_CHARS = MOST_CARD_CHARS - 400
SEALED = "Until the question closes, only those who have answered it can read yours. Then it stands in the thread."


def saved(
    day: date, *, changed: bool, late: bool, feedback_follows: bool, sealed: bool = False, judged: bool = True
) -> Card:
    """After a form was sent.

    `sealed`: the others' answers are hidden from who has not answered. `judged`: a model is set up that reads answers.
    """
    read = (Button("Read the others", f"others:{day}"),) if sealed else ()
    if changed:
        text = "Saved. Your answer is changed; its feedback still speaks of the old text."
        return Card("saved", (Text((text,)), Buttons((Button("Review my edit", f"again:{day}"), *read))))
    first = "Saved, after the window: it gets feedback, but no streak." if late else "Saved. It counts for today."
    then = _then(feedback_follows=feedback_follows, judged=judged)
    hidden = (Text((SEALED,)), Buttons(read)) if sealed else ()
    return Card("saved", (Text((first + then,)), *hidden), data={"day": day.isoformat(), "late": late})


def unchanged(day: date, *, sealed: bool) -> Card:
    """After a form was sent that says what stands already. `sealed` as in `saved`."""
    text = "Saved. Your answer says the same as before, so its feedback stands."
    read = (Buttons((Button("Read the others", f"others:{day}"),)),) if sealed else ()
    return Card("saved", (Text((text,)), *read), data={"day": day.isoformat()})


def kept_as_draft(day: date, *, fits: bool) -> Card:
    """After a message in the thread of a sealed question. `fits`: the form can hold what is kept."""
    text = (
        "This question is sealed, so answers go through the form alone. Your text is kept: press Answer, and it stands "
        "in the form, ready to send."
    )
    long = f" It is longer than a field of the form ({MOST_FIELD_CHARS:,} characters): copy the rest from your message."
    seen = (
        "I cannot hide what stands in the thread. So that nobody reads it before the close, send the form"
        f"{'' if fits else ' with all of it'}, then delete your message."
    )
    button = Button("Answer", f"answer:{day}")
    blocks = (Text((text + ("" if fits else long),)), Text((seen,)), Buttons((button,)))
    return Card("kept-as-draft", blocks, data={"day": day.isoformat()})


def counted(day: date, *, joined_existing: bool, late: bool, feedback_follows: bool, judged: bool = True) -> Card:
    """After [Count as my answer]. `judged` as in `saved`."""
    if joined_existing:
        text = "Added to your answer."
        return Card("saved", (Text((text,)), Buttons((Button("Review my edit", f"again:{day}"),))))
    first = "Counted as your answer, after the window: no streak." if late else "Counted as your answer."
    return Card("saved", (Text((first + _then(feedback_follows=feedback_follows, judged=judged),)),))


def _then(*, feedback_follows: bool, judged: bool) -> str:
    if not feedback_follows:
        return " For feedback, type /tpm-feedback again."
    return f" {'Feedback' if judged else 'A card to check it yourself'} comes in about a minute."


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
    whole = in_full(answer, framework)
    fits = sum(len(part.text) + 2 * part.text.count("\n") for part in answer.parts) < ROOM_CHARS
    file = None if fits else Attachment(f"answer-{answer.day}.md", whole.encode())
    data = {"day": answer.day.isoformat(), "member": member.name, "version": answer.version}
    return Card("answer", tuple(blocks), data=data, file=file)


def by_parts(answer: Answer, framework: Framework) -> str:
    """All of an answer as plain text; a part from a form begins with the name of its section."""
    titles = {section.key: f"{section.short}: " for section in framework.sections}
    return "\n".join(f"{titles.get(part.section or '', '')}{part.text}" for part in answer.parts)


def in_full(answer: Answer, framework: Framework) -> str:
    """All of an answer as Markdown, a heading for each part."""
    titles = {section.key: section.short for section in framework.sections}
    return "\n\n".join(f"## {titles.get(part.section or '', 'Answer')}\n{part.text}" for part in answer.parts)
