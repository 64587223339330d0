from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.post import PostState
from bot.errors import ChatBusy, ChatRefused, ChatUnsure, Refusal, StoreDown, TpmError
from bot.infra.redis.keys import Keys
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.posting.post_question import post_key
from bot.usecases.recover import sweep
from tests.usecases.study import HOUR, MINUTE, MONDAY, Study

TUESDAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


async def lost_agenda(study: Study) -> None:
    """Everything that is owed is forgotten."""
    await study.store.client.call("DEL", Keys.due(), Keys.leases(), Keys.dead())


async def test_a_lost_reply_does_not_post_twice(study: Study) -> None:
    """A post whose reply was lost is found when it is looked for, and stands once."""
    study.chat.fail("send", ChatUnsure("reset"), done=True)
    await study.advance(HOUR + 10 * MINUTE)
    (message,) = study.standing(Where.CHANNEL)
    assert (await study.post()).message == study.room.ref(message.id)
    assert len(study.chat.sent) == 1


async def test_a_post_that_broke_off_before_it_left_is_sent(study: Study) -> None:
    """A post that is not found when it is looked for is sent then."""
    study.chat.fail("send", ChatUnsure("timeout"))
    await study.advance(HOUR + 10 * MINUTE)
    assert len(study.standing(Where.CHANNEL)) == 1
    assert (await study.post()).state is PostState.SENT


async def test_a_post_is_looked_for_until_the_chat_answers(study: Study) -> None:
    """While the chat does not say what stands, nothing is sent again."""
    study.chat.fail("send", ChatUnsure("timeout"), done=True)
    study.chat.fail("find", ChatUnsure("timeout"))
    await study.advance(HOUR + 10 * MINUTE)
    assert len(study.standing(Where.CHANNEL)) == 1
    assert (await study.post()).state is PostState.SENT


async def test_a_day_with_two_owners_is_looked_at_again(study: Study) -> None:
    """A copy that turns up after a broken try is deleted three minutes later, and the recorded post stays."""
    study.chat.fail("send", ChatUnsure("timeout"))
    await study.advance(HOUR + MINUTE)
    kept = (await study.post()).message
    (message,) = study.standing(Where.CHANNEL)
    assert message.card is not None
    copy = study.room.send(Where.CHANNEL, message.card, study.clock.now(), key=post_key(MONDAY))
    await study.advance(3 * MINUTE)
    assert [study.room.ref(each.id) for each in study.standing(Where.CHANNEL)] == [kept]
    assert study.chat.deleted == [study.room.ref(copy.id)]


async def test_a_busy_chat_is_waited_for(study: Study) -> None:
    """A chat that asks to wait gets the post when the wait is over, however often it asks."""
    study.chat.fail("send", ChatBusy("slow down", 20), times=5)
    await study.advance(HOUR + 99 * SECOND)
    assert study.standing(Where.CHANNEL) == []
    await study.advance(SECOND)
    assert len(study.standing(Where.CHANNEL)) == 1


async def test_a_refused_post_is_given_up_and_told(study: Study) -> None:
    """A post that the chat refuses three times is given up, told of once, and the next day is posted all the same."""
    study.chat.fail("send", ChatRefused("not in the channel"), times=3)
    await study.advance(2 * HOUR)
    assert len(study.direct("asha")) == 1
    assert "The question of Mon 23 Nov is not posted" in study.direct("asha")[0]
    assert study.standing(Where.CHANNEL) == []
    await study.advance(DAY)
    assert [(await study.post(day)).state for day in (MONDAY, TUESDAY)] == [PostState.CHOSEN, PostState.SENT]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("chat.postMessage: restricted_action", "lets only some people write there (“restricted_action”)."),
        ("POST /channels/{channel_id}/messages: 400 50035", "Its reason: “400 50035”."),
    ],
)
async def test_facilitators_hear_why_a_post_is_refused(study: Study, said: str, words: str) -> None:
    """Of a post that the chat refuses they are told its reason and what to do, and who posts by hand is told it too."""
    study.chat.fail("send", ChatRefused(said), times=4, where=Where.CHANNEL)
    await study.advance(2 * HOUR)
    (told,) = study.direct("asha")
    assert words in told
    assert "Whoever manages the channel can let me write there; then /tpm-admin post-now posts it" in told
    with pytest.raises(Refusal) as refused:
        await study.command("asha", "/tpm-admin post-now")
    assert words in str(refused.value)
    await study.command("asha", "/tpm-admin post-now")
    assert (await study.post(MONDAY)).state is PostState.SENT


async def test_a_post_that_crashes_is_not_called_refused(study: Study) -> None:
    """Of a daily post that failed by a fault of the bot's own it is not said that the chat refused it."""
    study.chat.fail("send", TpmError("a fault"), times=3)
    await study.advance(2 * HOUR)
    assert "gave up on a daily question after three tries" in study.direct("asha")[0]


async def test_a_group_goes_on_after_a_crash_at_a_dead_post(study: Study) -> None:
    """When the bot dies between giving a post up and planning the next, the sweep plans the next."""
    study.chat.fail("send", ChatRefused("not in the channel"), times=3)
    await study.advance(HOUR + 10 * MINUTE)
    await study.ports.jobs.drop(owed.post(await study.group_id(), TUESDAY))
    await study.restart()
    await study.advance(DAY)
    assert (await study.post(TUESDAY)).state is PostState.SENT


async def test_post_now_mends_a_post_that_was_given_up(study: Study) -> None:
    """A post that was given up can be posted by hand when the cause is mended, and then nothing is dead any more."""
    study.chat.fail("send", ChatRefused("not in the channel"), times=3)
    await study.advance(HOUR + 10 * MINUTE)
    await study.command("asha", "/tpm-admin post-now")
    assert (await study.post(MONDAY)).state is PostState.SENT
    assert await study.ports.jobs.dead() == []


async def test_post_now_says_that_the_chat_refuses(study: Study) -> None:
    """Who posts by hand where the bot may not write is told so."""
    study.chat.fail("send", ChatRefused("archived"))
    with pytest.raises(Refusal, match="does not let me post in this channel, so nothing was posted"):
        await study.command("asha", "/tpm-admin post-now")


@pytest.mark.parametrize("done", [True, False])
async def test_post_now_looks_again_when_it_is_unsure(study: Study, done: bool) -> None:
    """A post by hand whose reply was lost is looked for half a minute later, on a day without a schedule too."""
    study.sleep(5 * DAY)
    await study.settle()
    study.chat.fail("send", ChatUnsure("timeout"), done=done)
    with pytest.raises(Refusal, match="I do not know yet whether the question stands"):
        await study.command("asha", "/tpm-admin post-now")
    await study.advance(MINUTE)
    assert len(study.standing(Where.CHANNEL)) == 1
    assert (await study.post(date(2026, 11, 28))).state is PostState.SENT


async def test_a_missed_day_whose_post_stands_is_no_missed_day(study: Study) -> None:
    """A post whose reply was lost before an outage is found after it, also past the catch-up window."""
    study.chat.fail("send", ChatUnsure("reset"), done=True)
    await study.advance(HOUR)
    study.sleep(5 * HOUR)
    await study.settle()
    post = await study.post()
    assert (post.state, post.opened_at) == (PostState.SENT, NINE)
    assert study.direct("asha") == []


async def test_a_post_that_only_the_outbox_knows_is_no_missed_day(study: Study) -> None:
    """A bot that dies between sending and recording a post records it after an outage, without asking the chat."""
    await study.advance(HOUR)
    group_id, post = await study.group_id(), await study.post()
    await study.store.client.call("DEL", Keys.posts(group_id))
    await study.ports.posts.choose(group_id, MONDAY, NINE, post.question_id)
    await study.ports.jobs.add(owed.post(group_id, MONDAY), NINE)
    study.sleep(5 * HOUR)
    study.chat.fail("find", ChatUnsure("timeout"), times=9)
    await study.settle()
    assert (await study.post(MONDAY)).message == post.message


async def test_a_post_that_memory_lost_is_found_again(study: Study) -> None:
    """A post that stands and of which the store has lost every trace is recorded when it is looked for."""
    await study.advance(HOUR)
    group_id, post = await study.group_id(), await study.post()
    await study.store.client.call("DEL", Keys.posts(group_id), Keys.outbox(group_id))
    await study.ports.jobs.add(owed.post(group_id, MONDAY), NINE)
    study.sleep(5 * HOUR)
    await study.settle()
    found = await study.post(MONDAY)
    assert (found.state, found.message, found.question_id) == (PostState.SENT, post.message, post.question_id)


async def test_a_lost_agenda_is_restored(study: Study) -> None:
    """The next post of a group, and its next proposed week, are owed again after the whole agenda was lost."""
    await study.advance(HOUR + MINUTE)
    await lost_agenda(study)
    assert await sweep(study.ports) == 2
    await study.advance(DAY)
    assert [post.state for post in await study.posts()] == [PostState.SENT] * 2


async def test_a_post_that_was_due_when_the_agenda_was_lost_comes_late(study: Study) -> None:
    """A post that fell due while the agenda was lost is made up for within three hours."""
    await lost_agenda(study)
    study.sleep(2 * HOUR)
    await study.restart()
    await study.settle()
    assert (await study.post()).state is PostState.SENT


async def test_a_post_that_was_chosen_when_the_agenda_was_lost_is_sent(study: Study) -> None:
    """A post that was chosen and not sent is owed again after the agenda was lost."""
    study.chat.fail("send", ChatBusy("slow down", 600))
    await study.advance(HOUR)
    await lost_agenda(study)
    await study.restart()
    await study.settle()
    assert (await study.post()).state is PostState.SENT


async def test_a_sweep_of_a_healthy_agenda_finds_nothing(study: Study) -> None:
    """What is owed already is not owed again by a sweep, before a post or after it."""
    assert await sweep(study.ports) == 0
    await study.advance(HOUR + MINUTE)
    await study.say("ben")
    assert await sweep(study.ports) == 0
    await study.settle()
    assert await sweep(study.ports) == 0


async def test_a_notice_waits_for_a_busy_chat(study: Study) -> None:
    """A notice that the chat does not take at once comes later, once."""
    study.chat.fail("send", ChatBusy("slow down", 60))
    study.sleep(6 * HOUR)
    await study.settle()
    assert study.direct("asha") == []
    await study.advance(MINUTE)
    assert len(study.direct("asha")) == 1


async def test_an_outage_of_the_chat_ends_no_work(study: Study) -> None:
    """A chat that is down for ten minutes gives nothing up: the post stands once, late, when it is back."""
    study.chat.fail("send", ChatUnsure("timeout"), times=99)
    study.chat.fail("find", ChatUnsure("timeout"), times=99)
    await study.advance(HOUR + 10 * MINUTE)
    assert (await study.post()).state is PostState.CHOSEN
    study.chat.mend()
    await study.advance(2 * MINUTE)
    assert (await study.post()).state is PostState.SENT
    assert len(study.standing(Where.CHANNEL)) == 1
    assert await study.ports.jobs.dead() == []


async def test_a_store_that_is_down_leaves_the_post_owed(study: Study) -> None:
    """A post whose record fails because the store is down is done again when it is back, and stands once."""
    study.chat.fail("send", StoreDown("gone"), done=True)
    await study.advance(HOUR)
    assert (await study.post()).state is PostState.CHOSEN
    await study.advance(2 * MINUTE)
    assert (await study.post()).state is PostState.SENT
    assert len(study.standing(Where.CHANNEL)) == 1
