"""A message in a post's thread whose words a platform keeps from the bot: its author hears once how it can count."""

from __future__ import annotations

from bot.domain.group import MemberId, MessageRef
from bot.ports import Ports
from bot.usecases.send_direct import send_direct
from bot.views import notices


async def tell(ports: Ports, thread: MessageRef, member_id: MemberId, *, is_file: bool = False) -> bool:
    """Once for each member of a group, directly, and only who has not answered; whether the thread is a post's.

    `is_file`: the words are there, but in a file, as when a platform makes one of a long message. Raises ChatBusy and
    ChatUnsure.
    """
    group_id = await ports.groups.at(thread.place)
    group = await ports.groups.get(group_id) if group_id else None
    day = await ports.posts.opened_by(group.id, thread.message_id) if group else None
    if group is None or day is None:
        return False
    if await ports.answers.get(group.id, day, member_id) is None:
        card = notices.file_unread(day) if is_file else notices.message_unread(day)
        await send_direct(ports, group, member_id, "notice", f"{'file' if is_file else 'unread'}|{member_id}", card)
    return True
