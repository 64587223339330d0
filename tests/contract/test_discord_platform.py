"""What members and admins do on Discord, and what they see of it."""

from __future__ import annotations

from bot.cards import Button, Buttons, Card, Text
from bot.ports import Target, Where
from tests.contract.discord_case import ANSWER, PLACE, Case, running
from tests.servers.discord_people import User
from tests.servers.discord_world import Message

LONGER = f"{ANSWER} I would also ask the pharmacists, who see each wrong dose first."


async def answered(case: Case, user: User, post: Message, text: str = ANSWER) -> str:
    """The answer form, filled in and sent; what came back, for the member alone."""
    opened = await user.press(post, "Answer")
    assert opened.failure is None
    assert user.modal is not None
    first, *others = (each["custom_id"] for _, each in user.modal.fields)
    sent = await user.submit({first: text, **dict.fromkeys(others, "")})
    await case.answered()
    assert sent.original is not None
    return sent.original.shown


async def test_a_first_hour(valkey_url: str) -> None:
    """An admin sets a group up by form and posts; a member answers by form, and the feedback stands in the thread."""
    async with running(valkey_url) as case:
        await case.asha.slash("tpm-admin setup", case.study)
        sent = await case.asha.submit({"zone": "Europe/Paris", "at": "18:00", "days": "daily"})
        await case.answered()
        assert sent.ephemeral
        assert (await case.standing_group()).place == PLACE
        await case.asha.slash("tpm-admin post-now", case.study)
        await case.settle()
        [post] = [each for each in case.study.messages.values() if each.labels]
        assert "Answer" in post.labels
        assert "Saved" in await answered(case, case.ben, post)
        await case.settle()
        shown, feedback = case.replies(post)
        assert "night shift" in shown
        assert "Ben" in feedback
        assert case.discord.odd == []
        assert case.ben.failures == []


async def test_settings_that_are_wrong_come_back_with_what_was_typed(valkey_url: str) -> None:
    """A setup form with a wrong time is answered by a card whose button opens the form as it was typed."""
    async with running(valkey_url) as case:
        await case.asha.slash("tpm-admin setup", case.study)
        refused = await case.asha.submit({"zone": "Europe/Rome", "at": "25:00", "days": "daily"})
        assert refused.original is not None
        await case.asha.press(refused.original, refused.original.labels[0])
        assert case.asha.modal is not None
        values = {each["custom_id"]: each.get("value") for _, each in case.asha.modal.fields}
        assert (values["zone"], values["at"]) == ("Europe/Rome", "25:00")
        await case.asha.submit({"at": "08:30"})
        assert (await case.standing_group()).schedule.zone == "Europe/Rome"


async def test_an_answer_that_is_too_short_comes_back_with_its_draft(valkey_url: str) -> None:
    """A form with too few words is answered by a card that opens it again with what was typed."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await answered(case, case.ben, post, "Too few words to count as an answer.")
        card = case.ben.whispers(case.study)[-1]
        await case.ben.press(card, card.labels[0])
        assert case.ben.modal is not None
        assert "Too few words" in str(case.ben.modal.body)
        assert await case.answer_of("2") is None


async def test_only_whoever_manages_the_server_sets_up(valkey_url: str) -> None:
    """A member without Manage Server is refused, privately."""
    async with running(valkey_url) as case:
        one = await case.ben.slash("tpm-admin setup", case.study)
        assert one.original is not None
        assert one.ephemeral
        assert "Only an admin" in one.original.shown
        assert await case.core.ports.groups.at(PLACE) is None


async def test_rights_are_looked_at_for_each_press(valkey_url: str) -> None:
    """A button of a card for facilitators does nothing for somebody who is none."""
    async with running(valkey_url) as case:
        group = await case.group()
        card = Card("note", (Text(("Post it now?",)), Buttons((Button("Post it", "post-now"),))))
        where = Target(where=Where.CHANNEL, place=PLACE)
        await case.platform.chat.send(where, card, key="note")
        [shown] = case.study.messages.values()
        pressed = await case.ben.press(shown, "Post it")
        await case.answered()
        assert pressed.original is not None
        assert "Only a facilitator" in pressed.original.shown
        await case.asha.press(shown, "Post it")
        await case.answered()
        assert len(await case.core.ports.posts.all(group.id)) == 1


async def test_a_message_that_mentions_the_bot_is_an_answer(valkey_url: str) -> None:
    """Without the intent, words in a post's thread count when they mention the bot; its mention is no part of them."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.settle()
        assert await case.answer_of("2") == ANSWER
        assert len(case.replies(post)) == 1


async def test_a_reply_to_the_bot_is_an_answer(valkey_url: str) -> None:
    """Without the intent, a reply with ping to a message of the bot in the thread counts."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.settle()
        feedback = case.thread(post)[-1]
        await case.asha.reply(feedback, LONGER)
        await case.settle()
        assert await case.answer_of("1") == LONGER


async def test_plain_words_need_the_intent(valkey_url: str) -> None:
    """Without the intent a plain message stays unread; its author hears directly, once, how it can count."""
    async with running(valkey_url) as case:
        post = await case.posted()
        for text in (ANSWER, "Is anybody there?"):
            await case.ben.say(case.study, text, thread=post)
            await case.settle()
        assert await case.answer_of("2") is None
        assert case.replies(post) == []
        [told] = case.directs(case.ben)
        assert "Count as my answer" in told.shown
        await case.ben.press(told, "Answer")
        assert case.ben.modal is not None


async def test_talk_is_not_answered(valkey_url: str) -> None:
    """Nobody is told of words that the bot cannot read when they have answered, or speak to another member."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await answered(case, case.ben, post)
        await case.settle()
        await case.ben.say(case.study, "What do the others think?", thread=post)
        await case.asha.say(case.study, "@ben I would begin with the nurses.", thread=post)
        await case.asha.say(case.study, "Hello all")
        await case.settle()
        assert [case.directs(each) for each in (case.asha, case.ben)] == [[], []]


async def test_with_the_intent_plain_words_count_and_edits_are_followed(valkey_url: str) -> None:
    """With DISCORD_MESSAGE_CONTENT a plain message in the thread is an answer, and its edit changes it."""
    async with running(valkey_url, discord_message_content=True) as case:
        post = await case.posted()
        message = await case.ben.say(case.study, ANSWER, thread=post)
        await case.settle()
        assert await case.answer_of("2") == ANSWER
        await case.ben.edit(message, LONGER)
        await case.settle()
        assert await case.answer_of("2") == LONGER


async def test_an_edit_that_cannot_be_read_can_still_be_used(valkey_url: str) -> None:
    """Without the intent, who edits an answer is told once, directly, how the new text counts; and then it does."""
    async with running(valkey_url) as case:
        post = await case.posted()
        message = await case.ben.say(case.study, ANSWER, thread=post)
        await case.ben.use_menu("Count as my answer", message)
        await case.settle()
        assert await case.answer_of("2") == ANSWER
        await case.ben.edit(message, LONGER)
        await case.ben.edit(message, LONGER)
        await case.settle()
        [told] = [each for each in case.directs(case.ben) if "edited message" in each.shown]
        assert told.labels == ["Use my edited text"]
        await case.ben.use_menu("Count as my answer", message)
        await case.settle()
        assert await case.answer_of("2") == LONGER
        await case.ben.press(told, "Use my edited text")
        assert case.ben.modal is not None
        assert "pharmacists" in str(case.ben.modal.body)


async def test_a_form_opened_in_a_direct_message_knows_its_group(valkey_url: str) -> None:
    """A button in a direct message carries the group, and so does the form that it opens."""
    async with running(valkey_url) as case:
        post = await case.posted()
        message = await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.settle()
        await case.ben.edit(message, LONGER)
        await case.settle()
        [told] = case.directs(case.ben)
        await case.ben.press(told, told.labels[0])
        assert case.ben.modal is not None
        field = case.ben.modal.fields[0][1]["custom_id"]
        sent = await case.ben.submit({field: LONGER})
        await case.settle()
        assert sent.original is not None
        assert await case.answer_of("2") == LONGER


async def test_a_deleted_message_withdraws_the_answer(valkey_url: str) -> None:
    """Who deletes the message takes the answer back, and the feedback on it goes."""
    async with running(valkey_url) as case:
        post = await case.posted()
        message = await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.settle()
        await case.ben.delete(message)
        await case.settle()
        assert await case.answer_of("2") is None
        assert case.replies(post) == []


async def test_talk_to_another_member_is_no_answer(valkey_url: str) -> None:
    """A reply to another member is talk, and its author is told directly, once, how it can count."""
    async with running(valkey_url, discord_message_content=True) as case:
        post = await case.posted()
        theirs = await case.asha.say(case.study, ANSWER, thread=post)
        await case.ben.reply(theirs, LONGER)
        await case.settle()
        assert await case.answer_of("2") is None
        [told] = case.directs(case.ben)
        await case.ben.press(told, "Count as my answer")
        await case.settle()
        assert await case.answer_of("2") == LONGER


async def test_the_menu_gives_feedback(valkey_url: str) -> None:
    """Get feedback, on one's own message, makes it the answer; on somebody else's it does nothing."""
    async with running(valkey_url) as case:
        post = await case.posted()
        message = await case.ben.say(case.study, ANSWER, thread=post)
        other = await case.asha.use_menu("Get feedback", message)
        await case.answered()
        assert other.original is not None
        assert "somebody else's" in other.original.shown
        await case.ben.use_menu("Get feedback", message)
        await case.settle()
        assert await case.answer_of("2") == ANSWER
        assert len(case.replies(post)) == 1


async def test_a_wish_in_the_thread_is_answered_directly(valkey_url: str) -> None:
    """`@tpm probe` in the thread is answered to its author alone."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await answered(case, case.ben, post)
        await case.ben.say(case.study, "@tpm probe me.", thread=post)
        await case.settle()
        [told] = case.directs(case.ben)
        assert "Think about this" in told.shown


async def test_who_asks_the_bot_in_the_channel_gets_help(valkey_url: str) -> None:
    """A mention outside a post's thread is answered directly with what the bot can do."""
    async with running(valkey_url) as case:
        await case.group()
        await case.ben.say(case.study, "@tpm what can you do?")
        await case.settle()
        [told] = case.directs(case.ben)
        assert "/tpm-answer" in told.shown


async def test_arguments_are_completed(valkey_url: str) -> None:
    """Zones, topics and members are offered while they are typed."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await answered(case, case.ben, post)
        assert "Europe/Rome" in await case.asha.autocomplete("tpm-admin setup", case.study, "zone", "rome")
        assert await case.asha.autocomplete("tpm-admin members", case.study, "name", "be") == ["Ben"]
        assert await case.ben.autocomplete("tpm-question", case.study, "topic", "rag")


async def test_a_group_lives_in_a_forum(valkey_url: str) -> None:
    """Set up in a post of a forum, the group's question is a post of its own, tagged; answers come there."""
    async with running(valkey_url) as case:
        topics = sorted({each.topic for each in case.core.ports.library.questions.values()})[:20]
        forum = case.discord.channel("3000", name="prep", forum=True, tags=topics, requires_tag=True)
        begun = await case.asha.post(forum, "Rules", "Be kind.")
        one = await case.asha.slash("tpm-admin setup", begun, zone="Europe/Paris", at="18:00", days="daily")
        await case.answered()
        assert one.original is not None
        await case.asha.slash("tpm-admin post-now", begun)
        await case.settle()
        [thread] = [each for each in case.discord.hub.world.threads("3000") if each.id != begun.id]
        assert thread.thread is not None
        assert len(thread.thread.tags) == 1
        starter = thread.messages[thread.id]
        await answered(case, case.ben, starter)
        await case.settle()
        assert len([each for each in thread.messages.values() if each.author.is_bot]) == 3


async def test_everyone_is_never_pinged(valkey_url: str) -> None:
    """`@everyone`, roles and people in names and answers notify nobody, wherever they are shown."""
    async with running(valkey_url) as case:
        post = await case.posted()
        case.ben.person.name = "@everyone <@1>"
        await answered(case, case.ben, post, f"@everyone <@1> <@&1000> {ANSWER}")
        await case.settle()
        assert case.replies(post)
        assert "everyone" in case.replies(post)[0]
        assert [each.pings for each in case.thread(post) if each.author.is_bot and each.pings] == []


async def test_a_command_that_discord_still_offers_is_explained(valkey_url: str) -> None:
    """A command that is gone from the table, or was never synced, is answered with the nearest one."""
    async with running(valkey_url) as case:
        await case.group()
        one = await case.ben.stale_slash("tpm-streaks", case.study)
        await case.answered()
        assert one.original is not None
        assert "/tpm-streak" in one.original.shown
