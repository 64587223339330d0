from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import ChatBusy, ChatRefused, Refusal
from bot.infra.redis.store import Store
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.members import erase_member
from bot.usecases.recover import sweep
from tests.servers.anthropic import AnthropicServer, Reply
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, TALK, Study, card, text_of

DAY = timedelta(days=1)
READ = {"string": ("GET",), "hash": ("HGETALL",), "zset": ("ZRANGE", 0, -1), "set": ("SMEMBERS",)}


async def everything(store: Store) -> str:
    """Every key with its value, as text."""
    found = []
    for key in await store.client.call("KEYS", "*"):
        kind = (await store.client.call("TYPE", key)).decode()
        command, *rest = READ[kind]
        found.append(f"{key!r} {await store.client.call(command, key, *rest)!r}")
    return "\n".join(found)


async def traces(study: Study, *words: str) -> list[str]:
    """The lines of the whole store that hold one of `words`."""
    lines = (await everything(study.store)).splitlines()
    return [line for line in lines if any(word in line for word in words)]


async def live(study: Study, name: str) -> None:
    """Do everything that leaves a trace: settings, talk, a draft, answers by thread and form, a role, owed work."""
    for line in ("reminders 18:00", "quiet 21:00-08:00", "away 2026-12-01 2026-12-05"):
        await study.command(name, f"/tpm-me {line}")
    await study.command("asha", f"/tpm-admin members {name}")
    await study.say(name, TALK)
    message = await study.said(name)
    await study.do(message)
    await study.settle()
    await study.do(await study.edited(message, OTHER_ANSWER))
    await study.advance(DAY)
    first = next(iter(study.ports.library.questions[(await study.post()).question_id].weighed))
    day = (await study.post()).day
    await study.submit(name, day, {first: ANSWER})
    await study.settle()
    await study.submit(name, day, {first: "a draft"})
    study.chat.fail("send", ChatRefused("locked"), times=3, where=Where.THREAD)
    await study.say(name, ANSWER, day=MONDAY)
    await study.say(name, "And that.")


async def test_nothing_of_a_forgotten_member_is_left(judged: Study) -> None:
    """After [Yes, forget me] no key and no value of the store holds the member's id, name or words."""
    await live(judged, "benedikta")
    member_id = judged.id("benedikta")
    assert len(await traces(judged, member_id, "benedikta", "people become one person")) > 8
    ask = card(await judged.command("benedikta", "/tpm-me forget"))
    assert [button.action for button in ask.buttons] == ["forget-now", "keep"]
    receipt = card(await judged.press("benedikta", "forget-now"))
    assert await traces(judged, member_id, "benedikta", "people become one person", "a draft") == []
    assert (receipt.data["answers"], receipt.data["messages"]) == (2, 3)
    assert "Erased. I keep nothing about you in this group." in receipt.plain


async def test_a_forgotten_member_stays_forgotten(judged: Study) -> None:
    """What was owed for a forgotten member does not come back with the next days, sweeps and restarts."""
    await live(judged, "benedikta")
    member_id = judged.id("benedikta")
    await judged.press("benedikta", "forget-now")
    await sweep(judged.ports)
    await judged.restart()
    await judged.advance(3 * DAY)
    assert await traces(judged, member_id, "benedikta") == []
    theirs = [message for message in judged.standing(Where.THREAD) if message.to == member_id]
    assert theirs == []


async def test_others_keep_what_is_theirs(opened: Study) -> None:
    """Forgetting one member leaves every other one's answer, feedback and streak."""
    for name in ("ben", "chen"):
        await opened.say(name)
    await opened.settle()
    await opened.press("ben", "forget-now")
    assert await opened.answer("chen") is not None
    assert await opened.card_about("chen") is not None
    assert (await opened.streak("chen")).current == 1


async def test_who_changes_their_mind_keeps_everything(opened: Study) -> None:
    """[Keep my data] erases nothing."""
    await opened.say("ben")
    await opened.command("ben", "/tpm-me forget")
    assert text_of(await opened.press("ben", "keep")) == "Nothing was erased."
    assert await opened.answer("ben") is not None


async def test_a_forgotten_member_may_start_anew(opened: Study) -> None:
    """Who was forgotten and writes again is a new member without a past."""
    await opened.say("ben")
    await opened.settle()
    await opened.press("ben", "forget-now")
    await opened.say("ben", OTHER_ANSWER)
    await opened.settle()
    assert await opened.marks("ben") == ["answered"]
    assert len(opened.standing(Where.THREAD)) == 1


async def test_forgetting_waits_for_a_busy_chat(opened: Study) -> None:
    """While the bot's messages about a member cannot be deleted nothing is erased, and asking again erases all."""
    await opened.say("ben")
    await opened.settle()
    opened.chat.fail("delete", ChatBusy("slow down", 30))
    with pytest.raises(Refusal, match="Not everything could be removed"):
        await opened.press("ben", "forget-now")
    assert await opened.answer("ben") is not None
    await opened.press("ben", "forget-now")
    assert await traces(opened, opened.id("ben")) == []
    assert opened.standing(Where.THREAD) == []


async def test_a_closed_chat_does_not_keep_a_member(opened: Study) -> None:
    """Where the bot may delete nothing any more, what is stored goes all the same."""
    await opened.say("ben")
    await opened.settle()
    opened.chat.fail("delete", ChatRefused("not in the channel"))
    await opened.press("ben", "forget-now")
    assert await traces(opened, opened.id("ben")) == []


async def test_forgotten_while_the_model_reads(judged: Study, model: AnthropicServer) -> None:
    """Who is forgotten while the model reads their answer gets no card and leaves no trace, not even of its cost."""
    await judged.say("ben")
    model.script(Reply(delay_s=0.25))
    await judged.worker.tick()
    await model.asked(1)
    await judged.press("ben", "forget-now")
    await judged.settle()
    assert judged.standing(Where.THREAD) == []
    assert await traces(judged, judged.id("ben")) == []


async def test_a_told_facilitator_is_forgotten_too(study: Study) -> None:
    """Notices and reminders that a member got leave no trace of them either."""
    await study.command("ben", "/tpm-streak")
    await study.command("asha", "/tpm-admin members ben")
    await study.command("ben", "/tpm-me reminders 18:00")
    study.sleep(6 * HOUR)
    await study.advance(DAY + 6 * HOUR)
    assert len(study.direct("ben")) == 2
    await study.press("ben", "forget-now")
    assert await traces(study, study.id("ben")) == []
    assert (await study.group()).facilitator_ids == frozenset()


async def test_an_answer_after_the_event_of_a_deletion_leaves_no_name(opened: Study) -> None:
    """Events that are remembered hold no member."""
    message = await opened.said("ben")
    await opened.do(message)
    await opened.advance(MINUTE)
    await opened.do(await opened.deleted(message))
    await opened.settle()
    await opened.press("ben", "forget-now")
    assert await traces(opened, opened.id("ben")) == []


async def test_an_operator_s_word_waits_for_a_busy_chat(opened: Study) -> None:
    """What an operator has erased is owed until the chat can be reached, and then nothing is left, the job included."""
    await opened.say("ben")
    await opened.settle()
    ben = await erase_member.find(opened.ports, await opened.group(), "@Ben")
    await erase_member.owe(opened.ports, await opened.group(), ben)
    opened.chat.fail("delete", ChatBusy("slow down", 30))
    await opened.settle()
    assert await opened.answer("ben") is not None
    await opened.restart()
    await opened.advance(2 * MINUTE)
    assert await traces(opened, ben.id) == []
    assert opened.standing(Where.THREAD) == []


async def test_an_erasure_goes_on_after_a_crash(opened: Study) -> None:
    """A process that dies while it erases has not lost the job that says so."""
    await opened.say("ben")
    await opened.settle()
    ben = await erase_member.find(opened.ports, await opened.group(), "ben")
    await erase_member.owe(opened.ports, await opened.group(), ben)
    await opened.ports.groups.forget(await opened.group_id(), ben.id)
    assert await opened.ports.jobs.owed(owed.erase(await opened.group_id(), ben.id)) is not None
    await opened.settle()
    assert await traces(opened, ben.id) == []


async def test_a_name_that_two_have_is_not_guessed(opened: Study) -> None:
    """Of two members of one name an operator must say which by id."""
    for name in ("ben", "cleo"):
        await opened.say(name)
    group = await opened.group()
    await opened.ports.groups.update_member(group.id, opened.id("cleo"), lambda known: replace(known, name="Ben"))
    with pytest.raises(Refusal, match="Several members are called ben"):
        await erase_member.find(opened.ports, group, "ben")
    assert (await erase_member.find(opened.ports, group, opened.id("cleo"))).id == opened.id("cleo")
