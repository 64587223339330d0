"""Follow what a member does to an answer afterwards: edit, delete (DESIGN 6)."""

from __future__ import annotations

from datetime import date

from bot.cards import Card
from bot.domain.answer import MOST_CHARS, edited, without
from bot.domain.group import GroupId
from bot.domain.streak import Took
from bot.errors import Refusal, StoreDown
from bot.inbound import Deleted, Edited, Said, said_event
from bot.ports import AnswerWrite, Look, Ports
from bot.usecases import owed
from bot.usecases.answering.take_answer import MOST_RACES, Decision, said, store
from bot.views import notices


async def edit(ports: Ports, group_id: GroupId, day: date, change: Edited) -> Card | None:
    """Store the new text at once; it is judged again only when the member asks.

    A message that was no answer may become one by its edit, and an edit may arrive before its message.
    """
    if len(change.text) > MOST_CHARS:
        raise Refusal(notices.too_long(len(change.text)))
    for _ in range(MOST_RACES):
        if await _is_followed(ports, group_id, day, change):
            return None
        card = await _as_new(ports, group_id, day, change)
        if not await _came_meanwhile(ports, group_id, day, change):
            return card
    raise StoreDown("an edit lost every race for its write")


async def _is_followed(ports: Ports, group_id: GroupId, day: date, change: Edited) -> bool:
    """Follow an edit of a message that is part of the answer; False if it is no part, at least not yet."""
    known, blank = True, False  # an event that was seen before is followed

    def decide(look: Look) -> Decision:
        nonlocal known, blank
        answer = look.answer
        known = answer is not None and any(part.message_id == change.message_id for part in answer.parts)
        if answer is None or not known:
            return Decision()
        changed = edited(answer, change.message_id, change.text)
        blank = changed is None
        return Decision() if changed is None or changed is answer else Decision(changed)

    await store(ports, group_id, change.caller, day, decide)
    if blank:
        gone = Deleted(caller=change.caller, message_id=change.message_id, deleted_at=change.edited_at)
        await delete(ports, group_id, day, gone)
    return known


async def _came_meanwhile(ports: Ports, group_id: GroupId, day: date, change: Edited) -> bool:
    """Whether the message itself was taken while its edit was read: it stands there with its older text."""
    answer = await ports.answers.get(group_id, day, change.caller.member_id)
    parts = answer.parts if answer is not None else ()
    return any(part.message_id == change.message_id and part.text != change.text for part in parts)


async def _as_new(ports: Ports, group_id: GroupId, day: date, change: Edited) -> Card | None:
    """Read an edited message as if it had just been said; when it later arrives itself, it is known."""
    message = Said(
        caller=change.caller,
        message_id=change.message_id,
        text=change.text,
        sent_at=change.edited_at,
        mentions=change.mentions,
    )
    return await said(ports, group_id, day, message, is_edit=True)


async def delete(ports: Ports, group_id: GroupId, day: date, change: Deleted) -> None:
    """Withdraw the answer, or a part of it. After the close the text goes and the day stays.

    A deletion may arrive before its message: that message's event is noted, so that it will not be taken.
    """
    member_id = change.caller.member_id
    for _ in range(MOST_RACES):
        look = await ports.answers.look(group_id, day, member_id, change.caller.event)
        if look.seen or look.post is None:
            return
        answer = look.answer
        known = answer is not None and any(part.message_id == change.message_id for part in answer.parts)
        left = without(answer, change.message_id) if answer is not None and known else answer
        gone = answer is not None and left is None
        keep_day = not look.post.is_open(change.deleted_at) and answer is not None and not answer.late
        write = AnswerWrite(
            member_id=member_id,
            day=day,
            number=look.post.number,
            event=change.caller.event if known else said_event(change.message_id),
            answer=left,
            expected_version=answer.version if answer else 0,
            took=Took.NOTHING if gone and not keep_day else None,
            job=owed.redraw(group_id, day, member_id) if known else None,
            due_at=ports.clock.now() if known else None,
        )
        if await ports.answers.write(group_id, write) and (known or not await _holds(ports, group_id, day, change)):
            await _forget_talk(ports, group_id, day, change)
            ports.wake()
            return
    raise StoreDown("a deletion lost every race for its write")


async def _holds(ports: Ports, group_id: GroupId, day: date, change: Deleted) -> bool:
    """Whether the message was taken while its deletion was read: then it stands in the answer."""
    answer = await ports.answers.get(group_id, day, change.caller.member_id)
    return answer is not None and any(part.message_id == change.message_id for part in answer.parts)


async def _forget_talk(ports: Ports, group_id: GroupId, day: date, change: Deleted) -> None:
    """Talk that its author removed is kept no longer, whether it was counted or not."""
    member_id = change.caller.member_id
    if await ports.answers.aside(group_id, day, member_id, change.message_id):
        await ports.answers.set_aside(group_id, day, member_id, change.message_id, "")
