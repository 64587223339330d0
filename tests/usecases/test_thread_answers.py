from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards import Button
from bot.domain.answer import MOST_CHARS
from bot.errors import Refusal
from bot.inbound import Press
from bot.infra.redis.keys import Keys
from bot.ports import Where
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, TALK, Study, card, text_of

DAY = timedelta(days=1)


def button(reply: object) -> Button:
    """The one button of a private card."""
    (only,) = card(reply).buttons  # type: ignore[arg-type]
    return only


async def test_the_first_long_enough_message_is_the_answer(opened: Study) -> None:
    """A first message of forty words or more in the thread is the answer: it counts, and feedback on it stands once."""
    assert await opened.say("ben") is None
    await opened.settle()
    answer = await opened.answer("ben")
    assert answer is not None
    assert (answer.text, answer.late, answer.version) == (ANSWER, False, 1)
    assert await opened.marks("ben") == ["answered"]
    assert len(opened.standing(Where.THREAD, "ben")) == 1


async def test_talk_is_no_answer(opened: Study) -> None:
    """A short message is talk; its author hears so once a day, with a way to count it."""
    reply = await opened.say("ben", TALK)
    assert "I count 6 words. An answer needs 40. So I read this as talk." in text_of(reply)
    assert await opened.say("ben", TALK) is None
    assert await opened.answer("ben") is None


async def test_messages_within_ten_minutes_join(opened: Study) -> None:
    """What the same member adds within ten minutes of the last part belongs to the answer; later it is talk."""
    await opened.say("ben")
    await opened.advance(10 * MINUTE)
    assert await opened.say("ben", "One more thing: the night slot.") is None
    await opened.advance(10 * MINUTE)
    assert await opened.say("ben", "And a log of every wait.") is None
    await opened.advance(10 * MINUTE + timedelta(seconds=1))
    assert "You have answered already" in text_of(await opened.say("ben", "Thanks, all."))
    answer = await opened.answer("ben")
    assert answer is not None
    assert [part.text for part in answer.parts][1:] == ["One more thing: the night slot.", "And a log of every wait."]


async def test_parts_that_arrive_out_of_order_stand_in_order(opened: Study) -> None:
    """Parts of an answer stand in the order in which they were sent, not in which they came."""
    first = await opened.said("ben", ANSWER)
    second = await opened.said("ben", OTHER_ANSWER, at=opened.clock.now() + MINUTE)
    await opened.do(second)
    await opened.do(first)
    answer = await opened.answer("ben")
    assert answer is not None
    assert [part.text for part in answer.parts] == [ANSWER, OTHER_ANSWER]


async def test_a_message_to_another_member_is_talk(opened: Study) -> None:
    """A long message that mentions another member is talk that can still be counted; a short one is left alone."""
    reply = await opened.say("ben", f"@asha {ANSWER}", to=["asha"])
    assert "You address another member, so I read this as talk." in text_of(reply)
    assert await opened.answer("ben") is None
    assert await opened.say("chen", "@asha thank you", to=["asha"]) is None
    await opened.press("ben", button(reply).action)
    assert (await opened.answer("ben")) is not None


async def test_a_message_that_mentions_its_author_may_be_an_answer(opened: Study) -> None:
    """Who mentions only themselves addresses nobody."""
    await opened.say("ben", f"@ben {ANSWER}", to=["ben"])
    assert await opened.answer("ben") is not None


async def test_talk_can_be_counted(opened: Study) -> None:
    """[Count as my answer] makes talk the answer, with feedback; pressed again it says that it is counted."""
    reply = await opened.say("ben", TALK)
    counted = text_of(await opened.press("ben", button(reply).action))
    assert counted == "Counted as your answer. A card to check it yourself comes in about a minute."
    await opened.settle()
    assert (await opened.card_about("ben")) is not None
    again = text_of(await opened.press("ben", button(reply).action))
    assert again == "That message is part of your answer already."
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.version == 1


async def test_talk_that_comes_again_keeps_its_edited_text(opened: Study) -> None:
    """Talk that a platform brings again after its edit is counted with its newer text."""
    said = await opened.said("ben", TALK)
    await opened.do(said)
    await opened.do(await opened.edited(said, f"{TALK} Nurses, at night."))
    await opened.do(said)
    await opened.press("ben", f"count:{MONDAY}:{said.message_id}")
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.text == f"{TALK} Nurses, at night."


async def test_talk_after_an_answer_can_be_added(opened: Study) -> None:
    """Counted after there is an answer, talk becomes a further part, which is judged when its author asks."""
    await opened.say("ben")
    await opened.advance(HOUR)
    reply = await opened.say("ben", TALK)
    added = card(await opened.press("ben", button(reply).action))
    assert added.plain.startswith("Added to your answer.")
    assert button(added).label == "Review my edit"
    await opened.settle()
    about = await opened.card_about("ben")
    assert about is not None
    assert "Review my edit" in [each.label for each in about.buttons]


async def test_talk_is_not_kept_for_ever(opened: Study) -> None:
    """Talk can be counted for eight days; after that the press says that it is gone and what to do."""
    reply = await opened.say("ben", TALK)
    key = Keys.asides(await opened.group_id(), MONDAY, opened.id("ben"))
    assert await opened.store.client.call("TTL", key) == 8 * 24 * 3600
    await opened.store.client.call("PEXPIRE", key, 1)
    await asyncio.sleep(0.01)
    with pytest.raises(Refusal, match="I no longer have that message"):
        await opened.press("ben", button(reply).action)


async def test_talk_counted_after_the_close_is_late(opened: Study) -> None:
    """Talk that is counted when the window is over says so and earns no streak."""
    await opened.command("ben", "/tpm-streak")
    reply = await opened.say("ben", TALK)
    await opened.advance(DAY)
    counted = text_of(await opened.press("ben", button(reply).action))
    assert counted.startswith("Counted as your answer, after the window: no streak.")
    assert await opened.marks("ben") == ["late", "open"]


async def test_another_member_s_talk_cannot_be_counted(opened: Study) -> None:
    """A button that carries somebody else's message does nothing for who presses it."""
    reply = await opened.say("ben", TALK)
    with pytest.raises(Refusal, match="I no longer have that message"):
        await opened.press("chen", button(reply).action)


async def test_a_message_without_words_is_no_answer(opened: Study) -> None:
    """Talk without a word offers no button, and cannot be counted by a button that somebody made up."""
    message = await opened.said("ben", "🎉🎉🎉")
    reply = card(await opened.do(message))
    assert (reply.plain, reply.buttons) == ("I found no words in that message, so it is not an answer.", ())
    with pytest.raises(Refusal, match="I found no words in that message"):
        await opened.press("ben", f"count:{MONDAY}:{message.message_id}")


async def test_an_answer_to_an_older_post_is_late(opened: Study) -> None:
    """An answer in the thread of a closed post gets feedback and no streak."""
    await opened.say("ben", OTHER_ANSWER)
    await opened.advance(DAY)
    await opened.say("chen", day=MONDAY)
    await opened.settle()
    answer = await opened.answer("chen")
    assert answer is not None
    assert answer.late
    assert await opened.card_about("chen") is not None
    assert (await opened.streak("chen")).current == 0
    assert await opened.marks("ben") == ["answered", "open"]


async def test_what_counts_is_when_it_was_sent(opened: Study) -> None:
    """An answer that was sent in the window and reaches the bot after it is in time."""
    message = await opened.said("ben")
    await opened.advance(DAY)
    await opened.do(message)
    answer = await opened.answer("ben")
    assert answer is not None
    assert not answer.late
    assert (await opened.streak("ben")).current == 1


async def test_a_message_that_comes_twice_is_taken_once(opened: Study) -> None:
    """An answer, a further part, talk and a count that are brought again change nothing and say nothing new."""
    first, second = await opened.said("ben"), await opened.said("ben", TALK)
    talk = await opened.said("chen", TALK)
    for message in (first, second, talk, first, second, talk):
        last = await opened.do(message)
    assert last is None
    press = Press(opened.caller("chen"), f"count:{MONDAY}:{talk.message_id}")
    await opened.do(press)
    await opened.do(press)
    await opened.settle()
    answers = [await opened.answer(name) for name in ("ben", "chen")]
    assert [answer.version for answer in answers if answer] == [2, 1]
    assert len(opened.standing(Where.THREAD)) == 2


async def test_two_messages_at_once_are_both_kept(opened: Study) -> None:
    """Of two long messages in the same instant one begins the answer and the other joins it."""
    messages = [await opened.said("ben", text) for text in (ANSWER, OTHER_ANSWER)]
    await asyncio.gather(*map(opened.do, messages))
    answer = await opened.answer("ben")
    assert answer is not None
    assert {part.text for part in answer.parts} == {ANSWER, OTHER_ANSWER}
    assert answer.version == 2


async def test_two_members_at_once_are_apart(opened: Study) -> None:
    """Two members who answer in the same instant each have their own answer."""
    await asyncio.gather(opened.say("ben", ANSWER), opened.say("chen", OTHER_ANSWER))
    texts = [answer.text for name in ("ben", "chen") if (answer := await opened.answer(name))]
    assert texts == [ANSWER, OTHER_ANSWER]


async def test_a_text_that_is_too_long_is_refused_whole(opened: Study) -> None:
    """A message of 40,001 characters is refused with nothing kept; one of 40,000 is the answer."""
    longest = ("word " * MOST_CHARS)[:MOST_CHARS]
    message = await opened.said("ben", f"{longest}!")
    with pytest.raises(Refusal, match="That is 40,001 characters; I take 40,000 at most"):
        await opened.do(message)
    assert await opened.answer("ben") is None
    await opened.say("ben", longest)
    assert await opened.answer("ben") is not None


async def test_an_edit_that_is_too_long_keeps_the_old_text(opened: Study) -> None:
    """An edit to 40,001 characters is refused, and the answer stays as it was."""
    message = await opened.said("ben")
    await opened.do(message)
    with pytest.raises(Refusal, match="That is 40,001 characters"):
        await opened.do(await opened.edited(message, "x" * (MOST_CHARS + 1)))
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.text == ANSWER


async def test_what_is_no_thread_of_ours_is_not_read(opened: Study) -> None:
    """Messages in the channel, in another thread or in a channel without a group are nobody's answer."""
    message = await opened.said("ben")
    caller = message.caller
    elsewhere = replace(caller.place, channel="elsewhere")
    for other in (
        replace(caller, thread=None),
        replace(caller, thread=opened.room.ref("none")),
        replace(caller, place=elsewhere),
    ):
        assert await opened.do(replace(message, caller=other)) is None
    assert await opened.answer("ben") is None
