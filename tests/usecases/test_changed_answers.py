from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.commands import dispatch
from bot.errors import ChatBusy, Refusal
from bot.ports import Answers, Look, Where
from bot.views import notices
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, TALK, Study, card, text_of


class Between:
    """A store of answers in which something happens right after the first look."""

    def __init__(self, answers: Answers, then: Callable[[], Awaitable[object]]) -> None:
        self._answers, self._then = answers, [then]

    async def look(self, *about: Any) -> Look:
        found = await self._answers.look(*about)
        while self._then:
            await self._then.pop()()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answers, name)


DAY = timedelta(days=1)
TROUBLE = ChatBusy("slow down", 30)


async def test_an_edit_is_stored_at_once(opened: Study) -> None:
    """An edited message changes the answer, and its card offers to look again."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.settle()
    assert await opened.do(await opened.edited(message, OTHER_ANSWER)) is None
    await opened.settle()
    answer = await opened.answer("ben")
    assert answer is not None
    assert (answer.text, answer.version) == (OTHER_ANSWER, 2)
    about = await opened.card_about("ben")
    assert about is not None
    assert "Review my edit" in [button.label for button in about.buttons]
    assert len(opened.standing(Where.THREAD)) == 1


async def test_an_edit_may_make_talk_an_answer(opened: Study) -> None:
    """Talk that is edited to forty words becomes the answer, and its own later arrival changes nothing."""
    message = await opened.said("ben", TALK)
    await opened.do(message)
    await opened.do(await opened.edited(message, ANSWER))
    await opened.do(message)
    answer = await opened.answer("ben")
    assert answer is not None
    assert (answer.text, answer.version) == (ANSWER, 1)


async def test_edited_talk_is_counted_as_it_reads_now(opened: Study) -> None:
    """Talk that was edited is counted with its new text."""
    message = await opened.said("ben", TALK)
    press = card(await opened.do(message)).buttons[0].action
    await opened.do(await opened.edited(message, "What does the third number mean?"))
    await opened.press("ben", press)
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.text == "What does the third number mean?"


async def test_an_edit_does_not_make_a_message_to_another_an_answer(opened: Study) -> None:
    """A message that mentions another member stays talk when it is edited and still mentions them."""
    message = await opened.said("ben", f"@asha {ANSWER}", to=["asha"])
    await opened.do(message)
    await opened.do(await opened.edited(message, f"@asha {OTHER_ANSWER}", to=["asha"]))
    assert await opened.answer("ben") is None


async def test_a_blank_edit_withdraws(opened: Study) -> None:
    """An answer whose only message becomes blank is withdrawn, with its card and its day."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.settle()
    await opened.do(await opened.edited(message, " \u200b\n"))
    await opened.settle()
    assert await opened.answer("ben") is None
    assert await opened.marks("ben") == ["open"]
    assert opened.standing(Where.THREAD) == []


async def test_a_blank_edit_of_a_part_leaves_the_rest(opened: Study) -> None:
    """When one of two messages becomes blank, the other is the answer."""
    first, second = await opened.said("ben"), await opened.said("ben", OTHER_ANSWER)
    await opened.do(first)
    await opened.do(second)
    await opened.do(await opened.edited(first, ""))
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.text == OTHER_ANSWER


async def test_an_edit_before_its_message_wins(opened: Study) -> None:
    """An edit that arrives before its message is the answer, and the older text that comes after it is not taken."""
    message = await opened.said("ben")
    await opened.do(await opened.edited(message, OTHER_ANSWER))
    await opened.do(message)
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.text == OTHER_ANSWER


async def test_a_deletion_before_its_message_wins(opened: Study) -> None:
    """A message whose deletion arrived first is not taken, and a new one is."""
    message = await opened.said("ben")
    await opened.do(await opened.deleted(message))
    assert await opened.do(message) is None
    assert await opened.answer("ben") is None
    await opened.say("ben", OTHER_ANSWER)
    assert await opened.answer("ben") is not None


async def test_a_deletion_beside_its_message_wins(opened: Study) -> None:
    """A message that is taken at the very moment at which its deletion is read does not stand afterwards."""
    message = await opened.said("ben")
    between: Any = Between(opened.ports.answers, lambda: opened.do(message))
    await dispatch(replace(opened.ports, answers=between), await opened.deleted(message))
    assert await opened.answer("ben") is None
    assert await opened.marks("ben") == ["open"]


async def test_a_deletion_in_the_window_withdraws(opened: Study) -> None:
    """A deleted answer is gone with its card and its day; nothing is owed for it, and a new one counts."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.settle()
    await opened.do(await opened.deleted(message))
    await opened.settle()
    assert await opened.answer("ben") is None
    assert await opened.marks("ben") == ["open"]
    assert opened.standing(Where.THREAD) == []
    await opened.say("ben", OTHER_ANSWER)
    await opened.settle()
    assert await opened.marks("ben") == ["answered"]
    assert len(opened.standing(Where.THREAD)) == 1


async def test_a_deletion_before_the_feedback_owes_none(opened: Study) -> None:
    """An answer that is deleted before it was judged gets no feedback."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.do(await opened.deleted(message))
    await opened.settle()
    assert opened.standing(Where.THREAD) == []


async def test_a_deleted_part_leaves_the_rest(opened: Study) -> None:
    """When one of two messages is deleted, the other is the answer."""
    first, second = await opened.said("ben"), await opened.said("ben", OTHER_ANSWER)
    await opened.do(first)
    await opened.do(second)
    await opened.do(await opened.deleted(first))
    answer = await opened.answer("ben")
    assert answer is not None
    assert (answer.text, answer.version) == (OTHER_ANSWER, 3)


async def test_a_deletion_after_the_close_keeps_the_day(opened: Study) -> None:
    """After the close the text goes and the day stays, also when a late answer follows."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.advance(DAY)
    await opened.do(await opened.deleted(message))
    await opened.settle()
    assert await opened.answer("ben") is None
    assert await opened.marks("ben") == ["answered", "open"]
    await opened.say("ben", OTHER_ANSWER, day=MONDAY)
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.late
    assert await opened.marks("ben") == ["answered", "open"]


async def test_a_deleted_late_answer_leaves_no_day(opened: Study) -> None:
    """A late answer that is deleted leaves the day as if it had not been."""
    await opened.command("ben", "/tpm-streak")
    await opened.advance(DAY)
    message = await opened.said("ben", day=MONDAY)
    await opened.do(message)
    assert await opened.marks("ben") == ["late", "open"]
    await opened.do(await opened.deleted(message))
    assert await opened.marks("ben") == ["missed", "open"]


async def test_deleted_talk_cannot_be_counted(opened: Study) -> None:
    """Talk that its author deleted is forgotten: it cannot become an answer any more."""
    message = await opened.said("ben", TALK)
    press = card(await opened.do(message)).buttons[0].action
    await opened.do(await opened.deleted(message))
    with pytest.raises(Refusal, match="I no longer have that message"):
        await opened.press("ben", press)
    assert await opened.answer("ben") is None


async def test_changes_that_come_twice_happen_once(opened: Study) -> None:
    """Edits and deletions that are brought again change nothing more."""
    first, second = await opened.said("ben"), await opened.said("ben", OTHER_ANSWER)
    edit, deletion = await opened.edited(first, f"{ANSWER} Done."), await opened.deleted(second)
    for event in (first, second, edit, deletion, edit, deletion, first, second, edit):
        await opened.do(event)
    answer = await opened.answer("ben")
    assert answer is not None
    assert (answer.text, answer.version) == (f"{ANSWER} Done.", 4)


async def test_a_card_that_cannot_be_deleted_yet_goes_later(opened: Study) -> None:
    """The card of a withdrawn answer goes when the chat takes it, and does not stand between a member and the next."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.settle()
    opened.chat.fail("delete", TROUBLE)
    await opened.do(await opened.deleted(message))
    await opened.settle()
    assert len(opened.standing(Where.THREAD)) == 1
    await opened.advance(MINUTE)
    assert opened.standing(Where.THREAD) == []


async def test_feedback_can_be_asked_for_after_an_edit(opened: Study) -> None:
    """[Review my edit] judges the newest text; the same card shows it, and no second one comes."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.settle()
    await opened.do(await opened.edited(message, OTHER_ANSWER))
    assert text_of(await opened.press("ben", f"again:{MONDAY}")) == notices.READING_AGAIN
    await opened.settle()
    about = await opened.card_about("ben")
    assert about is not None
    assert about.data["version"] == 2
    assert "Review my edit" not in [button.label for button in about.buttons]
    assert len(opened.standing(Where.THREAD)) == 1


async def test_an_edit_in_the_night_is_no_new_answer(opened: Study) -> None:
    """An edit after the close changes the text and not that it came in time."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.advance(DAY + HOUR)
    await opened.do(await opened.edited(message, OTHER_ANSWER))
    answer = await opened.answer("ben")
    assert answer is not None
    assert not answer.late
    assert await opened.marks("ben") == ["answered", "open"]
